-- v5 -> v6: Filters of the list, counts per status, saved views and the index of words

-- How many tickets have each status, so that nobody counts a million rows. The
-- database keeps it by itself, whoever changes a ticket.
CREATE TABLE ticket_counts (
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	status      TEXT   NOT NULL,
	n           BIGINT NOT NULL,
	PRIMARY KEY (business_id, status)
);
INSERT INTO ticket_counts (business_id, status, n) SELECT business_id, status, COUNT(*) FROM tickets GROUP BY business_id, status;
-- only: sqlite until "end only"
CREATE TRIGGER tickets_counted AFTER INSERT ON tickets BEGIN
	INSERT INTO ticket_counts (business_id, status, n) VALUES (NEW.business_id, NEW.status, 1)
		ON CONFLICT (business_id, status) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tickets_recounted AFTER UPDATE OF status ON tickets WHEN OLD.status <> NEW.status BEGIN
	UPDATE ticket_counts SET n = n - 1 WHERE business_id = OLD.business_id AND status = OLD.status;
	INSERT INTO ticket_counts (business_id, status, n) VALUES (NEW.business_id, NEW.status, 1)
		ON CONFLICT (business_id, status) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER tickets_uncounted AFTER DELETE ON tickets BEGIN
	UPDATE ticket_counts SET n = n - 1 WHERE business_id = OLD.business_id AND status = OLD.status;
END;
-- end only sqlite
-- only: postgres until "end only"
CREATE FUNCTION count_ticket(business BIGINT, state TEXT, more BIGINT) RETURNS VOID LANGUAGE sql AS $$
	INSERT INTO ticket_counts AS c (business_id, status, n) VALUES (business, state, more)
		ON CONFLICT (business_id, status) DO UPDATE SET n = c.n + more;
$$;
CREATE FUNCTION count_tickets() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM count_ticket(NEW.business_id, NEW.status, 1);
	ELSIF TG_OP = 'DELETE' THEN
		PERFORM count_ticket(OLD.business_id, OLD.status, -1);
	ELSIF OLD.status < NEW.status THEN -- always in one order, so that two transactions seldom wait for each other
		PERFORM count_ticket(OLD.business_id, OLD.status, -1);
		PERFORM count_ticket(NEW.business_id, NEW.status, 1);
	ELSIF OLD.status > NEW.status THEN
		PERFORM count_ticket(NEW.business_id, NEW.status, 1);
		PERFORM count_ticket(OLD.business_id, OLD.status, -1);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER tickets_counted AFTER INSERT OR DELETE OR UPDATE OF status ON tickets FOR EACH ROW EXECUTE FUNCTION count_tickets();
-- end only postgres

-- Only what few tickets have gets an index: a new ticket pays for each. All else
-- is found by walking a bounded stretch of numbers.
CREATE INDEX tickets_assignee ON tickets (business_id, assignee_id, number) WHERE assignee_id IS NOT NULL;
CREATE INDEX tickets_priority ON tickets (business_id, priority, number) WHERE priority <> 'normal';

-- Filters that people gave a name. Those without a user belong to everybody.
CREATE TABLE views (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	user_id     BIGINT REFERENCES users (id),
	name        TEXT   NOT NULL,
	filter      TEXT   NOT NULL, -- as the panel's address has it
	created_at  BIGINT NOT NULL
);
CREATE INDEX views_business ON views (business_id, user_id);

-- The words of messages and of contacts, in the way they are compared. A worker
-- fills it behind the messages, as that costs too much where customers wait.
-- only: sqlite until "end only"
CREATE VIRTUAL TABLE message_words USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE contact_words USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- end only sqlite
-- only: postgres until "end only"
CREATE TABLE message_words (rowid BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX message_words_words ON message_words USING gin (words);
CREATE TABLE contact_words (rowid BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX contact_words_words ON contact_words USING gin (words);
-- end only postgres

-- Every word that was ever there, and in about how many rows: what a word that
-- is still being typed may become.
CREATE TABLE vocabulary (
	what TEXT   NOT NULL,
	-- only: sqlite
	word TEXT   NOT NULL,
	-- only: postgres
	word TEXT COLLATE "C" NOT NULL, -- in the order of its bytes, as on SQLite
	n    BIGINT NOT NULL,
	PRIMARY KEY (what, word)
-- only: sqlite
) WITHOUT ROWID;
-- only: postgres
);

-- How far the worker is: the ids from low to high are in. It goes up with what
-- comes, and down through what was there before it.
CREATE TABLE word_progress (
	what TEXT   NOT NULL PRIMARY KEY, -- 'message' or 'contact'
	low  BIGINT NOT NULL,
	high BIGINT NOT NULL
);
INSERT INTO word_progress (what, low, high) SELECT 'message', COALESCE(MAX(id), 0) + 1, COALESCE(MAX(id), 0) FROM messages;
INSERT INTO word_progress (what, low, high) SELECT 'contact', COALESCE(MAX(id), 0) + 1, COALESCE(MAX(id), 0) FROM contacts;

-- What has other words now than when it was looked at, or is gone.
CREATE TABLE word_changes (
	-- only: sqlite
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used again
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	what    TEXT   NOT NULL,
	changed BIGINT NOT NULL
);
-- only: sqlite until "end only"
CREATE TRIGGER messages_reworded AFTER UPDATE OF body ON messages WHEN OLD.body <> NEW.body BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('message', NEW.id);
END;
CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('message', OLD.id);
END;
CREATE TRIGGER contacts_reworded AFTER UPDATE OF name, phone ON contacts WHEN OLD.name <> NEW.name OR OLD.phone <> NEW.phone BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('contact', NEW.id);
END;
CREATE TRIGGER contacts_gone AFTER DELETE ON contacts BEGIN
	INSERT INTO word_changes (what, changed) VALUES ('contact', OLD.id);
END;
-- end only sqlite
-- only: postgres until "end only"
CREATE FUNCTION note_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO word_changes (what, changed) VALUES (TG_ARGV[0], OLD.id);
	RETURN NULL;
END $$;
CREATE TRIGGER messages_reworded AFTER UPDATE OF body ON messages FOR EACH ROW WHEN (OLD.body <> NEW.body) EXECUTE FUNCTION note_words('message');
CREATE TRIGGER messages_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION note_words('message');
CREATE TRIGGER contacts_reworded AFTER UPDATE OF name, phone ON contacts FOR EACH ROW
	WHEN (OLD.name <> NEW.name OR OLD.phone <> NEW.phone) EXECUTE FUNCTION note_words('contact');
CREATE TRIGGER contacts_gone AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION note_words('contact');
-- end only postgres
