package whatsapp

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/store"
)

// link is a whatsmeow client as far as the supervisor drives it.
type link interface {
	ConnectContext(ctx context.Context) error
	Disconnect()
	IsConnected() bool
	IsLoggedIn() bool // stays true after a line is lost
	SendPasskeyConfirmation(ctx context.Context) error
}

// surroundings are what the supervisor does besides driving a link.
type surroundings interface {
	// link makes the link whose events carry number; fresh asks for a device
	// that is not paired yet.
	link(number int, fresh bool) link
	// paired learns whose session it is.
	paired(phone, lid string)
	// aside runs work beside the supervisor; Run waits for it.
	aside(work func())
	// online runs after every login and does not block.
	online()
	// settle stores what could not be stored before; false when that fails again.
	settle() bool
	// request asks the business's phone for messages that could not be read; it
	// does not block.
	request()
	// update looks for a version of WhatsApp newer than ours and uses it;
	// false when there is none.
	update(ctx context.Context) (bool, error)
}

// alarm is something to do later.
type alarm int

// Alarms of the supervisor, each with at most one time.
const (
	alarmConnect alarm = iota // make the line
	alarmLogin                // the login takes too long
	alarmCode                 // show the next QR code
	alarmPasskey              // the passkey request is over
	alarmAgain                // ask for messages again that could not be stored
	alarmRequest              // ask the phone for messages that could not be read
	alarmWatch                // look whether the login still holds
	alarms
)

// supervisor keeps one link connected. It is the only one that connects: the
// library's own reconnecting, whose waits grow without bound, is off. All its
// fields belong to the goroutine of run.
type supervisor struct {
	around surroundings
	board  *board
	mail   *mailbox
	tempo  *tempo
	now    func() time.Time
	log    zerolog.Logger

	life     context.Context    //nolint:containedctx // of everything whatsmeow does; ends after the line
	hangUp   context.CancelFunc // ends what belonged to the last connection
	current  link
	number   int // of current
	due      [alarms]time.Time
	holding  bool      // waiting out a refusal: a lost line does not shorten it
	stalled  bool      // no line until messages can be stored
	healed   bool      // while stalled: the queue takes messages, the session may not
	extended bool      // the login got more time
	upSince  time.Time // when the last dial was over
	losses   int       // short-lived connections in a row
	replaced int
	refused  int
	doubts   int // looks in a row at which the line was gone without an event
	undone   int // resets because of messages that could not be stored
	looked   time.Time
	codes    []string
	why, fix string // shown beside the next QR
	expected int    // messages WhatsApp has kept for us
}

// run keeps the session up until ctx ends, then leaves it cleanly.
func (s *supervisor) run(ctx context.Context) {
	s.use(false)
	s.in(alarmConnect, 0)
	s.in(alarmWatch, s.tempo.watch)
	timer := time.NewTimer(s.tempo.watch)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait := s.next()
		if wait <= 0 {
			s.ring(ctx)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-s.mail.ready:
			for _, l := range s.mail.take() {
				if l.link == 0 || l.link == s.number {
					actions[l.step.do](s, ctx, l.step)
				}
			}
		case <-timer.C:
			s.ring(ctx)
		}
	}
	s.cut()
	s.board.enter(StateStopped, "", "")
}

// use switches to a new link.
func (s *supervisor) use(fresh bool) {
	if s.current != nil {
		s.cut()
	}
	s.number++
	s.current = s.around.link(s.number, fresh)
}

// in sets an alarm.
func (s *supervisor) in(a alarm, wait time.Duration) { s.due[a] = time.Now().Add(wait) }

func (s *supervisor) off(list ...alarm) {
	for _, a := range list {
		s.due[a] = time.Time{}
	}
}

// next is the time until the first alarm; the watch is always set.
func (s *supervisor) next() time.Duration {
	first := s.due[alarmWatch]
	for _, at := range s.due {
		if !at.IsZero() && at.Before(first) {
			first = at
		}
	}
	return time.Until(first)
}

// ring does what is due.
func (s *supervisor) ring(ctx context.Context) {
	for a := range alarms {
		if at := s.due[a]; !at.IsZero() && !at.After(time.Now()) {
			s.off(a)
			rings[a](s, ctx)
		}
	}
}

// rings is what each alarm does.
var rings = [alarms]func(*supervisor, context.Context){
	alarmConnect: (*supervisor).connect,
	alarmLogin: func(s *supervisor, _ context.Context) {
		if s.up() && !s.extended {
			s.extended = true // the keys of a new device are made and uploaded, which takes its time
			s.in(alarmLogin, s.tempo.login)
			return
		}
		s.log.Warn().Msg("login takes too long: starting over")
		s.lose("WhatsApp no completó la conexión.")
	},
	alarmCode: func(s *supervisor, _ context.Context) { s.showCode(s.tempo.qr) },
	alarmPasskey: func(s *supervisor, _ context.Context) {
		s.pairAgain("Se acabó el tiempo para responder con la llave de acceso.", "Escanee el código nuevo y vuelva a intentarlo.")
	},
	alarmAgain: func(s *supervisor, _ context.Context) {
		switch {
		case !s.around.settle():
			s.tryAgain()
		case s.stalled, s.board.connected():
			if s.healed {
				s.recovered()
			}
			s.log.Info().Msg("reconnecting so that whatsapp delivers again what was not stored")
			s.reconnect()
		}
	},
	alarmRequest: func(s *supervisor, _ context.Context) {
		s.in(alarmRequest, s.tempo.lookout)
		s.around.request()
	},
	alarmWatch: func(s *supervisor, _ context.Context) {
		s.in(alarmWatch, s.tempo.watch)
		if !s.board.connected() || s.up() {
			s.doubts = 0
			return
		}
		// The first time, the event that says so may still be on its way.
		if s.doubts++; s.doubts > 1 {
			s.lose("WhatsApp dejó de responder.")
		}
	},
}

func (s *supervisor) up() bool { return s.current.IsConnected() && s.current.IsLoggedIn() }

// connect makes the line. What follows is told by events.
func (s *supervisor) connect(ctx context.Context) {
	s.holding, s.extended, s.expected = false, false, 0
	var line context.Context
	line, s.hangUp = context.WithCancel(s.life)
	letGo, tooSlow := context.AfterFunc(ctx, s.hangUp), time.AfterFunc(s.tempo.login, s.hangUp)
	err := s.current.ConnectContext(line)
	letGo()
	tooSlow.Stop()
	s.upSince = time.Now()
	switch {
	case err == nil:
		s.in(alarmLogin, s.tempo.login)
	case ctx.Err() != nil:
	case errors.Is(err, store.ErrDeviceDeleted):
		s.use(true)
		s.lose("La sesión anterior ya no sirve.")
	default:
		s.log.Warn().Err(err).Msg("cannot connect to whatsapp")
		reason, solution := noLine(err, s.now())
		s.loseFor(reason, solution)
	}
}

// reconnect drops the line and makes it again at once.
func (s *supervisor) reconnect() {
	s.drop()
	s.board.enter(StateConnecting, "", "")
	s.in(alarmConnect, 0)
}

// lose is loseFor a reason that mostly goes away by itself.
func (s *supervisor) lose(reason string) { s.loseFor(reason, solutionLost) }

// loseFor drops the line and makes it again after a wait: none the first time.
func (s *supervisor) loseFor(reason, solution string) {
	s.drop()
	if time.Since(s.upSince) >= s.tempo.settled {
		s.losses = 0
	}
	var wait time.Duration
	if s.losses > 0 {
		wait = s.tempo.jitter(backoff(s.tempo.first, s.tempo.max, s.losses-1))
	}
	s.losses++
	s.board.enter(StateConnecting, reason, solution)
	s.in(alarmConnect, wait)
}

// cut closes the line. whatsmeow has a data race between closing a socket and
// one that closes by itself or with its context: so one that is closing is left
// to it, and the context ends last.
func (s *supervisor) cut() {
	if s.current.IsConnected() {
		s.current.Disconnect()
	}
	if s.hangUp != nil {
		s.hangUp()
	}
}

// drop ends the line and everything that belonged to it.
func (s *supervisor) drop() {
	s.cut()
	s.stalled, s.healed = false, false
	s.off(alarmConnect, alarmLogin, alarmCode, alarmPasskey, alarmRequest)
	s.codes = nil
	s.board.clear(StateDegraded)
}

// hold drops the line for a given time, whatever else happens.
func (s *supervisor) hold(name StateName, reason, solution string, wait time.Duration) {
	s.drop()
	s.holding = true
	s.board.enter(name, reason, solution)
	s.in(alarmConnect, wait)
	s.log.Warn().Str("state", string(name)).Dur("wait", wait).Msg("whatsapp refuses the session")
}

// showCode shows the next QR code, or gets new ones when they are used up.
func (s *supervisor) showCode(life time.Duration) {
	if len(s.codes) == 0 {
		s.reconnect()
		return
	}
	code := s.codes[0]
	s.codes = s.codes[1:]
	expires := s.now().Add(life).UTC()
	s.board.update(func(st *State) {
		st.Name, st.Reason, st.Solution, st.QR, st.QRExpires = StatePairing, s.why, s.fix, code, expires
	})
	s.in(alarmCode, life)
}

// pairAgain starts pairing over with new keys.
func (s *supervisor) pairAgain(reason, solution string) {
	s.drop()
	s.why, s.fix = reason, solution
	s.use(true)
	s.board.enter(StateConnecting, reason, solution)
	s.in(alarmConnect, 0)
}
