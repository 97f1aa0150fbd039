-- v14 -> v15: Tickets are found by their dates also where their numbers do not follow time

-- Above this number nothing is more than an hour older than any lower one above
-- it, so that halving finds a date there; up to it any ticket may be of any time.
ALTER TABLE businesses ADD COLUMN unordered_to BIGINT NOT NULL DEFAULT 0;
-- When the newest of those up to it was opened.
ALTER TABLE businesses ADD COLUMN unordered_at BIGINT NOT NULL DEFAULT 0;
-- When the newest of those above it was.
ALTER TABLE businesses ADD COLUMN last_ticket_at BIGINT NOT NULL DEFAULT 0;

UPDATE businesses SET unordered_to = COALESCE((
	SELECT MAX(number) - 1 FROM (
		SELECT number, created_at, MAX(created_at) OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest_before
		FROM tickets WHERE business_id = businesses.id
	) AS numbered WHERE created_at < newest_before - 3600000), 0);
UPDATE businesses SET
	unordered_at = COALESCE((SELECT MAX(created_at) FROM tickets WHERE business_id = businesses.id AND number <= unordered_to), 0),
	last_ticket_at = COALESCE((SELECT MAX(created_at) FROM tickets WHERE business_id = businesses.id AND number > unordered_to), 0);
