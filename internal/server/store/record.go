package store

// record notes in the audit log, with the transaction that does it, that user, 0
// for a program, did action to object. action is kind.verb, object kind/number or
// empty; details never hold texts, names or numbers of customers.
func (t *tx) record(business, user int64, action, object string, details map[string]any) error {
	return t.audit(Act{Business: business, User: user, Action: action, Object: object, Details: details})
}
