package classifier

import (
	"slices"

	"mostrador/internal/ticket"
)

// folds is into how many parts the voices are dealt out for cross-validation.
const folds = 5

// trial is what cross-validation found out about a recipe.
type trial struct {
	category, priority outcomes
}

// splitter says into which part a sentence goes.
type splitter func(Sentence) int

// byVoice deals the voices of sentences out, so that nobody's sentences are both
// learned from and asked about. Random lines would flatter the model.
func byVoice(sentences []Sentence) splitter {
	var voices []int
	for _, s := range sentences {
		voices = append(voices, s.Author)
	}
	slices.Sort(voices)
	voices = slices.Compact(voices)
	return func(s Sentence) int { return slices.Index(voices, s.Author) % folds }
}

// byCountry makes a part of every country.
func byCountry(sentences []Sentence) (splitter, []string) {
	var countries []string
	for _, s := range sentences {
		countries = append(countries, s.Country)
	}
	slices.Sort(countries)
	countries = slices.Compact(countries)
	return func(s Sentence) int { return slices.Index(countries, s.Country) }, countries
}

// experiment is one way to cross-validate.
type experiment struct {
	recipe recipe
	part   splitter
	keep   func(Sentence) bool      // if set, thins out what a model learns from
	dress  func(text string) string // if set, changes what it is asked
}

// crossValidate asks about each part of sentences a model that learned from the
// others.
func crossValidate(t Template, sentences []Sentence, e experiment) ([]trial, error) {
	parts := map[int][]Sentence{}
	for _, s := range sentences {
		parts[e.part(s)] = append(parts[e.part(s)], s)
	}
	trials := make([]trial, len(parts))
	for i := range trials {
		lessons := slices.DeleteFunc(slices.Clone(sentences), func(s Sentence) bool {
			return e.part(s) == i || e.keep != nil && !e.keep(s)
		})
		m, err := train(e.recipe, t, lessons)
		if err != nil {
			return nil, err
		}
		for _, s := range parts[i] {
			if e.dress != nil {
				s.Text = e.dress(s.Text)
			}
			trials[i].ask(m, s)
		}
	}
	return trials, nil
}

// together is several trials as one.
func together(trials []trial) trial {
	var sum trial
	for _, t := range trials {
		sum.category = append(sum.category, t.category...)
		sum.priority = append(sum.priority, t.priority...)
	}
	return sum
}

// ask notes what m says of a sentence, if it has a category.
func (t *trial) ask(m *Model, s Sentence) {
	if s.Category == "" {
		return
	}
	c, ranked := m.answer(s.Text)
	o := outcome{want: s.Category, got: c.Category, confidence: c.Confidence}
	if len(ranked) > 1 {
		o.second = ranked[1].Category
	}
	t.category = append(t.category, o)
	t.priority = append(t.priority, outcome{want: string(s.Priority), got: string(c.Priority)})
}

// variant is a recipe with something left out.
type variant struct {
	name   string
	change func(*recipe)
}

// variants are what the model could do without, to see what each part is worth.
func variants() []variant {
	return []variant{
		{"todo", func(*recipe) {}},
		{"sin palabras enteras", func(r *recipe) { r.words = 0 }},
		{"sin raíces", func(r *recipe) { r.stems = 0 }},
		{"sin pares de raíces", func(r *recipe) { r.pairs = 0 }},
		{"sin trozos de palabra", func(r *recipe) { r.grams = 0 }},
		{"sin sinónimos", func(r *recipe) { r.synonyms = false }},
		{"sin palabras clave", func(r *recipe) { r.keywords = false }},
		{"sin lecciones entre cortesías", func(r *recipe) { r.courtesies = false }},
		{"saludos con todo su peso", func(r *recipe) { r.greeting = 1 }},
		{"sin atender a «no es»", func(r *recipe) { r.denied = 1 }},
		{"sin regresión", func(r *recipe) { r.regression = false }},
		{"sin Bayes", func(r *recipe) { r.bayes = false }},
	}
}

// CategoryNames returns the names of t's categories in their order.
func (t Template) CategoryNames() []string {
	names := make([]string, len(t.Categories))
	for i, c := range t.Categories {
		names[i] = c.Name
	}
	return names
}

func priorityNames() []string {
	var names []string
	for _, p := range ticket.Priorities() {
		names = append(names, string(p))
	}
	return names
}
