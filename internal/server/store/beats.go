package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Beat is the last sign of life of a bridge. Its texts are the bridge's and as
// hostile as everything from outside; whoever stores a Beat has bounded them.
type Beat struct {
	Origin

	At        time.Time // by our clock; AddBeat sets it
	Connected bool      // WhatsApp takes and brings messages
	State     string    // of the bridge's session, finer than Connected
	Problem   string    // Spanish sentence, empty without one
	Report    Report
}

// Report is the part of a Beat that is only shown.
type Report struct {
	Reason   string        `json:"reason"`   // Spanish sentence on State
	Solution string        `json:"solution"` // Spanish sentence on what to do
	Account  string        `json:"account"`  // the business's number, digits
	Version  string        `json:"version"`  // of the bridge
	Library  string        `json:"library"`  // version of the WhatsApp library
	Link     string        `json:"link"`     // why it has no link to a server, a Spanish sentence; empty when it has one
	Uptime   time.Duration `json:"uptime"`
	Ahead    time.Duration `json:"ahead"` // the bridge's clock less ours

	Received  int64         `json:"received"`  // messages taken from WhatsApp since the bridge started
	Delivered int64         `json:"delivered"` // messages we took of it since then
	Waiting   int           `json:"waiting"`   // messages not yet here
	Oldest    time.Duration `json:"oldest"`    // age of the oldest of them
	Files     int           `json:"files"`     // messages here whose file is outstanding
	Damaged   int           `json:"damaged"`   // messages that nobody can read
	Parked    int           `json:"parked"`    // messages that we refused
	Tray      []Parked      `json:"tray"`      // the oldest of those
}

// Parked is a message that we refused and the bridge keeps.
type Parked struct {
	Key    string    `json:"key"`
	Sender string    `json:"sender"` // user@server or digits
	Name   string    `json:"name"`
	Text   string    `json:"text"` // its beginning
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// States of a bridge's session that mean something here: while WhatsApp limits
// whom it may write to, and when all is well.
const (
	stateLimited   = "limitado"
	stateConnected = "conectado"
)

// AddBeat replaces the last sign of life of b's bridge and settles what it
// complains about: a trouble that is new waits for RaiseAlerts, one that goes on
// keeps its beginning, and what is not among the troubles is over, silence
// above all. It returns the alerts that this cleared. Once WhatsApp's limit is
// over, the replies it held back are due.
func (s *Store) AddBeat(ctx context.Context, b Beat, troubles []Trouble) (cleared []Alert, err error) {
	report, err := json.Marshal(b.Report)
	if err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	err = s.write(ctx, "store beat", func(t *tx) error {
		var limited bool
		if _, err := t.row([]any{&limited}, `SELECT state = $2 FROM beats WHERE bridge_id = $1`, b.Bridge, stateLimited); err != nil {
			return err
		}
		t.hint(b.Business, 0, HintBridge)
		// Before the troubles, so that RaiseAlerts of another server waits for us or we for it.
		err := t.exec(`
			INSERT INTO beats (bridge_id, business_id, beat_at, connected, state, problem, report) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (bridge_id) DO UPDATE SET beat_at = excluded.beat_at, connected = excluded.connected, state = excluded.state,
			problem = excluded.problem, report = excluded.report`,
			b.Bridge, b.Business, t.now, b.Connected, clean(b.State), clean(b.Problem), clean(string(report)))
		if err != nil {
			return err
		}
		if limited && b.State == stateConnected {
			if err := t.unlimitBridge(b.Bridge); err != nil {
				return err
			}
		}
		cleared, err = t.settleTroubles(b.Origin, troubles)
		return err
	})
	return cleared, err
}

// LastBeat returns the sign of life that came last from a bridge of a business,
// and whether there ever was one.
func (s *Store) LastBeat(ctx context.Context, business int64) (Beat, bool, error) {
	b := Beat{Origin: Origin{Business: business}}
	var at int64
	var report string
	found, err := one(s.reader.QueryRowContext(ctx, `
		SELECT bridge_id, beat_at, connected, state, problem, report FROM beats WHERE business_id = $1 ORDER BY beat_at DESC, bridge_id LIMIT 1`,
		business), &b.Bridge, &at, &b.Connected, &b.State, &b.Problem, &report)
	if err != nil || !found {
		return Beat{}, false, wrap("load last beat", err)
	}
	if err := json.Unmarshal([]byte(report), &b.Report); err != nil {
		return Beat{}, false, fmt.Errorf("decode report: %w", err)
	}
	b.At = instant(at)
	return b, true, nil
}

// OldestReply returns since when the reply of a business that waits longest has
// waited, the zero time when none waits.
func (s *Store) OldestReply(ctx context.Context, business int64) (time.Time, error) {
	var at int64
	err := s.reader.QueryRowContext(ctx,
		`SELECT COALESCE(MIN(created_at), 0) FROM messages WHERE delivery = 'queued' AND business_id = $1`, business).Scan(&at)
	return instant(at), wrap("find oldest reply", err)
}

// wrap says what was being done when err happened; nil stays nil.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, explain(err))
}
