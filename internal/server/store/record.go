package store

// record notes in the audit log, with the transaction that does it, that user, 0
// for a program, did action to object. action is kind.verb, object kind/number or
// empty; details never hold texts, names or numbers of customers.
//
// The log itself comes with the people who may read it; until then nothing is
// kept.
func (*tx) record(_, _ int64, _, _ string, _ map[string]any) error { return nil }
