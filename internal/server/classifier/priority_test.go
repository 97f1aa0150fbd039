package classifier_test

import (
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
)

func TestRulesRaiseThePriorityAndSayWhy(t *testing.T) {
	m := model(t)
	for text, want := range map[string]struct {
		priority ticket.Priority
		reason   ticket.Reason
		words    string
	}{
		"Mi cargador SACA HUMO, lo desconecté":                     {ticket.PriorityHigh, ticket.ReasonDanger, "SACA HUMO"},
		"se infló, tengo la batería hinchada":                      {ticket.PriorityHigh, ticket.ReasonDanger, "batería hinchada"},
		"buen día, mi hija me dice que tengo el usuario bloqueado": {ticket.PriorityHigh, ticket.ReasonLocked, "usuario bloqueado"},
		"hola, la entrega es hoy y no abre mi archivo":             {ticket.PriorityUrgent, ticket.ReasonDeadline, "la entrega es hoy"},
		"buenas, no podemos cobrar con la terminal":                {ticket.PriorityUrgent, ticket.ReasonStopped, "no podemos cobrar"},
		"ya les escribí la semana pasada por mi laptop":            {ticket.PriorityHigh, ticket.ReasonRepeated, "ya les escribí"},
		"quisiera cambiar el teclado de mi laptop":                 {ticket.PriorityNormal, "", ""},
		"cuando puedan, no hay prisa, le dan una limpieza?":        {ticket.PriorityLow, ticket.ReasonWords, ""},
		"saca humo el cargador y no podemos trabajar por eso":      {ticket.PriorityUrgent, ticket.ReasonStopped, "no podemos trabajar"},
	} {
		got := m.Classify(text)
		if got.Priority != want.priority || got.Reason != want.reason {
			t.Errorf("%q: got %q for %q, want %q for %q", text, got.Priority, got.Reason, want.priority, want.reason)
		}
		if want.words != "" && (len(got.ReasonWords) != 1 || got.ReasonWords[0] != want.words) {
			t.Errorf("%q: got words %q, want %q as they were written", text, got.ReasonWords, want.words)
		}
	}
}

func TestWhatIsDeniedRaisesNothing(t *testing.T) {
	m := model(t)
	for _, text := range []string{"no es para hoy mismo, es para la otra semana", "no es que saque humo, solo huele raro el ventilador"} {
		if got := m.Classify(text); got.Reason == ticket.ReasonDeadline || got.Reason == ticket.ReasonDanger {
			t.Errorf("%q: got %q for %q, want what is denied not to count", text, got.Priority, got.Reason)
		}
	}
}

func TestEveryRuleKnowsItsOwnPhrases(t *testing.T) {
	m := model(t)
	reasons := map[ticket.Reason]int{}
	for _, text := range []string{
		"echa humo", "huele a quemado", "cuenta bloqueada", "me quedé sin acceso", "vence hoy", "lo necesito hoy", "estamos parados", "nadie puede facturar", "nadie responde", "sigo esperando respuesta",
	} {
		reasons[m.Classify(text).Reason]++
	}
	for _, reason := range []ticket.Reason{ticket.ReasonDanger, ticket.ReasonLocked, ticket.ReasonDeadline, ticket.ReasonStopped, ticket.ReasonRepeated} {
		if reasons[reason] != 2 {
			t.Errorf("%s: got %d of its two phrases", reason, reasons[reason])
		}
	}
}

func TestACategoryHasAPriorityOfItsOwnWhereTheTextSaysNothing(t *testing.T) {
	template := classifier.Template{Name: "bicis", Categories: []classifier.Category{
		{Name: "Frenos", Keywords: []string{"freno", "no frena"}, Priority: ticket.PriorityHigh},
		{Name: "Otros", Keywords: []string{"hola"}},
	}}
	m := trained(t, template, nil)
	if got := m.Classify("cuánto cuesta el freno"); got.Priority != ticket.PriorityHigh || got.Reason != ticket.ReasonCategory || got.ReasonWords != nil {
		t.Errorf("got %q for %q %q, want the category's own", got.Priority, got.Reason, got.ReasonWords)
	}
	if got := m.Classify("no podemos trabajar, cuánto cuesta el freno"); got.Priority != ticket.PriorityUrgent || got.Reason != ticket.ReasonStopped {
		t.Errorf("got %q for %q, want the text to count more", got.Priority, got.Reason)
	}
}

func TestReasonsAreShownInAFewWordsHoweverLongTheTextIs(t *testing.T) {
	m := model(t)
	for _, text := range append(slices.Clone(hostile), strings.Repeat("no es urgente pero saca humo ", 500)) {
		got := m.Classify(text)
		if len(got.ReasonWords) > 4 || slices.Contains(got.ReasonWords, "") || got.Reason == "" && len(got.ReasonWords) > 0 {
			t.Errorf("%.40q: got %q for %q", text, got.ReasonWords, got.Reason)
		}
	}
}
