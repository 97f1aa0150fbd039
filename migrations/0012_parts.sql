-- v11 -> v12: Customers are found by any part of a name or a number through the index of words

-- It comes to all of them again, and knows what it knew of them until then.
INSERT INTO word_changes (what, changed) SELECT 'contact', id FROM contacts;
