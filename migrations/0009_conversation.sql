-- v8 -> v9: Canned replies, and tickets that were joined or split

-- Texts that are written once and used often. The text may name {nombre},
-- {ticket} and {negocio}, which the panel fills in.
CREATE TABLE canned (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	title       TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	shortcut    TEXT,             -- what is typed after «/»; lower case
	position    BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	UNIQUE (business_id, shortcut)
);

-- The number of the ticket that has this one's messages now; 0 for none. What
-- follows names tickets and messages without a foreign key, so that they can be
-- deleted.
ALTER TABLE tickets ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;

-- Who joined or split which tickets when, and what it takes to undo it.
CREATE TABLE ticket_moves (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	source      BIGINT NOT NULL, -- number of the ticket that lost messages
	target      BIGINT NOT NULL, -- number of the one that got them
	user_id     BIGINT NOT NULL, -- 0 for a program
	before      TEXT   NOT NULL, -- JSON
	created_at  BIGINT NOT NULL,
	undone_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE moved_messages (
	move_id    BIGINT NOT NULL REFERENCES ticket_moves (id),
	message_id BIGINT NOT NULL,
	PRIMARY KEY (move_id, message_id)
);
