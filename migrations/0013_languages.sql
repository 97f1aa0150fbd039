-- v12 -> v13: The language that notices are written in

-- 'es', 'en' or 'pt', as in the panel; '' until its person has said.
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- … of the channels that are nobody's own.
ALTER TABLE notice_settings ADD COLUMN language TEXT NOT NULL DEFAULT 'es';
