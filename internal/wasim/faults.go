package wasim

import (
	"encoding/json"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// faults is what is to go wrong. Guarded by s.mu.
type faults struct {
	refuseUpgrades bool
	mute           bool
	minVersion     store.WAVersionContainer

	loginRefusal  node
	loginRefusals counter

	keysRefusal     int
	refuseStrangers bool
	messageRefusal  int
	messageRefusals counter
	cutBefore       counter
	cutAfter        counter
	lostAcks        counter

	media    map[string]MediaFault // by message id, "" for all
	released chan struct{}         // closed and replaced when media faults change

	uploadStatus int
}

func newFaults() faults {
	return faults{media: map[string]MediaFault{}, released: make(chan struct{})}
}

// counter is how many more times a fault happens; negative: until cleared.
type counter int

func (n *counter) take() bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

func (f *faults) takeLoginRefusal() (node, bool) { return f.loginRefusal, f.loginRefusals.take() }
func (f *faults) takeCutBefore() bool            { return f.cutBefore.take() }
func (f *faults) takeCutAfter() bool             { return f.cutAfter.take() }
func (f *faults) takeLostAck() bool              { return f.lostAcks.take() }

func (f *faults) takeMessageRefusal() int {
	if f.messageRefusals.take() {
		return f.messageRefusal
	}
	return 0
}

// change runs f with the faults locked and wakes waiters.
func (s *Server) change(f func(*faults)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.faults)
	s.broadcast()
}

func (s *Server) muted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.mute
}

// Drop cuts the linked device's connection without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.live; c != nil {
		c.cut()
		c.retire()
	}
}

// StreamError ends the linked device's session with a code: "515" asks for a
// reconnect, "503" and "500" are the server's own trouble, anything else is
// unknown to clients.
func (s *Server) StreamError(code string) { s.endSession(streamError(code)) }

// Replace ends the linked device's session as if its account had logged in from
// elsewhere.
func (s *Server) Replace() { s.endSession(replaced()) }

// UnackedError ends the session as WhatsApp does when a message stays
// unacknowledged too long: <stream:error><ack/></stream:error>.
func (s *Server) UnackedError(id string) {
	s.endSession(node{Tag: "stream:error", Content: []node{{
		Tag: "ack", Attrs: attrs{"class": "message", "id": id},
	}}})
}

func (s *Server) endSession(last node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil {
		s.live.finish(last)
	}
}

// RefuseLogins answers the next n logins with <failure reason=…>: 401 unlinked,
// 402 banned for an hour, 403 banned, 405 outdated, 503 unavailable… A negative
// n lasts until a call with n 0.
func (s *Server) RefuseLogins(reason, n int) {
	refusal := failure(reason)
	if reason == 402 {
		refusal = banned(101, time.Hour)
	}
	s.change(func(f *faults) { f.loginRefusal, f.loginRefusals = refusal, counter(n) })
}

// Ban answers the next n logins with a temporary ban; code is one of whatsmeow's
// events.TempBanReason. n as in RefuseLogins.
func (s *Server) Ban(code int, expire time.Duration, n int) {
	s.change(func(f *faults) { f.loginRefusal, f.loginRefusals = banned(code, expire), counter(n) })
}

func banned(code int, expire time.Duration) node {
	n := failure(402)
	n.Attrs["code"] = code
	n.Attrs["expire"] = strconv.Itoa(int(expire.Seconds()))
	return n
}

// MinVersion makes clients older than v outdated: they are refused with 405, and
// the page read by whatsmeow's GetLatestVersion names v. The zero value clears it.
func (s *Server) MinVersion(v store.WAVersionContainer) {
	s.change(func(f *faults) { f.minVersion = v })
}

// currentVersion is the version the front page names.
func (s *Server) currentVersion() store.WAVersionContainer {
	if !s.faults.minVersion.IsZero() {
		return s.faults.minVersion
	}
	return store.GetWAVersion()
}

// RefuseUpgrades makes new connections fail with HTTP 503. Existing ones go on.
func (s *Server) RefuseUpgrades(on bool) { s.change(func(f *faults) { f.refuseUpgrades = on }) }

// Mute makes the server stop answering and sending, pings included, while
// connections stay open. New connections are not greeted, and stay so.
func (s *Server) Mute(on bool) {
	s.change(func(f *faults) { f.mute = on })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pump()
}

// LoseAcks delivers the next n messages of the device without acknowledging
// them. n as in RefuseLogins.
func (s *Server) LoseAcks(n int) { s.change(func(f *faults) { f.lostAcks = counter(n) }) }

// CutBeforeProcessing cuts the connection when a message of the device arrives,
// which is lost, n times. n as in RefuseLogins.
func (s *Server) CutBeforeProcessing(n int) { s.change(func(f *faults) { f.cutBefore = counter(n) }) }

// CutAfterProcessing cuts the connection when a message of the device has been
// delivered, instead of acknowledging it, n times. n as in RefuseLogins.
func (s *Server) CutAfterProcessing(n int) { s.change(func(f *faults) { f.cutAfter = counter(n) }) }

// RefuseMessages answers the next n messages of the device with an error code
// and does not deliver them: 463 no permission to write first, 479 bad
// addressing, 400 transient. n as in RefuseLogins.
func (s *Server) RefuseMessages(code, n int) {
	s.change(func(f *faults) { f.messageRefusal, f.messageRefusals = code, counter(n) })
}

// RefuseKeys answers requests for somebody's keys with an error code, as WhatsApp
// does with 429 to those who ask too often; 0: with the keys.
func (s *Server) RefuseKeys(code int) { s.change(func(f *faults) { f.keysRefusal = code }) }

// RefuseStrangers answers messages to customers who have never written with
// error 463, as WhatsApp does to accounts it does not trust yet.
func (s *Server) RefuseStrangers(on bool) { s.change(func(f *faults) { f.refuseStrangers = on }) }

// RestrictNewChats tells the device that its account may not start chats until
// then; the zero time tells it that the restriction is over.
func (s *Server) RestrictNewChats(until time.Time) {
	lock := map[string]any{"is_active": !until.IsZero(), "enforcement_type": "RESTRICT_ALL_COMPANIONS"}
	if !until.IsZero() {
		lock["time_enforcement_ends"] = unix(until)
	}
	// The map marshals without fail.
	body, _ := json.Marshal(map[string]any{"data": map[string]any{"xwa2_notify_account_reachout_timelock": lock}})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver(&delivery{class: "notification", id: newID("N"), kind: "mex", build: func(*device) (node, error) {
		return node{
			Attrs: attrs{"from": types.ServerJID, "t": unix(s.now())},
			Content: []node{{
				Tag: "update", Content: body,
				Attrs: attrs{"op_name": "NotificationUserReachoutTimelockUpdate"},
			}},
		}, nil
	}})
}
