-- v13 -> v14: What gets the id of something that was deleted is found too

-- SQLite gives the highest ids again once they are free. The index of words has
-- been beyond those already, and would not come back.
-- only: sqlite until "end only"
CREATE TRIGGER messages_again AFTER INSERT ON messages WHEN NEW.id <= (SELECT high FROM word_progress WHERE what = 'message') BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('message', NEW.id);
END;
CREATE TRIGGER contacts_again AFTER INSERT ON contacts WHEN NEW.id <= (SELECT high FROM word_progress WHERE what = 'contact') BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('contact', NEW.id);
END;
-- What it has missed so far: half a second for a million messages.
INSERT INTO word_changes (what, changed) SELECT 'message', id FROM messages
	WHERE id BETWEEN (SELECT low FROM word_progress WHERE what = 'message') AND (SELECT high FROM word_progress WHERE what = 'message')
		AND direction <> 'event' AND id NOT IN (SELECT id FROM message_words_docsize);
INSERT INTO word_changes (what, changed) SELECT 'contact', id FROM contacts
	WHERE id BETWEEN (SELECT low FROM word_progress WHERE what = 'contact') AND (SELECT high FROM word_progress WHERE what = 'contact')
		AND id NOT IN (SELECT id FROM contact_words_docsize);
-- end only sqlite
