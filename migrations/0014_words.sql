-- v13 -> v14: What gets the id of something that was deleted is found too, and nobody is told words that are gone

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

-- Texts that are not there any more, until it is known which of their words
-- nobody has now: those leave the vocabulary.
CREATE TABLE lost_texts (
	-- only: sqlite
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used again
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	what TEXT NOT NULL, -- as in vocabulary
	text TEXT NOT NULL
);
CREATE INDEX lost_texts_what ON lost_texts (what, id);
-- What was deleted so far: any of these words may be nobody's.
INSERT INTO lost_texts (what, text) SELECT what, word FROM vocabulary;
-- A message has the words of its files too.
-- only: sqlite until "end only"
CREATE TRIGGER messages_lost AFTER DELETE ON messages WHEN OLD.body <> '' OR OLD.transcription <> '' BEGIN
	INSERT INTO lost_texts (what, text) VALUES ('message', OLD.body || ' ' || OLD.transcription);
END;
CREATE TRIGGER messages_body_lost AFTER UPDATE OF body ON messages WHEN OLD.body <> '' AND OLD.body <> NEW.body BEGIN
	INSERT INTO lost_texts (what, text) VALUES ('message', OLD.body);
END;
CREATE TRIGGER attachments_lost AFTER DELETE ON attachments WHEN OLD.name <> '' BEGIN
	INSERT INTO lost_texts (what, text) VALUES ('message', OLD.name);
END;
CREATE TRIGGER attachments_reworded AFTER UPDATE OF name, message_id ON attachments WHEN OLD.name <> NEW.name OR OLD.message_id <> NEW.message_id BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('message', NEW.message_id);
	INSERT INTO lost_texts (what, text) VALUES ('message', OLD.name);
END;
CREATE TRIGGER contacts_lost AFTER DELETE ON contacts BEGIN
	INSERT INTO lost_texts (what, text) VALUES ('contact', OLD.name || ' ' || OLD.given_name);
END;
CREATE TRIGGER contacts_names_lost AFTER UPDATE OF name, given_name ON contacts WHEN OLD.name <> NEW.name OR OLD.given_name <> NEW.given_name BEGIN
	INSERT INTO lost_texts (what, text) VALUES ('contact', OLD.name || ' ' || OLD.given_name);
END;
-- end only sqlite
-- only: postgres until "end only"
CREATE FUNCTION lose_text() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	IF TG_TABLE_NAME = 'contacts' THEN
		INSERT INTO lost_texts (what, text) VALUES ('contact', OLD.name || ' ' || OLD.given_name);
	ELSIF TG_TABLE_NAME = 'messages' THEN
		INSERT INTO lost_texts (what, text) VALUES ('message', OLD.body || ' ' || OLD.transcription);
	ELSE
		INSERT INTO lost_texts (what, text) VALUES ('message', OLD.name);
		IF TG_OP = 'UPDATE' THEN
			INSERT INTO word_changes (what, changed) VALUES ('message', NEW.message_id);
		END IF;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER messages_lost AFTER DELETE ON messages FOR EACH ROW WHEN (OLD.body <> '' OR OLD.transcription <> '') EXECUTE FUNCTION lose_text();
CREATE TRIGGER messages_body_lost AFTER UPDATE OF body ON messages FOR EACH ROW WHEN (OLD.body <> '' AND OLD.body <> NEW.body) EXECUTE FUNCTION lose_text();
CREATE TRIGGER attachments_lost AFTER DELETE ON attachments FOR EACH ROW WHEN (OLD.name <> '') EXECUTE FUNCTION lose_text();
CREATE TRIGGER attachments_reworded AFTER UPDATE OF name, message_id ON attachments FOR EACH ROW
	WHEN (OLD.name <> NEW.name OR OLD.message_id <> NEW.message_id) EXECUTE FUNCTION lose_text();
CREATE TRIGGER contacts_lost AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION lose_text();
CREATE TRIGGER contacts_names_lost AFTER UPDATE OF name, given_name ON contacts FOR EACH ROW
	WHEN (OLD.name <> NEW.name OR OLD.given_name <> NEW.given_name) EXECUTE FUNCTION lose_text();
-- end only postgres
