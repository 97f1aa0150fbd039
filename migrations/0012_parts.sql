-- v11 -> v12: Customers are found by any part of a name or a number through the index of words

-- It has other words of them, and begins anew with the newest.
-- only: sqlite until "end only"
DROP TABLE contact_words;
CREATE VIRTUAL TABLE contact_words USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii');
-- end only sqlite
-- only: postgres
TRUNCATE contact_words;
DELETE FROM vocabulary WHERE what = 'contact';
DELETE FROM word_changes WHERE what = 'contact';
UPDATE word_progress SET low = (SELECT COALESCE(MAX(id), 0) + 1 FROM contacts), high = (SELECT COALESCE(MAX(id), 0) FROM contacts) WHERE what = 'contact';
