package watch

import (
	"cmp"

	"mostrador/internal/server/store"
)

// Kinds of troubles, beside store.AlertSilence.
const (
	KindWhatsApp = "whatsapp" // the bridge beats, but WhatsApp does not work as it should
	KindProblem  = "problem"  // something else is wrong at the laptop: its disk, its clock
)

// States of a bridge's session that are spelled out here; whatever is neither
// of the first two is a trouble.
const (
	stateUnsaid    = "" // a bridge that does not go into details
	stateConnected = "conectado"
	stateNoSpace   = "sin_espacio"
	statePairing   = "vinculando"
)

var silence = store.Trouble{
	Sentence: "La laptop no da señales de vida.",
	Solution: "Revise que esté encendida, sin suspenderse, con internet y con el puente abierto. Los mensajes no se pierden: esperan.",
}

// Troubles returns what b complains about, one for each kind at most.
func Troubles(b store.Beat) []store.Trouble {
	var troubles []store.Trouble
	noSpace := b.State == stateNoSpace
	if well := b.Connected && (b.State == stateUnsaid || b.State == stateConnected); !well && !noSpace {
		troubles = append(troubles, whatsApp(b))
	}
	if b.Problem != "" || noSpace {
		troubles = append(troubles, store.Trouble{
			Kind: KindProblem, Sentence: cmp.Or(b.Problem, b.Report.Reason, "No se pueden guardar los mensajes en la laptop."), Solution: problemSolution(b),
		})
	}
	return troubles
}

func whatsApp(b store.Beat) store.Trouble {
	sentence, solution := "WhatsApp no está conectado en la laptop.", "Mire en la página del puente, en la laptop, qué hace falta."
	if b.State == statePairing {
		sentence, solution = "WhatsApp no está vinculado.", "Abra la página del puente en la laptop y escanee el código QR con el teléfono del negocio."
	}
	return store.Trouble{Kind: KindWhatsApp, Sentence: cmp.Or(b.Report.Reason, sentence), Solution: cmp.Or(b.Report.Solution, solution)}
}

// problemSolution: the bridge's own advice is about its State, which need not
// be the problem.
func problemSolution(b store.Beat) string {
	if b.State == stateNoSpace && b.Report.Solution != "" {
		return b.Report.Solution
	}
	return "Mire en la página del puente, en la laptop, qué hace falta."
}
