package classifier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Business is all that the model of one business is made of.
type Business struct {
	Template string // whose sentences it begins with
	// Categories are those in use, each with a name and a slug of its own; the
	// last one is for everything else. One with the slug of a category of the
	// template, whatever its name, has that one's sentences.
	Categories []Category
	Lessons    []Lesson // what people said that tickets are about, in any order
	Threshold  float64  // the least confidence with which a category is believed
}

// Lesson is what a person said a text is about. One of a category that is not in
// use any more teaches nothing.
type Lesson struct {
	Text string
	Slug string // of its category
}

// reminded is how many sentences of each category remind what is learned from
// lessons of what was known before.
const reminded = 40

// TrainBusiness makes the model of a business. The same input makes the same
// model, and a business that changed nothing has that of its template. An
// unknown template and a business without categories are CodeInvalid.
func TrainBusiness(b Business) (*Model, error) {
	template, sentences, err := Corpus(b.Template)
	if err != nil {
		return nil, err
	}
	return b.train(template, sentences)
}

// train is TrainBusiness with the sentences of template at hand.
func (b Business) train(template Template, sentences []Sentence) (*Model, error) {
	hidden := b.hidden(template)
	if len(b.Categories) == 0 {
		hidden = nil
	}
	sentences, known := b.own(template, sentences)
	categories := slices.Concat(hidden, b.Categories)
	fresh := make([]bool, len(categories))
	for i, c := range categories {
		if fresh[i] = !known[c.Name]; fresh[i] {
			categories[i].Keywords = nil // they are lessons
		}
	}
	m, err := Train(Template{Name: b.Template, Categories: categories}, sentences)
	if err != nil {
		return nil, fmt.Errorf("train business: %w", err)
	}
	m.hidden, m.fresh, m.threshold = len(hidden), fresh, b.Threshold
	if lessons := b.lessons(known); len(lessons) > 0 {
		m.taught = adapt(m, lessons, reminders(sentences))
	}
	return m, nil
}

// reminders returns some of the sentences of each category in use.
func reminders(sentences []Sentence) []Sentence {
	all, seen := map[string]int{}, map[string]int{}
	for _, s := range sentences {
		all[s.Category]++
	}
	var some []Sentence
	for _, s := range sentences {
		every := max(1, all[s.Category]/reminded)
		if s.Category != "" && !strings.HasPrefix(s.Category, hiddenName) && seen[s.Category]%every == 0 {
			some = append(some, s)
		}
		seen[s.Category]++
	}
	return some
}

// hidden returns the template's categories that are not in use. The model knows
// them nevertheless, without ever answering with one: what a business does with
// the printers it has no category for, it may have to learn only once.
func (b Business) hidden(template Template) []Category {
	var hidden []Category
	for _, c := range template.Categories {
		if b.bySlug(c.Slug) < 0 {
			c.Name = hiddenName + c.Slug
			hidden = append(hidden, c)
		}
	}
	return hidden
}

// hiddenName begins the name of a category that is not in use: no name of a
// business's own does.
const hiddenName = "\x00"

// own returns the template's sentences under the names of the business, and of
// which names there are any.
func (b Business) own(template Template, sentences []Sentence) ([]Sentence, map[string]bool) {
	names := map[string]string{"": ""}
	for _, c := range template.Categories {
		names[c.Name] = hiddenName + c.Slug
		if i := b.bySlug(c.Slug); i >= 0 {
			names[c.Name] = b.Categories[i].Name
		}
	}
	all, known := slices.Clone(sentences), map[string]bool{}
	for i, s := range all {
		all[i].Category = names[s.Category]
		known[names[s.Category]] = true
	}
	return all, known
}

// lessons returns what people taught, in an order that does not depend on theirs:
// lessons, examples of the categories, and of those that are not known the name
// and the keywords.
func (b Business) lessons(known map[string]bool) []Sentence {
	var all []Sentence
	add := func(category string, texts ...string) {
		for _, text := range texts {
			if text = moderate(text); text != "" {
				all = append(all, Sentence{Text: text, Category: category})
			}
		}
	}
	for _, c := range b.Categories {
		add(c.Name, c.Examples...)
		if !known[c.Name] {
			add(c.Name, c.Name)
			add(c.Name, c.Keywords...)
		}
	}
	for _, l := range b.Lessons {
		if i := b.bySlug(l.Slug); i >= 0 {
			add(b.Categories[i].Name, l.Text)
		}
	}
	slices.SortFunc(all, func(x, y Sentence) int {
		return cmp.Or(strings.Compare(x.Category, y.Category), strings.Compare(x.Text, y.Text))
	})
	return all
}

// Limits of a lesson: a text that repeats itself a thousand times says nothing
// more by it, and descending along it would end nowhere.
const (
	lessonWords  = 200
	lessonRepeat = 3
	lessonLetter = 40 // runes of a word
)

// moderate returns what of a text is worth learning.
func moderate(text string) string {
	seen := map[string]int{}
	var words []string
	for word := range strings.FieldsSeq(text) {
		word = cut(word, lessonLetter)
		if seen[word]++; seen[word] <= lessonRepeat {
			words = append(words, word)
		}
		if len(words) == lessonWords {
			break
		}
	}
	return strings.Join(words, " ")
}

// cut returns at most n runes of word.
func cut(word string, n int) string {
	for i := range word {
		if n == 0 {
			return word[:i]
		}
		n--
	}
	return word
}

func (b Business) bySlug(slug string) int {
	return slices.IndexFunc(b.Categories, func(c Category) bool { return c.Slug == slug })
}
