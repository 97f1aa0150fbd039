-- v9 -> v10: Notices: where they go, who wants to hear of what, and what waits to be told

-- Where notices go.
CREATE TABLE channels (
	-- only: sqlite
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used again
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id     BIGINT  NOT NULL REFERENCES businesses (id),
	user_id         BIGINT  REFERENCES users (id), -- whose it is; NULL for the business
	kind            TEXT    NOT NULL, -- 'address', 'push' or 'webhook'
	name            TEXT    NOT NULL,
	address         TEXT    NOT NULL, -- may hold a password
	secret          TEXT    NOT NULL, -- of a webhook: what it is signed with; of a browser: its keys, as JSON
	old_secret      TEXT    NOT NULL DEFAULT '', -- of a webhook: signs too for a day after rotated_at
	rotated_at      BIGINT  NOT NULL DEFAULT 0,
	events          TEXT    NOT NULL, -- JSON; of a webhook: others go by the wishes of whose they are
	created_at      BIGINT  NOT NULL,
	off_at          BIGINT  NOT NULL DEFAULT 0, -- switched off since then
	gave_up         BOOLEAN NOT NULL DEFAULT FALSE, -- … because nothing got through for days
	last_ok_at      BIGINT  NOT NULL DEFAULT 0,
	last_error_at   BIGINT  NOT NULL DEFAULT 0,
	last_error      TEXT    NOT NULL DEFAULT '',
	failing_since   BIGINT  NOT NULL DEFAULT 0,
	next_at         BIGINT  NOT NULL DEFAULT 0 -- until then what happens is gathered into one notice
);
CREATE INDEX channels_business ON channels (business_id, id);

-- What a user, or the business itself as user 0, wants to hear of and when not.
CREATE TABLE notice_wishes (
	business_id BIGINT  NOT NULL REFERENCES businesses (id),
	user_id     BIGINT  NOT NULL,
	events      TEXT    NOT NULL, -- JSON
	quiet_from  BIGINT  NOT NULL, -- minutes after midnight; the same as quiet_to for never
	quiet_to    BIGINT  NOT NULL,
	urgent      BOOLEAN NOT NULL, -- what is urgent does not wait for the end of it
	PRIMARY KEY (business_id, user_id)
);

-- What a business decides about its notices, and how far they are.
CREATE TABLE notice_settings (
	business_id    BIGINT  NOT NULL PRIMARY KEY REFERENCES businesses (id),
	push           BOOLEAN NOT NULL DEFAULT FALSE, -- browsers may be told, through their makers
	detail         BOOLEAN NOT NULL DEFAULT FALSE, -- names and titles go along
	wait_minutes   BIGINT  NOT NULL DEFAULT 60, -- of opening hours, until a first answer is late; 0 for never
	push_private   TEXT    NOT NULL DEFAULT '',
	push_public    TEXT    NOT NULL DEFAULT '',
	ticket_cursor  BIGINT  NOT NULL DEFAULT 0, -- tickets up to this number are told
	wait_cursor    BIGINT  NOT NULL DEFAULT 0, -- … and have been looked at for being late
	message_cursor BIGINT  NOT NULL DEFAULT 0  -- messages up to this id are told
);

-- What happened and is yet to be made notices of, apart from tickets and
-- messages: those are found by their numbers.
CREATE TABLE notice_events (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	kind        TEXT   NOT NULL,
	ticket      BIGINT NOT NULL, -- number; 0 for none
	detail      TEXT   NOT NULL,
	at          BIGINT NOT NULL
);
CREATE INDEX notice_events_business ON notice_events (business_id, id);

-- What waits to be told to one channel. It goes once it was told.
CREATE TABLE notices (
	-- only: sqlite
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- an id is never used again
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	channel_id  BIGINT NOT NULL REFERENCES channels (id),
	kind        TEXT   NOT NULL,
	ticket      BIGINT NOT NULL, -- number; 0 for none
	detail      TEXT   NOT NULL, -- a sentence, or what a webhook is sent
	code        TEXT   NOT NULL, -- of a webhook: the same on every attempt
	at          BIGINT NOT NULL,
	due_at      BIGINT NOT NULL
);
CREATE INDEX notices_channel ON notices (channel_id, due_at);
CREATE INDEX notices_ticket ON notices (business_id, ticket) WHERE ticket > 0;
