package store

// HintKind says what a Hint is about.
type HintKind string

// Kinds of hints. HintPeople is about whoever may use the panel and has no
// ticket, HintBridge has none either. HintEverything has not even a business: so
// much may have changed that everybody had better read everything again.
const (
	HintOpened  HintKind = "opened"  // a ticket is new
	HintMessage HintKind = "message" // a customer wrote
	HintTicket  HintKind = "ticket"  // anything else of a ticket changed
	HintBridge  HintKind = "bridge"  // a sign of life of the laptop came
	HintPeople  HintKind = "people"  // sessions or users changed

	HintEverything HintKind = "everything"
)

// Hint tells that something is different from what was read before. It carries
// no data: whoever wants to know reads again.
type Hint struct {
	Business int64
	Ticket   int64 // number; 0 when it is about no ticket
	Kind     HintKind
}

// hint notes what the transaction changes; Options.Changed hears of it after the
// commit.
func (t *tx) hint(business, number int64, kind HintKind) {
	t.hints = append(t.hints, Hint{Business: business, Ticket: number, Kind: kind})
}

// hintMessage is hint for the ticket of a message.
func (t *tx) hintMessage(message int64) error {
	var business, number int64
	found, err := t.row([]any{&business, &number},
		`SELECT t.business_id, t.number FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.id = $1`, message)
	if err == nil && found {
		t.hint(business, number, HintTicket)
	}
	return err
}
