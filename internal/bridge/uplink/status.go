package uplink

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// probeEvery is how often a server that was lost is looked for.
const probeEvery = 5 * time.Second

// State is how things stand with the server.
type State struct {
	Reachable   bool      // the last call got an answer
	LastSuccess time.Time // when it last took a message; zero: not yet
	Clock       string    // Spanish sentence on a clock that is wrong, while Error is empty
	Error       string    // Spanish sentence on what is wrong, empty while nothing is known to be
}

// status keeps the State. Safe for concurrent use.
type status struct {
	now func() time.Time
	log zerolog.Logger

	mu        sync.Mutex
	state     State
	lost      bool            // the last delivery found nobody
	missed    bool            // one did since returned was last true
	probed    bool            // the server was looked for since then
	found     bool            // and answered
	delivered int             // messages taken, ever
	barred    map[string]bool // names of the messages that wait because of a proxy's limit
}

func (s *status) get() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.state
	if state.Error == "" && len(s.barred) > 0 {
		state.Error = reasonBarred
	}
	return state
}

// hold takes in what was last said of the message with the name ref. What a proxy
// turned away is no matter between us and the server: smaller messages go on.
func (s *status) hold(ref string, said verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch said {
	case barred:
		if len(s.barred) == 0 {
			s.log.Error().Str("reason", reasonBarred).Msg("a proxy turns files away; they wait")
		}
		s.barred[ref] = true
	case unreachable, lockedOut: // says nothing of its size
	case refuse, tooLarge, accept:
		delete(s.barred, ref)
	}
}

// down reports whether the server is known not to answer.
func (s *status) down() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost && s.probed && !s.found
}

// note takes in the outcome of a delivery, unless it is ctx's end.
func (s *status) note(ctx context.Context, out outcome) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := State{Reachable: out.verdict != unreachable, LastSuccess: s.state.LastSuccess}
	if s.lost = out.verdict == unreachable; s.lost {
		s.missed = true
	} else {
		s.probed = false
	}
	switch out.verdict {
	case accept:
		next.LastSuccess = s.now()
		s.delivered++
	case unreachable, lockedOut:
		next.Error = out.reason
	case barred, refuse, tooLarge:
	}
	s.set(next, out.err)
}

// set changes the State and logs what is new about it; the caller holds the lock.
func (s *status) set(next State, cause error) {
	before := s.state
	s.state = next
	if before.Reachable == next.Reachable && before.Error == next.Error {
		return
	}
	switch {
	case next.Error == "":
		s.log.Info().Msg("server is reachable")
	case next.Reachable:
		s.log.Error().Err(cause).Str("reason", next.Error).Msg("server turns messages away; they wait")
	default:
		s.log.Warn().Err(cause).Str("reason", next.Error).Msg("server is not reachable; messages wait")
	}
}

// answered takes in the result of looking for the server, nil when it is there. Only a delivery takes
// back what a delivery found wrong, unless nothing waits that could.
func (s *status) answered(err error, idle bool) {
	ok := err == nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probed, s.found = true, ok
	switch {
	case ok && (idle || s.state.Error == ""):
		s.lost = false
		s.set(State{Reachable: true, LastSuccess: s.state.LastSuccess}, nil)
	case !ok && s.state.Error == "":
		s.lost = true
		s.set(State{LastSuccess: s.state.LastSuccess, Error: silence(err).reason}, err)
	}
}

// missing reports whether the server should be looked for, and how many
// messages it has taken so far.
func (s *status) missing() (lost bool, delivered int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost, s.delivered
}

// returned reports, once, that a server which had been lost took something.
func (s *status) returned() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	back := s.missed && !s.lost
	if back {
		s.missed = false
	}
	return back
}

// watch looks for a lost server and wakes what waits when it is back. While the
// server answers but deliveries go on failing, it wakes less and less often.
func (u *Uplink) watch(ctx context.Context) {
	u.look(ctx)
	var w waker
	for pause(ctx, probeEvery) {
		lost, delivered := u.status.missing()
		if !lost {
			w = waker{}
			if u.status.returned() {
				u.queue.WakeAll() // what failed meanwhile is not to wait for its sweep
			}
			continue
		}
		if w.wakes(u.look(ctx), delivered, u.now()) {
			u.log.Info().Msg("server answers again; delivering what waits")
			u.queue.WakeAll()
		}
	}
}

// look asks the server whether it is there.
func (u *Uplink) look(ctx context.Context) bool {
	err := u.server.alive(ctx)
	if ctx.Err() != nil {
		return false
	}
	stats := u.queue.Stats()
	u.status.answered(err, stats.Waiting+stats.Files == 0)
	return err == nil
}

// waker decides when an answer of a lost server is worth waking everything.
type waker struct {
	found     bool // the last look found the server
	delivered int
	wait      time.Duration
	next      time.Time
}

func (w *waker) wakes(ok bool, delivered int, now time.Time) bool {
	back := ok && !w.found
	w.found = ok
	if delivered != w.delivered {
		w.delivered, w.wait = delivered, 0
	}
	if !ok || !back && now.Before(w.next) {
		return false
	}
	w.wait = min(max(2*w.wait, probeEvery), sweep)
	w.next = now.Add(w.wait)
	return true
}
