package classifier_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
)

// shopOf is a business that changed nothing of its template.
func shopOf(tb testing.TB, name string) classifier.Business {
	tb.Helper()
	t, err := classifier.LoadTemplate(name)
	if err != nil {
		tb.Fatal(err)
	}
	return classifier.Business{Template: name, Categories: t.Categories, Threshold: classifier.DefaultThreshold}
}

func learned(tb testing.TB, b classifier.Business) *classifier.Model {
	tb.Helper()
	m, err := classifier.TrainBusiness(b)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// plain is a shop that changed nothing; training it once is enough.
var plain = sync.OnceValues(func() (*classifier.Model, error) {
	t, err := classifier.LoadTemplate(classifier.HelpDesk)
	if err != nil {
		return nil, err
	}
	return classifier.TrainBusiness(classifier.Business{Template: t.Name, Categories: t.Categories, Threshold: classifier.DefaultThreshold})
})

// asked are messages of many kinds.
var asked = []string{
	"mi lap no prende", "hola", "la impresora saca las hojas en blanco", "xilófono zarzuela quórum", "no agarra el wifi desde ayer", "👍", "", "cuánto cuesta cambiar la pantalla?",
}

// without returns b with the category that has a slug taken out.
func without(b classifier.Business, slug string) classifier.Business {
	b.Categories = slices.DeleteFunc(slices.Clone(b.Categories), func(c classifier.Category) bool { return c.Slug == slug })
	return b
}

// with returns b with one more category, before the one for everything else.
func with(b classifier.Business, c classifier.Category) classifier.Business {
	b.Categories = slices.Insert(slices.Clone(b.Categories), len(b.Categories)-1, c)
	return b
}

func teach(b classifier.Business, slug string, texts ...string) classifier.Business {
	b.Lessons = slices.Clone(b.Lessons)
	for _, text := range texts {
		b.Lessons = append(b.Lessons, classifier.Lesson{Text: text, Slug: slug})
	}
	return b
}

// printers are messages about printers as many people write them.
var printers = []string{
	"la impresora no jala papel", "mi epson imprime rayas", "el cartucho de tinta no lo reconoce la impresora", "no imprime nada la multifuncional", "se atora el papel en la impresora",
	"la impresora saca hojas en blanco", "el toner mancha las hojas", "la ticketera no imprime", "mi impresora no se conecta al wifi para imprimir", "imprime borroso",
}

// drones are messages that no category of the template is for.
var drones = []string{
	"mi dron no despega", "se estrelló el dron contra un árbol", "una hélice del dron está rota", "el dron pierde altura al volar", "quiero volar mi dron y gira solo",
	"el gimbal del drone vibra", "el control del dron no enlaza", "se fue volando el dron y no volvió", "cambian motores de drone?", "calibrar el dron antes del vuelo",
}

func TestABusinessThatChangedNothingHasTheModelOfItsTemplate(t *testing.T) {
	m, err := plain()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range asked {
		if diff := cmp.Diff(model(t).Classify(text), m.Classify(text)); diff != "" {
			t.Errorf("%q (-template +business):\n%s", text, diff)
		}
	}
}

func TestTheSameRowsMakeTheSameBusinessModel(t *testing.T) {
	b := teach(with(shopOf(t, classifier.Commerce), classifier.Category{Name: "Drones", Slug: "propia-1"}), "propia-1", drones...)
	first, second := learned(t, b), learned(t, b)
	for _, text := range append(slices.Clone(asked), drones...) {
		if diff := cmp.Diff(first.Classify(text), second.Classify(text)); diff != "" {
			t.Errorf("%q: models differ:\n%s", text, diff)
		}
	}
}

func TestANewCategoryWorksAfterTenCorrectionsAndSpoilsNoOther(t *testing.T) {
	m := learned(t, teach(with(shopOf(t, classifier.HelpDesk), classifier.Category{Name: "Drones", Slug: "propia-1"}), "propia-1", drones...))
	for text, want := range map[string]string{
		"se cayó mi drone y la hélice se partió": "Drones", "el dron ya no vuela": "Drones", "mi dron no enlaza con el control": "Drones",
		"mi lap no enciende": "Hardware - Energía", "la impresora saca las hojas en blanco": "Impresoras", "no agarra el wifi": "Conectividad", "hola buenas tardes": "Soporte General",
	} {
		if got := m.Classify(text); got.Category != want {
			t.Errorf("%q: got %q for %q, want %q", text, got.Category, got.Words, want)
		}
	}
	if got := m.Classify("el dron ya no vuela"); !slices.Contains(got.Words, "dron") {
		t.Errorf("got words %q, want the one that people taught", got.Words)
	}
}

func TestExamplesTeachLikeCorrections(t *testing.T) {
	m := learned(t, with(shopOf(t, classifier.HelpDesk), classifier.Category{Name: "Drones", Slug: "propia-1", Examples: drones, Keywords: []string{"dron", "hélice"}}))
	if got := m.Classify("el dron ya no vuela"); got.Category != "Drones" {
		t.Errorf("got %q for %q, want Drones", got.Category, got.Words)
	}
}

func TestARenamedCategoryKeepsItsSentences(t *testing.T) {
	b := shopOf(t, classifier.HelpDesk)
	b.Categories = slices.Clone(b.Categories)
	for i, c := range b.Categories {
		if c.Slug == "impresoras" {
			b.Categories[i].Name = "Impresión"
		}
	}
	if got := learned(t, b).Classify("la impresora mancha las hojas"); got.Category != "Impresión" {
		t.Errorf("got %q, want the new name", got.Category)
	}
}

func TestWhatIsArchivedIsNeverAnsweredButIsKnownToBelongTogether(t *testing.T) {
	b := with(without(shopOf(t, classifier.HelpDesk), "impresoras"), classifier.Category{Name: "Oficina", Slug: "propia-1"})
	m := learned(t, b)
	for _, text := range printers {
		got := m.Guess(text)
		if strings.HasPrefix(got.Category, "\x00") || got.Category == "Impresoras" || !(got.Confidence > 0 && got.Confidence <= 1) {
			t.Errorf("%q: got %q with %v, want a category in use", text, got.Category, got.Confidence)
		}
	}
	// A few corrections say where all printers belong, also in other words.
	m = learned(t, teach(b, "propia-1", printers[:6]...))
	for _, text := range printers[6:] {
		if got := m.Classify(text); got.Category != "Oficina" {
			t.Errorf("%q: got %q for %q, want what the business has for printers now", text, got.Category, got.Words)
		}
	}
	for text, want := range map[string]string{"mi lap no enciende": "Hardware - Energía", "no agarra el wifi": "Conectividad"} {
		if got := m.Classify(text); got.Category != want {
			t.Errorf("%q: got %q, want %q", text, got.Category, want)
		}
	}
}

func TestACategoryThatIsUsedInAnotherWayIsUnderstood(t *testing.T) {
	m := learned(t, teach(shopOf(t, classifier.HelpDesk), "hardware-otros", printers[:6]...))
	for _, text := range printers[6:] {
		got := m.Classify(text)
		if got.Category != "Hardware - Otros" || len(got.Words) == 0 {
			t.Errorf("%q: got %q for %q, want printers to be hardware", text, got.Category, got.Words)
		}
	}
	if got := m.Classify("no agarra el wifi"); got.Category != "Conectividad" {
		t.Errorf("got %q, want Conectividad as ever", got.Category)
	}
}

func TestACorrectionOfOneKindOfPrinterIsNotOneOfAll(t *testing.T) {
	b := with(shopOf(t, classifier.HelpDesk), classifier.Category{Name: "Plotters", Slug: "propia-1"})
	m := learned(t, teach(b, "propia-1", "el plotter corta torcido", "el plotter no avanza la lona", "mi plotter pierde la medida"))
	if got := m.Classify("la impresora no jala papel"); got.Category != "Impresoras" {
		t.Errorf("got %q, want the other printers to stay", got.Category)
	}
}

func TestLessonsOfCategoriesThatAreGoneTeachNothing(t *testing.T) {
	m, err := plain()
	if err != nil {
		t.Fatal(err)
	}
	gone := learned(t, teach(shopOf(t, classifier.HelpDesk), "propia-9", drones...))
	for _, text := range drones[:3] {
		if diff := cmp.Diff(m.Classify(text), gone.Classify(text)); diff != "" {
			t.Errorf("%q (-plain +with lessons of nothing):\n%s", text, diff)
		}
	}
}

func TestTheBusinessSaysHowSureAGuessHasToBe(t *testing.T) {
	b := shopOf(t, classifier.HelpDesk)
	const text = "cuánto cuesta cambiar la pantalla?"
	for threshold, doubt := range map[float64]ticket.Doubt{0: "", 1: ticket.DoubtUnsure} {
		b.Threshold = threshold
		if got := learned(t, b).Classify(text); got.Doubt != doubt {
			t.Errorf("threshold %v: got %+v, want doubt %q", threshold, got, doubt)
		}
	}
}

func TestBusinessesThatCannotBeAreRefused(t *testing.T) {
	for name, b := range map[string]classifier.Business{"no template": {Template: "otra"}, "no categories": {Template: classifier.HelpDesk}} {
		if _, err := classifier.TrainBusiness(b); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%s: got %v, want CodeInvalid", name, err)
		}
	}
}

func TestHostileLessonsAreLessonsLikeOthers(t *testing.T) {
	b := teach(with(shopOf(t, classifier.Commerce), classifier.Category{Name: "Nada", Slug: "propia-1"}), "propia-1", hostile...)
	m := learned(t, b)
	for _, text := range hostile {
		checkAnswer(t, m, text)
	}
	if got := m.Classify("quiero cancelar mi pedido"); got.Category == "Nada" {
		t.Errorf("got %q, want rubbish to teach nothing about orders", got.Category)
	}
}
