-- v1 -> v2: Signs of life of the bridges, and alerts about them

-- The last sign of life of each bridge.
CREATE TABLE beats (
	bridge_id   BIGINT  NOT NULL PRIMARY KEY REFERENCES bridges (id),
	business_id BIGINT  NOT NULL REFERENCES businesses (id),
	beat_at     BIGINT  NOT NULL, -- by our clock
	connected   BOOLEAN NOT NULL,
	state       TEXT    NOT NULL,
	problem     TEXT    NOT NULL,
	report      TEXT    NOT NULL  -- everything else, as JSON
);
CREATE INDEX beats_business ON beats (business_id, beat_at);

-- What is wrong with a bridge. A row with raised_at = 0 is not an alert yet: its
-- bridge complains, but not for long enough to bother anybody.
CREATE TABLE alerts (
	-- only: sqlite
	id INTEGER PRIMARY KEY,
	-- only: postgres
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	business_id BIGINT NOT NULL REFERENCES businesses (id),
	bridge_id   BIGINT NOT NULL REFERENCES bridges (id),
	kind        TEXT   NOT NULL,
	sentence    TEXT   NOT NULL,
	solution    TEXT   NOT NULL,
	since       BIGINT NOT NULL,
	raised_at   BIGINT NOT NULL DEFAULT 0,
	cleared_at  BIGINT NOT NULL DEFAULT 0
);
-- Several servers watch over one database; only one of them raises an alert.
CREATE UNIQUE INDEX alerts_open ON alerts (bridge_id, kind) WHERE cleared_at = 0;
CREATE INDEX alerts_business ON alerts (business_id, id) WHERE cleared_at = 0;
