package whatsapp

import (
	"context"
	"time"
)

// action is what a step asks of the supervisor.
type action int

// Actions of the supervisor.
const (
	doShowCodes action = iota
	doShowCode
	doPaired
	doPairAgain
	doPasskey
	doCompare
	doConfirm
	doExplain
	doConnected
	doLost
	doDegraded
	doHealthy
	doLoggedOut
	doReplaced
	doBanned
	doOutdated
	doRefused
	doUnsettled
	doExpect
	doLimit
	doStored
	doNotStored
)

// actions carries every action out.
var actions = map[action]func(*supervisor, context.Context, step){
	doShowCodes: (*supervisor).showCodes,
	doShowCode: func(s *supervisor, _ context.Context, st step) {
		s.board.update(func(state *State) {
			if state.Name == StatePairing {
				state.Code = st.code
			}
		})
	},
	doPaired:    (*supervisor).finishPairing,
	doPairAgain: func(s *supervisor, _ context.Context, st step) { s.pairAgain(st.reason, st.solution) },
	doPasskey:   (*supervisor).askPasskey,
	doCompare:   (*supervisor).compareCode,
	doConfirm:   (*supervisor).confirm,
	doExplain: func(s *supervisor, _ context.Context, st step) {
		s.board.update(func(state *State) { state.Reason, state.Solution = st.reason, st.solution })
	},
	doConnected: (*supervisor).connected,
	doLost: func(s *supervisor, _ context.Context, _ step) {
		if !s.holding {
			s.log.Info().Msg("connection to whatsapp lost")
			s.lose("Se perdió la conexión con WhatsApp.")
		}
	},
	doDegraded:  (*supervisor).degraded,
	doHealthy:   func(s *supervisor, _ context.Context, _ step) { s.board.clear(StateDegraded) },
	doLoggedOut: (*supervisor).loggedOut,
	doReplaced: func(s *supervisor, _ context.Context, st step) {
		if time.Since(s.upSince) >= s.tempo.max {
			s.replaced = 0
		}
		wait := backoff(s.tempo.replaced, s.tempo.max, s.replaced)
		s.replaced++
		s.hold(StateReplaced, st.reason, st.solution, s.tempo.jitter(wait))
	},
	doBanned: func(s *supervisor, _ context.Context, st step) {
		if st.wait <= 0 {
			st.wait = s.tempo.ban
		}
		s.hold(StateBanned, st.reason, st.solution, st.wait)
	},
	doOutdated: (*supervisor).outdated,
	doRefused: func(s *supervisor, _ context.Context, st step) {
		wait := backoff(s.tempo.refused, 2*s.tempo.max, s.refused)
		s.refused++
		s.hold(StateRefused, st.reason, st.solution, s.tempo.jitter(wait))
	},
	// Usually the socket closes next; when it does not, this starts over.
	doUnsettled: func(s *supervisor, _ context.Context, _ step) {
		s.board.enter(StateConnecting, "WhatsApp interrumpió la conexión.", "Se reconecta solo.")
		s.in(alarmLogin, s.tempo.restart)
	},
	doExpect:    func(s *supervisor, _ context.Context, st step) { s.expect(st.count) },
	doLimit:     (*supervisor).limit,
	doStored:    (*supervisor).stored,
	doNotStored: (*supervisor).notStored,
}

func (s *supervisor) showCodes(_ context.Context, st step) {
	s.off(alarmLogin, alarmPasskey)
	s.codes = st.codes
	s.showCode(s.tempo.firstQR)
	s.log.Info().Msg("waiting for the qr code to be scanned")
}

func (s *supervisor) finishPairing(_ context.Context, st step) {
	s.off(alarmCode, alarmPasskey)
	s.codes, s.why, s.fix = nil, "", ""
	s.around.paired(st.phone, st.lid)
	s.board.enter(StateConnecting, "El teléfono quedó vinculado.", "")
	// A close of the socket that overtakes WhatsApp's order to log in leaves
	// the library idle without any event.
	s.in(alarmLogin, s.tempo.restart)
	s.log.Info().Msg("paired with a phone")
}

func (s *supervisor) askPasskey(_ context.Context, st step) {
	s.off(alarmCode)
	st.passkey.Expires = s.now().Add(s.tempo.passkey).UTC()
	s.board.enter(StatePasskey, "WhatsApp pide una llave de acceso (passkey) para vincular esta cuenta.", "Responda con la llave de acceso desde web.whatsapp.com antes de que se acabe el tiempo.")
	s.board.update(func(state *State) { state.Passkey = st.passkey })
	s.in(alarmPasskey, s.tempo.passkey)
	s.log.Info().Msg("whatsapp asks for a passkey")
}

func (s *supervisor) compareCode(_ context.Context, st step) {
	s.board.update(func(state *State) {
		if state.Passkey == nil {
			return
		}
		key := *state.Passkey
		key.Code = st.code
		state.Passkey = &key
		state.Reason, state.Solution = "Compare este código con el del teléfono.", "Si es el mismo, confirme."
	})
}

func (s *supervisor) confirm(ctx context.Context, _ step) {
	line := s.current
	number := s.number
	s.around.aside(func() {
		if err := line.SendPasskeyConfirmation(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn().Err(err).Msg("cannot confirm the passkey")
			s.mail.post(letter{number, step{do: doPairAgain, reason: "WhatsApp no aceptó la llave de acceso.", solution: "Escanee el código nuevo."}})
		}
	})
}

// connected believes the event only while there is a line: whatsmeow also sends
// it when the line was lost between the login and the event.
func (s *supervisor) connected(context.Context, step) {
	if !s.current.IsConnected() {
		return
	}
	s.off(alarmLogin, alarmCode, alarmPasskey)
	s.refused = 0
	s.board.enter(StateConnected, "", "")
	s.board.update(func(state *State) { state.Recovered = s.expected })
	s.log.Info().Msg("connected to whatsapp")
	s.around.online()
	s.in(alarmRequest, s.tempo.backlog)
}

func (s *supervisor) degraded(_ context.Context, st step) {
	if st.count >= s.tempo.keepalives {
		s.lose("WhatsApp dejó de responder.")
		return
	}
	s.board.raise(StateDegraded, "WhatsApp tarda en responder.", "Revise el internet de esta computadora.", time.Time{})
}

// loggedOut needs new keys: the library deletes the device and refuses to use
// it again.
func (s *supervisor) loggedOut(_ context.Context, st step) {
	s.why, s.fix = st.reason, st.solution
	s.use(true)
	s.around.paired("", "")
	s.hold(StateLoggedOut, st.reason, st.solution, s.tempo.jitter(s.tempo.first))
}

// outdated tries once per hour to get by with a newer version number.
func (s *supervisor) outdated(ctx context.Context, _ step) {
	const reason = "WhatsApp pide una versión más nueva de este programa."
	if s.looked.IsZero() || time.Since(s.looked) >= s.tempo.outdated {
		s.looked = time.Now()
		newer, err := s.around.update(ctx)
		if err != nil {
			s.log.Warn().Err(err).Msg("cannot find out whatsapp's current version")
		}
		if newer {
			s.hold(StateOutdated, reason, "Se está probando con la versión más nueva.", 0)
			return
		}
	}
	s.hold(StateOutdated, reason, "Instale la versión más reciente de Mostrador. Los mensajes esperan en WhatsApp.", s.tempo.outdated)
}

// expect notes how many messages WhatsApp kept for us; the note can come
// before or after the login is through.
func (s *supervisor) expect(count int) {
	s.expected = count
	s.board.update(func(state *State) { state.Recovered = count })
	s.log.Info().Int("messages", count).Msg("whatsapp delivers what came while away")
}

func (s *supervisor) limit(_ context.Context, st step) {
	if st.until.IsZero() || !st.until.After(s.now()) {
		s.board.clear(StateLimited)
		return
	}
	s.board.raise(StateLimited, "WhatsApp no deja escribir a personas que no hayan escrito antes.",
		"Se quita solo. Mientras tanto conteste únicamente a quien escriba; no reinicie ni vuelva a vincular.", st.until)
	s.log.Warn().Time("until", st.until).Msg("whatsapp limits new conversations")
}

func (s *supervisor) stored(context.Context, step) {
	if s.stalled {
		s.healed = true
		return
	}
	s.recovered()
}

func (s *supervisor) recovered() {
	s.undone = 0
	s.board.clear(StateNoSpace)
}

// notStored ends the line until messages can be stored: WhatsApp repeats what was
// not acknowledged only on a new one, what comes meanwhile would overtake it, and
// some of that WhatsApp takes as delivered whatever happens here.
func (s *supervisor) notStored(_ context.Context, st step) {
	switch {
	case st.poisoned:
	case st.full:
		s.board.raise(StateNoSpace, "Disco lleno: ya no se pueden guardar mensajes en esta computadora.",
			"Borre archivos que no necesite y vacíe la papelera. WhatsApp guarda los mensajes mientras tanto y llegan solos en cuanto haya espacio.", time.Time{})
	default:
		s.board.raise(StateNoSpace, "No se pueden guardar los mensajes en esta computadora.",
			"Libere espacio en el disco y revise el permiso de escritura de la carpeta. WhatsApp guarda los mensajes mientras tanto y llegan solos después.", time.Time{})
	}
	s.healed = false
	if s.due[alarmAgain].IsZero() {
		s.tryAgain()
	}
	// What is not acknowledged may come before the login is known to be through.
	if !st.poisoned && (s.board.inUse() || s.current.IsConnected()) {
		s.drop()
		s.stalled, s.holding = true, true
		s.board.enter(StateConnecting, "", "")
	}
}

// tryAgain sets the time of the next try to store messages.
func (s *supervisor) tryAgain() {
	s.in(alarmAgain, s.tempo.jitter(backoff(s.tempo.first, s.tempo.max, s.undone)))
	s.undone++
}
