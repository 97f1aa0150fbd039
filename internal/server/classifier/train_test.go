package classifier_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
)

func corpusOf(tb testing.TB, name string) (classifier.Template, []classifier.Sentence) {
	tb.Helper()
	template, sentences, err := classifier.Corpus(name)
	if err != nil {
		tb.Fatal(err)
	}
	return template, sentences
}

func trained(tb testing.TB, t classifier.Template, s []classifier.Sentence) *classifier.Model {
	tb.Helper()
	m, err := classifier.Train(t, s)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestTheSameLessonsMakeTheSameModel(t *testing.T) {
	template, sentences := corpusOf(t, classifier.HelpDesk)
	sentences = sentences[:len(sentences)/4]
	a, b := trained(t, template, sentences), trained(t, template, sentences)
	for _, s := range sentences {
		if diff := cmp.Diff(a.Classify(s.Text), b.Classify(s.Text)); diff != "" {
			t.Fatalf("%q: models differ:\n%s", s.Text, diff)
		}
	}
}

func TestANewCategoryWorksAfterTenSentences(t *testing.T) {
	template, sentences := corpusOf(t, classifier.HelpDesk)
	rest := template.Categories[len(template.Categories)-1]
	template.Categories = append(slices.Clip(template.Categories[:len(template.Categories)-1]), classifier.Category{Name: "Drones"}, rest)
	for i, text := range []string{
		"mi dron no despega", "se estrelló el dron contra un árbol", "una hélice del dron está rota", "el dron pierde altura al volar", "quiero volar mi dron y gira solo",
		"el gimbal del drone vibra", "el control del dron no enlaza", "se fue volando el dron y no volvió", "cambian motores de drone?", "calibrar el dron antes del vuelo",
	} {
		sentences = append(sentences, classifier.Sentence{Text: text, Category: "Drones", Priority: ticket.PriorityNormal, Author: i})
	}
	m := trained(t, template, sentences)
	for _, text := range []string{"el dron ya no vuela", "se cayó mi drone y la hélice se partió", "mi dron no enlaza con el control"} {
		if got := m.Classify(text); got.Category != "Drones" {
			t.Errorf("%q: got %q for %q, want Drones", text, got.Category, got.Words)
		}
	}
}

func TestAKeywordSpeaksForItsCategory(t *testing.T) {
	template := classifier.Template{Name: "bicis", Categories: []classifier.Category{
		{Name: "Frenos", Keywords: []string{"freno", "pastillas", "no frena"}},
		{Name: "Llantas", Keywords: []string{"llanta", "ponchada", "cámara de aire"}},
		{Name: "Otros", Keywords: []string{"hola", "gracias"}},
	}}
	m := trained(t, template, nil)
	for text, want := range map[string]string{
		"los FRENOS rechinan": "Frenos", "mi bici no frena": "Frenos", "traigo dos llantas ponchadas": "Llantas", "¡Hola!": "Otros", "": "Otros",
	} {
		if got := m.Guess(text); got.Category != want {
			t.Errorf("%q: got %q for %q, want %q", text, got.Category, got.Words, want)
		}
	}
}

func TestLessonsThatCannotBeAreRefused(t *testing.T) {
	if _, err := classifier.Train(classifier.Template{}, nil); ticket.CodeOf(err) != ticket.CodeInvalid {
		t.Errorf("no categories: got %v, want CodeInvalid", err)
	}
	template := classifier.Template{Categories: []classifier.Category{{Name: "A"}, {Name: "B"}}}
	if _, err := classifier.Train(template, []classifier.Sentence{{Text: "x", Category: "C"}}); err == nil {
		t.Error("unknown category: got no error, want one")
	}
	m := trained(t, template, nil)
	if got := m.Classify("hola"); got.Category != "B" {
		t.Errorf("nothing learned: got %+v, want the last category", got)
	}
}

func BenchmarkTrain(b *testing.B) {
	template, sentences := corpusOf(b, classifier.HelpDesk)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := classifier.Train(template, sentences); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrainBusiness is what a correction costs: twenty of each category, and
// a new one with ten.
func BenchmarkTrainBusiness(b *testing.B) {
	shop := teach(with(shopOf(b, classifier.HelpDesk), classifier.Category{Name: "Drones", Slug: "propia-1"}), "propia-1", drones...)
	_, sentences := corpusOf(b, classifier.HelpDesk)
	for i, s := range sentences {
		for _, c := range shop.Categories {
			if c.Name == s.Category && i%19 == 0 {
				shop = teach(shop, c.Slug, s.Text)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		learned(b, shop)
	}
	b.ReportMetric(float64(len(shop.Lessons)), "lessons")
}

// BenchmarkMemory reports what a trained model keeps.
func BenchmarkMemory(b *testing.B) {
	template, sentences := corpusOf(b, classifier.HelpDesk)
	live := func() float64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return float64(stats.HeapAlloc) / (1 << 20)
	}
	for b.Loop() {
		before := live()
		m := trained(b, template, sentences)
		b.ReportMetric(live()-before, "MB")
		runtime.KeepAlive(m)
	}
}

func BenchmarkClassify(b *testing.B) {
	template, sentences := corpusOf(b, classifier.HelpDesk)
	m := trained(b, template, sentences)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Classify(sentences[i*7%len(sentences)].Text)
	}
}

func ExampleTrain() {
	bikes := classifier.Template{Categories: []classifier.Category{
		{Name: "Frenos", Keywords: []string{"freno", "no frena"}},
		{Name: "Llantas", Keywords: []string{"llanta", "ponchada"}},
	}}
	m, err := classifier.Train(bikes, []classifier.Sentence{{Text: "se le salió el aire a la rueda", Category: "Llantas"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Guess("la rueda quedó sin aire").Category)
	// Output: Llantas
}

// allocated returns how much memory f asks for, all in all: it needs no more at
// any moment, whenever the garbage collector runs.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestTrainingNeedsLittleMemory(t *testing.T) {
	const limit = 40 << 20
	template, sentences := corpusOf(t, classifier.HelpDesk)
	got := uint64(math.MaxUint64)
	for range 3 { // what else the process does is counted with it
		got = min(got, allocated(func() { trained(t, template, sentences) }))
	}
	if got > limit {
		t.Errorf("got %d bytes asked for, want at most %d", got, limit)
	}
}

// BenchmarkClassifyBurst is a ticket's text after a customer's third message.
func BenchmarkClassifyBurst(b *testing.B) {
	template, sentences := corpusOf(b, classifier.HelpDesk)
	m := trained(b, template, sentences)
	texts := make([]string, 500)
	for i := range texts {
		for j := range 3 {
			texts[i] += sentences[(i*7+j)%len(sentences)].Text + "\n"
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Classify(texts[i%len(texts)])
	}
}
