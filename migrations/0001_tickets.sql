-- v0 -> v1: Businesses, bridges, contacts, tickets, messages, replies and users

-- Instants are Unix milliseconds; 0 means that it never happened. Text that is
-- not there is '', except in the columns of a unique key, where it is NULL so
-- that any number of rows may lack it. Lists are JSON.

CREATE TABLE businesses (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code               TEXT   NOT NULL UNIQUE, -- 'default' is the one the configuration describes
	name               TEXT   NOT NULL,
	received_text      TEXT   NOT NULL,
	join_window_ms     BIGINT NOT NULL, -- a message this soon after the end of a ticket reopens it
	last_ticket_number BIGINT NOT NULL DEFAULT 0,
	created_at         BIGINT NOT NULL
);

CREATE TABLE bridges (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	code        TEXT   NOT NULL,
	name        TEXT   NOT NULL DEFAULT '',
	url         TEXT   NOT NULL,
	token_hash  BYTEA  NOT NULL UNIQUE, -- SHA-256
	created_at  BIGINT NOT NULL,
	UNIQUE (business_id, code)
);

CREATE TABLE users (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id   BIGINT NOT NULL REFERENCES businesses (id),
	name          TEXT   NOT NULL,
	name_key      TEXT   NOT NULL UNIQUE, -- lower case: what a login is compared with
	password_hash TEXT   NOT NULL,
	role          TEXT   NOT NULL,
	created_at    BIGINT NOT NULL,
	disabled_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sessions (
	token_hash   BYTEA  NOT NULL PRIMARY KEY, -- SHA-256
	business_id  BIGINT NOT NULL REFERENCES businesses (id),
	user_id      BIGINT NOT NULL REFERENCES users (id),
	created_at   BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE contacts (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT  NOT NULL REFERENCES businesses (id),
	name        TEXT    NOT NULL,
	phone       TEXT    NOT NULL, -- as WhatsApp gave it
	phone_key   TEXT,             -- the same for every way of writing the number
	lid         TEXT,
	chat        TEXT    NOT NULL,
	is_group    BOOLEAN NOT NULL,
	created_at  BIGINT  NOT NULL,
	updated_at  BIGINT  NOT NULL,
	UNIQUE (business_id, phone_key),
	UNIQUE (business_id, lid)
);
CREATE UNIQUE INDEX contacts_group ON contacts (business_id, chat) WHERE is_group;

CREATE TABLE tickets (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id     BIGINT NOT NULL REFERENCES businesses (id),
	number          BIGINT NOT NULL,
	contact_id      BIGINT NOT NULL REFERENCES contacts (id),
	bridge_id       BIGINT NOT NULL REFERENCES bridges (id), -- the one the contact last wrote to; answers leave through it
	title           TEXT   NOT NULL,
	description     TEXT   NOT NULL,
	status          TEXT   NOT NULL,
	priority        TEXT   NOT NULL,
	category        TEXT   NOT NULL,
	category_source TEXT   NOT NULL,
	confidence      DOUBLE PRECISION NOT NULL,
	words           TEXT   NOT NULL,
	photo           TEXT   NOT NULL,
	unread          BIGINT NOT NULL,
	assignee_id     BIGINT REFERENCES users (id),
	created_at      BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL,
	first_answer_at BIGINT NOT NULL DEFAULT 0,
	resolved_at     BIGINT NOT NULL DEFAULT 0,
	UNIQUE (business_id, number)
);
-- The number counts up with time, so it is also the order of every list.
CREATE INDEX tickets_status ON tickets (business_id, status, number);
CREATE INDEX tickets_contact ON tickets (contact_id, resolved_at, number);

CREATE TABLE messages (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id     BIGINT  NOT NULL REFERENCES businesses (id),
	ticket_id       BIGINT  NOT NULL REFERENCES tickets (id),
	contact_id      BIGINT  NOT NULL REFERENCES contacts (id),
	bridge_id       BIGINT  REFERENCES bridges (id),
	user_id         BIGINT  REFERENCES users (id),
	direction       TEXT    NOT NULL,
	kind            TEXT    NOT NULL,
	body            TEXT    NOT NULL,
	original_body   TEXT    NOT NULL DEFAULT '',
	author          TEXT    NOT NULL DEFAULT '',
	author_key      TEXT    NOT NULL DEFAULT '', -- address of the author, in a group: names are free to choose
	wa_id           TEXT,
	refers_to       TEXT    NOT NULL DEFAULT '',
	from_phone      BOOLEAN NOT NULL DEFAULT FALSE, -- done on the business's own phone; of an event too
	delivery        TEXT    NOT NULL DEFAULT '',
	failure         TEXT    NOT NULL DEFAULT '',
	purpose         TEXT    NOT NULL DEFAULT '', -- 'received': the notice that the equipment arrived
	attempts        BIGINT  NOT NULL DEFAULT 0,
	next_attempt_at BIGINT  NOT NULL DEFAULT 0,
	lease_until     BIGINT  NOT NULL DEFAULT 0, -- a server is sending it until then
	sent_at         BIGINT  NOT NULL,
	created_at      BIGINT  NOT NULL,
	edited_at       BIGINT  NOT NULL DEFAULT 0,
	deleted_at      BIGINT  NOT NULL DEFAULT 0,
	-- A contact belongs to one business, so this is also once per business.
	UNIQUE (contact_id, direction, wa_id)
);
CREATE INDEX messages_conversation ON messages (ticket_id, sent_at, id);
CREATE INDEX messages_receipts ON messages (business_id, wa_id) WHERE direction = 'out';
CREATE INDEX messages_purpose ON messages (ticket_id, purpose, id) WHERE purpose <> '';
CREATE INDEX messages_queue ON messages (contact_id, id) WHERE delivery = 'queued';
CREATE INDEX messages_due ON messages (next_attempt_at, id) WHERE delivery = 'queued';
CREATE INDEX messages_events ON messages (contact_id, refers_to) WHERE direction = 'event';

CREATE TABLE attachments (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	message_id  BIGINT NOT NULL REFERENCES messages (id),
	file        TEXT UNIQUE, -- name below the folder of pictures
	name        TEXT   NOT NULL,
	mime        TEXT   NOT NULL,
	size        BIGINT NOT NULL,
	state       TEXT   NOT NULL,
	note        TEXT   NOT NULL
);
CREATE INDEX attachments_message ON attachments (message_id);
