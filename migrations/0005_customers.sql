-- v4 -> v5: What a shop notes of its customers, its settings, and what is to be deleted

ALTER TABLE contacts ADD COLUMN given_name TEXT NOT NULL DEFAULT ''; -- what the shop calls them; '' for WhatsApp's name
ALTER TABLE contacts ADD COLUMN search_key TEXT NOT NULL DEFAULT ''; -- both names and the phone, in the way they are compared
ALTER TABLE contacts ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN away_at BIGINT NOT NULL DEFAULT 0; -- last automatic answer outside opening hours
-- What the program does better from now on, for the names that are there.
UPDATE contacts SET search_key = LOWER(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
	name, 'á', 'a'), 'é', 'e'), 'í', 'i'), 'ó', 'o'), 'ú', 'u'), 'ü', 'u'), 'Á', 'a'), 'É', 'e'), 'Í', 'i'), 'Ó', 'o'), 'Ú', 'u'), 'Ñ', 'ñ')) || ' ' || phone;
CREATE INDEX contacts_blocked ON contacts (business_id, id) WHERE blocked_at > 0;

CREATE TABLE contact_notes (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	contact_id  BIGINT NOT NULL REFERENCES contacts (id),
	user_id     BIGINT REFERENCES users (id),
	author      TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	created_at  BIGINT NOT NULL
);
CREATE INDEX contact_notes_contact ON contact_notes (contact_id, id);
-- In which groups somebody writes.
CREATE INDEX messages_author ON messages (business_id, author_key) WHERE author_key <> '';

ALTER TABLE businesses ADD COLUMN timezone TEXT NOT NULL DEFAULT ''; -- IANA name; '' until somebody says
ALTER TABLE businesses ADD COLUMN hours TEXT NOT NULL DEFAULT '[]'; -- JSON: seven lists of [from, to] in minutes, from Sunday on
ALTER TABLE businesses ADD COLUMN away BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE businesses ADD COLUMN away_text TEXT NOT NULL DEFAULT '';
-- After how many days each is deleted; 0 for never.
ALTER TABLE businesses ADD COLUMN keep_tickets BIGINT NOT NULL DEFAULT 0; -- since they were resolved
ALTER TABLE businesses ADD COLUMN keep_photos BIGINT NOT NULL DEFAULT 0; -- since their ticket was resolved
ALTER TABLE businesses ADD COLUMN keep_log BIGINT NOT NULL DEFAULT 0;
-- No ticket that was resolved before has any files left.
ALTER TABLE businesses ADD COLUMN photos_gone_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX tickets_resolved ON tickets (business_id, resolved_at) WHERE resolved_at > 0;

-- Files whose rows are gone and that have to go from the disk too.
CREATE TABLE doomed_files (
	file TEXT NOT NULL PRIMARY KEY
);
