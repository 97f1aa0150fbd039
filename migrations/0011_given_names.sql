-- v10 -> v11: What the shop calls a customer is among the words that are searched

-- only: sqlite until "end only"
DROP TRIGGER contacts_reworded;
CREATE TRIGGER contacts_reworded AFTER UPDATE OF name, given_name, phone ON contacts
	WHEN OLD.name <> NEW.name OR OLD.given_name <> NEW.given_name OR OLD.phone <> NEW.phone BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('contact', NEW.id);
END;
-- end only sqlite
-- only: postgres until "end only"
DROP TRIGGER contacts_reworded ON contacts;
CREATE TRIGGER contacts_reworded AFTER UPDATE OF name, given_name, phone ON contacts FOR EACH ROW
	WHEN (OLD.name <> NEW.name OR OLD.given_name <> NEW.given_name OR OLD.phone <> NEW.phone) EXECUTE FUNCTION note_words('contact');
-- end only postgres
INSERT INTO word_changes (what, changed) SELECT 'contact', id FROM contacts WHERE given_name <> '';
