-- v2 -> v3: Replies that are held back, and the pace at which they leave

-- Why a queued reply waits for more than its next attempt: 'limited' by
-- WhatsApp, or too late to go without a person's word ('confirm'). '' for none.
ALTER TABLE messages ADD COLUMN hold TEXT NOT NULL DEFAULT '';
-- When a person last wanted it sent: wrote it, confirmed it or asked for a retry.
ALTER TABLE messages ADD COLUMN wanted_at BIGINT NOT NULL DEFAULT 0;
-- The last attempt that may have reached WhatsApp.
ALTER TABLE messages ADD COLUMN left_at BIGINT NOT NULL DEFAULT 0;
UPDATE messages SET wanted_at = created_at WHERE delivery IN ('queued', 'failed');
CREATE INDEX messages_waiting ON messages (wanted_at) WHERE delivery = 'queued';
CREATE INDEX messages_left ON messages (bridge_id, left_at) WHERE left_at > 0;
CREATE INDEX messages_stuck ON messages (ticket_id) WHERE delivery = 'failed' OR hold <> '';

-- Until then no reply leaves by itself; a click does not wait for it.
ALTER TABLE bridges ADD COLUMN next_send_at BIGINT NOT NULL DEFAULT 0;
