package whatsapp

import (
	"encoding/json"
	"sync"
	"time"
)

// StateName says how the session with WhatsApp is. The values are read by
// people and by other programs, hence in Spanish.
type StateName string

// States of the session. StateDegraded, StateLimited and StateNoSpace are
// shown in place of StateConnected while their cause lasts.
const (
	StateStarting   StateName = "iniciando"
	StatePairing    StateName = "vinculando"     // State.QR or State.Code is to be used on the phone
	StatePasskey    StateName = "passkey"        // State.Passkey is to be answered
	StateConnecting StateName = "conectando"     // also: the line was lost and is being made again
	StateConnected  StateName = "conectado"      //
	StateDegraded   StateName = "degradado"      // connected, but WhatsApp does not answer the keepalive
	StateLimited    StateName = "limitado"       // connected, but may not write to people who have not written
	StateNoSpace    StateName = "sin_espacio"    // messages cannot be written to the queue
	StateLoggedOut  StateName = "sesion_cerrada" // unlinked; a new QR follows by itself
	StateReplaced   StateName = "reemplazado"    // another program uses the same session
	StateBanned     StateName = "suspendido"     // temporary ban
	StateOutdated   StateName = "desactualizado" // WhatsApp wants a newer version
	StateRefused    StateName = "rechazado"      // WhatsApp refuses the login for another reason
	StateStopped    StateName = "detenido"       // Run is over
)

// StateNames returns every state, in the order in which they are listed above.
func StateNames() []StateName {
	return []StateName{
		StateStarting, StatePairing, StatePasskey, StateConnecting, StateConnected, StateDegraded, StateLimited, StateNoSpace,
		StateLoggedOut, StateReplaced, StateBanned, StateOutdated, StateRefused, StateStopped,
	}
}

// State is one consistent picture of the session.
type State struct {
	Name      StateName
	Reason    string    // Spanish sentence on why, empty when there is nothing to explain
	Solution  string    // Spanish sentence on what to do, empty when there is nothing to do
	Since     time.Time // when Name last changed
	Account   string    // the business's number, digits; empty while unpaired
	QR        string    // text of the code to show, only in StatePairing
	QRExpires time.Time // end of QR's life, zero without one
	Code      string    // pairing code to type on the phone, once RequestCode made one
	Passkey   *Passkey  // only in StatePasskey; never changed once it is here
	Recovered int       // messages WhatsApp kept for us while we were away, at the last login
}

// Passkey is WhatsApp's demand for a passkey while pairing.
type Passkey struct {
	PublicKey json.RawMessage // WebAuthn PublicKeyCredentialRequestOptions, binary values in unpadded base64url
	Code      string          // code to compare with the phone's before ConfirmPasskey; empty until there is one
	Expires   time.Time
}

// overlays are the states shown in place of StateConnected, most urgent first.
var overlays = []StateName{StateNoSpace, StateLimited, StateDegraded}

// notice is why an overlay is shown.
type notice struct {
	reason, solution string
	since            time.Time
	until            time.Time // zero: until cleared
}

// board holds the State and tells whoever watches that it changed. It is safe
// for concurrent use.
type board struct {
	now func() time.Time

	mu       sync.Mutex
	base     State
	notices  map[StateName]notice
	watchers map[chan struct{}]struct{}
}

func newBoard(now func() time.Time) *board {
	return &board{
		now:      now,
		base:     State{Name: StateStarting, Since: now().UTC()},
		notices:  map[StateName]notice{},
		watchers: map[chan struct{}]struct{}{},
	}
}

// update changes the underlying state.
func (b *board) update(change func(*State)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.base.Name
	change(&b.base)
	if b.base.Name != before {
		b.base.Since = b.now().UTC()
	}
	b.announce()
}

// enter switches to a state that has neither QR, code nor passkey.
func (b *board) enter(name StateName, reason, solution string) {
	b.update(func(s *State) {
		*s = State{Name: name, Reason: reason, Solution: solution, Since: s.Since, Account: s.Account, Recovered: s.Recovered}
	})
}

// raise shows an overlay until clear, or until a moment if that is not zero.
func (b *board) raise(name StateName, reason, solution string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := b.now().UTC()
	if old, ok := b.notices[name]; ok {
		since = old.since
	}
	b.notices[name] = notice{reason: reason, solution: solution, since: since, until: until}
	b.announce()
}

func (b *board) clear(name StateName) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.notices[name]; ok {
		delete(b.notices, name)
		b.announce()
	}
}

// connected reports whether the login is through, whatever overlay is shown.
func (b *board) connected() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.base.Name == StateConnected
}

// inUse reports whether there is a line, or one is being made, for messages.
func (b *board) inUse() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.base.Name == StateConnected || b.base.Name == StateConnecting
}

// view is the State with the most urgent overlay in it.
func (b *board) view() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.base
	for _, name := range overlays {
		n, ok := b.notices[name]
		over := !n.until.IsZero() && b.now().After(n.until)
		if !ok || over || !b.covers(name) {
			continue
		}
		s.Name, s.Reason, s.Solution, s.Since = name, n.reason, n.solution, n.since
		break
	}
	return s
}

// covers: a full disk matters also while the line is being made again, which it
// causes itself.
func (b *board) covers(name StateName) bool {
	return b.base.Name == StateConnected || name == StateNoSpace && b.base.Name == StateConnecting
}

// watch returns a channel that holds a value whenever the state changed since
// it was last read, and the function that ends the subscription.
func (b *board) watch() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, ch)
	}
}

func (b *board) announce() {
	for ch := range b.watchers {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
