package watch_test

import (
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/watch"
)

func TestWhatABeatComplainsAbout(t *testing.T) {
	said := store.Report{Reason: "Porque sí.", Solution: "Haga algo."}
	for _, tt := range []struct {
		name string
		beat store.Beat
		want []store.Trouble
	}{
		{"all is well", store.Beat{Connected: true, State: "conectado"}, nil},
		{"all is well in few words", store.Beat{Connected: true}, nil},
		{"line lost", store.Beat{State: "conectando", Report: said}, []store.Trouble{{Kind: watch.KindWhatsApp, Sentence: said.Reason, Solution: said.Solution}}},
		{"connected but limited", store.Beat{Connected: true, State: "limitado", Report: said}, []store.Trouble{{Kind: watch.KindWhatsApp, Sentence: said.Reason, Solution: said.Solution}}},
		{"a state we do not know", store.Beat{Connected: true, State: "novedad"}, []store.Trouble{{Kind: watch.KindWhatsApp,
			Sentence: "WhatsApp no está conectado en la laptop.", Solution: "Mire en la página del puente, en la laptop, qué hace falta."}}},
		{"to be paired", store.Beat{State: "vinculando"}, []store.Trouble{{Kind: watch.KindWhatsApp,
			Sentence: "WhatsApp no está vinculado.", Solution: "Abra la página del puente en la laptop y escanee el código QR con el teléfono del negocio."}}},
		{"disk full", store.Beat{Connected: true, State: "sin_espacio", Report: said}, []store.Trouble{{Kind: watch.KindProblem, Sentence: said.Reason, Solution: said.Solution}}},
		{"disk full without words", store.Beat{State: "sin_espacio"}, []store.Trouble{{Kind: watch.KindProblem,
			Sentence: "No se pueden guardar los mensajes en la laptop.", Solution: "Mire en la página del puente, en la laptop, qué hace falta."}}},
		{"two at once", store.Beat{State: "reemplazado", Problem: "El reloj va mal.", Report: said}, []store.Trouble{
			{Kind: watch.KindWhatsApp, Sentence: said.Reason, Solution: said.Solution},
			{Kind: watch.KindProblem, Sentence: "El reloj va mal.", Solution: "Mire en la página del puente, en la laptop, qué hace falta."},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := watch.Troubles(tt.beat)
			if len(got) != len(tt.want) {
				t.Fatalf("got %+v, want %+v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %+v, want %+v", got[i], tt.want[i])
				}
			}
		})
	}
}
