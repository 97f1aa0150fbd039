-- v6 -> v7: What background work is wanted

-- Since when a language model is to say what the ticket is about; 0: it is not.
ALTER TABLE tickets ADD COLUMN opinion_wanted_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX tickets_opinion ON tickets (opinion_wanted_at) WHERE opinion_wanted_at > 0;

-- What is said in a voice note, and since when somebody is to listen to it.
ALTER TABLE messages ADD COLUMN transcription TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN transcription_wanted_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX messages_transcription ON messages (transcription_wanted_at) WHERE transcription_wanted_at > 0;
