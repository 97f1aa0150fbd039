-- v7 -> v8: Categories that a business edits, and what people teach the classifier

CREATE TABLE categories (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT  NOT NULL REFERENCES businesses (id),
	slug        TEXT    NOT NULL, -- never changes: the sentences that come with the program are found by it
	name        TEXT    NOT NULL,
	name_key    TEXT    NOT NULL, -- lower case
	description TEXT    NOT NULL,
	keywords    TEXT    NOT NULL, -- JSON
	examples    TEXT    NOT NULL, -- JSON
	color       TEXT    NOT NULL,
	priority    TEXT    NOT NULL, -- of its tickets, unless their text says otherwise; '' for none
	position    BIGINT  NOT NULL,
	rest        BOOLEAN NOT NULL, -- the one for everything else; each business has one
	archived_at BIGINT  NOT NULL DEFAULT 0,
	created_at  BIGINT  NOT NULL,
	UNIQUE (business_id, slug),
	UNIQUE (business_id, name_key)
);

-- Which template the business began with, how sure a guess has to be, and what
-- the classifier may learn from. Corrections from ignored_from on and before
-- ignored_until teach nothing. learn_version counts the changes of all that a
-- model is made of, so that every server notices them.
ALTER TABLE businesses ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE businesses ADD COLUMN threshold DOUBLE PRECISION NOT NULL DEFAULT 0.35;
ALTER TABLE businesses ADD COLUMN learning BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE businesses ADD COLUMN ignored_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE businesses ADD COLUMN ignored_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE businesses ADD COLUMN learn_version BIGINT NOT NULL DEFAULT 0;

-- Why a ticket has no category but the one for everything else, what it may be
-- instead, and what made it more or less pressing.
ALTER TABLE tickets ADD COLUMN doubt TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN candidates TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tickets ADD COLUMN priority_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN priority_words TEXT NOT NULL DEFAULT '[]';

-- What a person said a ticket is about. The text is the ticket's description,
-- which does not change after that.
CREATE TABLE corrections (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	ticket_id   BIGINT NOT NULL REFERENCES tickets (id),
	category_id BIGINT NOT NULL REFERENCES categories (id),
	user_id     BIGINT REFERENCES users (id),
	changed     BOOLEAN NOT NULL, -- FALSE: the ticket had this category already, and the person agreed
	before      TEXT   NOT NULL, -- what the ticket said until then, as JSON
	created_at  BIGINT NOT NULL,
	undone_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX corrections_ticket ON corrections (ticket_id, id);
CREATE INDEX corrections_business ON corrections (business_id, id);
