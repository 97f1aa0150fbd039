-- v3 -> v4: Invitations, second factors, known devices, personal tokens and the audit log

-- TRUE when somebody else chose the password: the next login replaces it.
ALTER TABLE users ADD COLUMN password_temporary BOOLEAN NOT NULL DEFAULT FALSE;
-- Secret of the second factor, base32; '' without one.
ALTER TABLE users ADD COLUMN totp_secret TEXT NOT NULL DEFAULT '';
-- Codes of this time step and earlier ones are used up.
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN last_login_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_business ON users (business_id, role);

ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT ''; -- User-Agent of the login
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- Browsers in which a user has logged in before, several users in one of them at
-- a shared counter: attempts from them are counted apart from everybody else's.
CREATE TABLE devices (
	token_hash BYTEA  NOT NULL, -- SHA-256
	user_id    BIGINT NOT NULL REFERENCES users (id),
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (token_hash, user_id)
);
CREATE INDEX devices_user ON devices (user_id);
CREATE INDEX devices_expiry ON devices (expires_at);

-- Each is good for one login without the second factor, and goes with it.
CREATE TABLE recovery_codes (
	user_id   BIGINT NOT NULL REFERENCES users (id),
	code_hash BYTEA  NOT NULL, -- SHA-256
	PRIMARY KEY (user_id, code_hash)
);

-- Links with which somebody joins, or a user chooses a new password. They go
-- when they are used.
CREATE TABLE invitations (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	token_hash  BYTEA  NOT NULL UNIQUE, -- SHA-256
	user_id     BIGINT REFERENCES users (id), -- whose password it changes; NULL for a new user
	role        TEXT   NOT NULL,
	note        TEXT   NOT NULL, -- for whom it is, in the words of whoever made it
	created_at  BIGINT NOT NULL,
	expires_at  BIGINT NOT NULL
);
CREATE INDEX invitations_business ON invitations (business_id, id);
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- Personal tokens of the API. They go when they are revoked.
CREATE TABLE api_tokens (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id      BIGINT NOT NULL REFERENCES users (id),
	token_hash   BYTEA  NOT NULL UNIQUE, -- SHA-256
	name         TEXT   NOT NULL,
	role         TEXT   NOT NULL,
	created_at   BIGINT NOT NULL,
	expires_at   BIGINT NOT NULL, -- 0: never
	last_used_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX api_tokens_user ON api_tokens (user_id, id);

-- Who did what, written with what it records. Never texts of messages.
CREATE TABLE audit (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	at          BIGINT NOT NULL,
	user_id     BIGINT REFERENCES users (id), -- NULL for a program, the command line and strangers
	kind        TEXT   NOT NULL,
	action      TEXT   NOT NULL,
	object      TEXT   NOT NULL, -- kind/number, such as ticket/42; '' for none
	details     TEXT   NOT NULL  -- JSON object
);
CREATE INDEX audit_business ON audit (business_id, id);
CREATE INDEX audit_user ON audit (business_id, user_id, id);
CREATE INDEX audit_kind ON audit (business_id, kind, id);
CREATE INDEX audit_failures ON audit (business_id, object, at) WHERE action = 'access.failed';
