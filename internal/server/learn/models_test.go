package learn

import (
	"runtime"
	"testing"
	"weak"

	"mostrador/internal/server/classifier"
)

func TestBusinessesThatTaughtNothingShareAModel(t *testing.T) {
	template, err := classifier.LoadTemplate(classifier.HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	b := classifier.Business{Template: classifier.HelpDesk, Categories: template.Categories, Threshold: 0.4}
	m := models{inUse: map[string]weak.Pointer[classifier.Model]{}}
	get := func(b classifier.Business) *classifier.Model {
		model, err := m.of(b)
		if err != nil {
			t.Fatal(err)
		}
		return model
	}
	first := get(b)
	if get(b) != first {
		t.Error("two businesses with the same categories have a model each")
	}
	surer := b
	surer.Threshold = 0.6
	other := get(surer)
	if other == first {
		t.Error("a business that wants to be surer has the model of one that does not")
	}
	runtime.GC() // nobody uses the first any more
	if get(surer) != other || len(m.inUse) != 2 {
		t.Error("the model in use was forgotten")
	}
	b.Categories = b.Categories[1:]
	get(b)
	if len(m.inUse) != 2 {
		t.Errorf("got %d models remembered, want the two that are in use", len(m.inUse))
	}
	runtime.KeepAlive(other)
	b.Lessons = []classifier.Lesson{{Text: "el dron no vuela", Slug: b.Categories[0].Slug}}
	if taught := get(b); get(b) == taught || len(m.inUse) != 2 {
		t.Error("the model of a business that taught something is shared")
	}
	if _, err := m.of(classifier.Business{Template: "otra"}); err == nil {
		t.Error("a business of an unknown template has a model")
	}
}
