package classifier

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// usage is how an imagined business uses categories in another way than the
// corpus: by slug, where it files what. Slugs that no template has are its own.
var usage = map[string]map[string]string{
	HelpDesk: {
		"impresoras": "hardware-otros", "software-limpieza": "software-sistema", "reclamos-garantia": "seguimiento", "facturacion-pagos": "ventas-cotizaciones",
		"conectividad": "redes-cuentas", "cuentas-accesos": "redes-cuentas",
	},
	Commerce: {"reclamo": "soporte", "cancelacion": "pedidos", "facturacion": "cobros-cuentas", "cuenta": "cobros-cuentas"},
}

// scene is an imagined business: what the program knows of it, and the messages
// its customers write, the earlier of which people may correct.
type scene struct {
	template     Template
	sentences    []Sentence // what the model begins with
	categories   []Category // of the business
	early, late  []Sentence // labelled as the business does
	onlyMistakes bool       // people correct what is wrong and confirm nothing
	onlyCategory string     // people correct only what belongs to this one
}

// taughtBy returns what the business's people say of its early messages: at most
// most of each category, in the order of arrival.
func (s scene) taughtBy(m *Model, most int) []Lesson {
	var lessons []Lesson
	count := map[string]int{}
	for _, e := range s.early {
		if s.onlyCategory != "" && e.Category != s.onlyCategory || s.onlyMistakes && m.Guess(e.Text).Category == e.Category || count[e.Category] == most {
			continue
		}
		count[e.Category]++
		i := slices.IndexFunc(s.categories, func(c Category) bool { return c.Name == e.Category })
		lessons = append(lessons, Lesson{Text: e.Text, Slug: s.categories[i].Slug})
	}
	return lessons
}

// ask returns how the late messages are classified after so many lessons of each
// category.
func (s scene) ask(most int) (outcomes, error) {
	b := Business{Template: s.template.Name, Categories: s.categories, Threshold: DefaultThreshold}
	m, err := b.train(s.template, s.sentences)
	if err == nil && most > 0 {
		b.Lessons = s.taughtBy(m, most)
		m, err = b.train(s.template, s.sentences)
	}
	if err != nil {
		return nil, err
	}
	var t trial
	for _, l := range s.late {
		t.ask(m, l)
	}
	return t.category, nil
}

// names are the categories that the business uses.
func (s scene) names() []string {
	var names []string
	for _, l := range s.late {
		if !slices.Contains(names, l.Category) {
			names = append(names, l.Category)
		}
	}
	slices.Sort(names)
	return names
}

// sceneOf makes a business of a country that the model learned nothing of. Every
// other two of its voices write early, the others late, so that nobody is asked
// about who taught. move says by slug where the business files what.
func sceneOf(t Template, sentences []Sentence, country string, move map[string]string) scene {
	s := scene{template: t}
	names := map[string]string{}
	for _, c := range t.Categories {
		to := c.Slug
		if m, ok := move[c.Slug]; ok {
			to = m
		}
		names[c.Name] = t.nameOf(to)
	}
	s.categories = t.with(move)
	for _, x := range sentences {
		switch {
		case x.Category == "" || x.Country != country:
			s.sentences = append(s.sentences, x)
			continue
		case x.Author/2%2 == 0:
			x.Category = names[x.Category]
			s.early = append(s.early, x)
		default:
			x.Category = names[x.Category]
			s.late = append(s.late, x)
		}
	}
	s.shuffle()
	return s
}

// archive takes the categories out of use from which the business moved
// everything.
func (s *scene) archive(move map[string]string) {
	s.categories = slices.DeleteFunc(s.categories, func(c Category) bool { return move[c.Slug] != "" })
}

// shuffle puts the early messages, which the corpus has by category, into an
// order that is always the same.
func (s scene) shuffle() {
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(s.early), func(i, j int) { s.early[i], s.early[j] = s.early[j], s.early[i] }) //nolint:gosec // has to repeat
}

// nameOf returns the name of the category with a slug; one that t does not have
// is called by its slug.
func (t Template) nameOf(slug string) string {
	if i := slices.IndexFunc(t.Categories, func(c Category) bool { return c.Slug == slug }); i >= 0 {
		return t.Categories[i].Name
	}
	return slug
}

// with returns t's categories and those that move adds, without examples or
// keywords, before the one for everything else.
func (t Template) with(move map[string]string) []Category {
	all := slices.Clone(t.Categories)
	for _, c := range t.Categories {
		slug := move[c.Slug]
		if slug != "" && !slices.ContainsFunc(all, func(c Category) bool { return c.Slug == slug }) {
			all = slices.Insert(all, len(all)-1, Category{Name: slug, Slug: slug})
		}
	}
	return all
}

// sceneWithout makes a business with a category that the model has no sentences
// of. Half of the voices wrote the corpus, a quarter write early, a quarter late.
func sceneWithout(t Template, sentences []Sentence, category string) scene {
	s := scene{template: t, categories: slices.Clone(t.Categories)}
	for i := range s.categories {
		if s.categories[i].Name == category {
			s.categories[i].Keywords = nil
		}
	}
	for _, x := range sentences {
		switch {
		case x.Category == "" || x.Author%4 < 2 && x.Category != category:
			s.sentences = append(s.sentences, x)
		case x.Author%4 == 2:
			s.early = append(s.early, x)
		case x.Author%4 == 3:
			s.late = append(s.late, x)
		}
	}
	s.shuffle()
	return s
}

// lessonCounts are after how many lessons of each category a business is asked.
var lessonCounts = []int{0, 5, 10, 20}

// teachable are the countries with enough sentences to make a business of.
var teachable = []string{"ar", "es", "mx"}

// lessons reports what people teach.
func (r *report) lessons() error {
	for _, way := range []struct {
		title        string
		move         map[string]string
		archive      bool
		onlyMistakes bool
	}{
		{"Correcciones: un negocio con categorías propias, que archivó las que no usa", usage[r.template.Name], true, false},
		{"Correcciones: el mismo, si dejó las que no usa", usage[r.template.Name], false, false},
		{"Correcciones: el mismo, si además solo corrige errores", usage[r.template.Name], false, true},
		{"Correcciones: un negocio que usa las categorías como el corpus y solo corrige errores", nil, false, true},
	} {
		var scenes []scene
		for _, country := range teachable {
			s := sceneOf(r.template, r.sentences, country, way.move)
			s.onlyMistakes = way.onlyMistakes
			if way.archive {
				s.archive(way.move)
			}
			if len(s.late) > 0 {
				scenes = append(scenes, s)
			}
		}
		if err := r.taught(way.title, scenes); err != nil {
			return err
		}
	}
	return r.newCategories()
}

// taught reports on several businesses together, each by the categories it uses.
func (r *report) taught(title string, scenes []scene) error {
	r.table(title, "correcciones por categoría", "acierto", "macro-F1", "ECE")
	for _, most := range lessonCounts {
		var all outcomes
		var names []string
		for _, s := range scenes {
			found, err := s.ask(most)
			if err != nil {
				return fmt.Errorf("teach: %w", err)
			}
			all, names = append(all, found...), s.names()
		}
		r.printf("| %d | %.3f | %.3f | %.3f |\n", most, all.accuracy(), all.macroF1(names), all.calibrationError())
	}
	return nil
}

// newCategories reports on each category as if the business had just made it.
func (r *report) newCategories() error {
	r.table("Correcciones: una categoría nueva, de la que el modelo no sabe nada", "correcciones, solo de ella", "precisión", "exhaustividad", "F1", "acierto en todas")
	rest := r.template.Categories[len(r.template.Categories)-1].Name
	for _, most := range lessonCounts[2:] {
		var precision, recall, f1, accuracy, n float64
		for i, c := range r.template.Categories {
			// Every other one is enough, and takes half the time.
			if c.Name == rest || i%2 == 1 {
				continue
			}
			s := sceneWithout(r.template, r.sentences, c.Name)
			s.onlyCategory = c.Name
			found, err := s.ask(most)
			if err != nil {
				return fmt.Errorf("teach a new category: %w", err)
			}
			for _, g := range found.grades([]string{c.Name}) {
				precision, recall, f1, accuracy, n = precision+g.precision, recall+g.recall, f1+g.f1(), accuracy+found.accuracy(), n+1
			}
		}
		n = max(n, 1)
		r.printf("| %d | %.3f | %.3f | %.3f | %.3f |\n", most, precision/n, recall/n, f1/n, accuracy/n)
	}
	return nil
}
