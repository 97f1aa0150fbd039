package classifier

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Report measures a model for t by cross-validation over sentences and writes
// the figures to w as Markdown, in Spanish. now is the clock that it is timed
// with. It trains about a hundred models, which takes some seconds.
func Report(w io.Writer, t Template, sentences []Sentence, now func() time.Time) error {
	r := &report{w: w, template: t, sentences: sentences, now: now}
	for _, section := range []func() error{r.whole, r.bursts, r.byCountry, r.learningCurve, r.lessons, r.parts, r.speed} {
		if err := section(); err != nil {
			return err
		}
	}
	return r.err
}

type report struct {
	w         io.Writer
	template  Template
	sentences []Sentence
	now       func() time.Time
	err       error // the first of writing
}

func (r *report) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.w, format, args...); err != nil && r.err == nil {
		r.err = fmt.Errorf("write report: %w", err)
	}
}

// table begins a section with the head of its table.
func (r *report) table(title string, columns ...string) {
	r.printf("\n### %s\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
}

// trial cross-validates by voice, with what change and e say.
func (r *report) trial(change func(*recipe), e experiment) (trial, error) {
	e.recipe, e.part = measured, byVoice(r.sentences)
	change(&e.recipe)
	trials, err := crossValidate(r.template, r.sentences, e)
	return together(trials), err
}

func asIs(*recipe) {}

// whole reports on the model as it is, asked by voices it does not know.
func (r *report) whole() error {
	result, err := r.trial(asIs, experiment{})
	if err != nil {
		return err
	}
	names, found := r.template.CategoryNames(), result.category
	half := found.surest(0.5)
	believed := found.surest(found.share(func(o outcome) bool { return o.confidence >= DefaultThreshold }))
	r.table(fmt.Sprintf("%s: %d frases, %d categorías, voces que el modelo no conoce", r.template.Name, len(found), len(names)), "medida", "valor")
	r.printf("| acierto | %.3f |\n| macro-F1 | %.3f |\n", found.accuracy(), found.macroF1(names))
	r.printf("| acierto con las dos mejores | %.3f |\n", found.share(func(o outcome) bool { return o.right() || o.second == o.want }))
	r.printf("| acierto en la mitad más segura | %.3f |\n| macro-F1 en la mitad más segura | %.3f |\n", half.accuracy(), half.macroF1(names))
	r.printf("| error de calibración (ECE) | %.3f |\n", found.calibrationError())
	r.printf("| quedan sin clasificar (confianza < %.2f) | %.1f %% |\n", DefaultThreshold, 100*(1-float64(len(believed))/float64(max(len(found), 1))))
	r.printf("| acierto en las demás | %.3f |\n", believed.accuracy())
	r.printf("| prioridad: acierto | %.3f |\n| prioridad: macro-F1 | %.3f |\n", result.priority.accuracy(), result.priority.macroF1(priorityNames()))

	r.table("Cobertura: las más seguras", "parte", "confianza desde", "acierto")
	for _, share := range []float64{0.1, 0.25, 0.5, 0.75, 0.9, 1} {
		if part := found.surest(share); len(part) > 0 {
			r.printf("| %.0f %% | %.2f | %.3f |\n", 100*share, part[len(part)-1].confidence, part.accuracy())
		}
	}
	r.grades("Por categoría", found.grades(names))
	r.grades("Por prioridad", result.priority.grades(priorityNames()))
	r.table("Confusiones más frecuentes", "era", "dijo", "veces")
	for i, c := range found.confusions() {
		if i == 15 {
			break
		}
		r.printf("| %s | %s | %d |\n", c.want, c.got, c.count)
	}
	return nil
}

func (r *report) grades(title string, grades []grade) {
	r.table(title, "clase", "frases", "precisión", "exhaustividad", "F1")
	for _, g := range grades {
		r.printf("| %s | %d | %.3f | %.3f | %.3f |\n", g.class, g.count, g.precision, g.recall, g.f1())
	}
}

// byCountry reports on countries that the model learned nothing of.
func (r *report) byCountry() error {
	part, countries := byCountry(r.sentences)
	trials, err := crossValidate(r.template, r.sentences, experiment{recipe: measured, part: part})
	if err != nil {
		return err
	}
	r.table("Por país, sin haber aprendido de él", "país", "frases", "acierto", "macro-F1")
	for i, country := range countries {
		found := trials[i].category
		r.printf("| %s | %d | %.3f | %.3f |\n", country, len(found), found.accuracy(), found.macroF1(r.template.CategoryNames()))
	}
	return nil
}

// learningCurve reports what fewer voices would have given.
func (r *report) learningCurve() error {
	r.table("Curva de aprendizaje: de cuántas frases aprende", "parte de las voces", "acierto", "macro-F1", "prioridad: macro-F1")
	for quarters := 1; quarters <= 4; quarters++ {
		result, err := r.trial(asIs, experiment{keep: func(s Sentence) bool { return s.Author/folds%4 < quarters }})
		if err != nil {
			return err
		}
		r.printf("| %d/4 | %.3f | %.3f | %.3f |\n", quarters, result.category.accuracy(),
			result.category.macroF1(r.template.CategoryNames()), result.priority.macroF1(priorityNames()))
	}
	return nil
}

// bursts are messages around a request that no lesson is wrapped in.
var bursts = [][2]string{
	{"hola\nbuenas tardes\n", "\ngracias"},
	{"Hola buen día, disculpe la molestia, espero se encuentre bien. Le escribo porque ", ". Quedo atento, saludos cordiales"},
	{"", "\nle mando foto\n🙏🙏"},
}

// bursts reports on the same requests among courtesies and captions, with the
// lessons wrapped in courtesies and without.
func (r *report) bursts() error {
	r.table("La misma frase entre cortesías", "ráfaga", "acierto", "acierto sin lecciones entre cortesías")
	for _, around := range bursts {
		e := experiment{dress: func(text string) string { return around[0] + text + around[1] }}
		with, err := r.trial(asIs, e)
		if err != nil {
			return err
		}
		without, err := r.trial(func(r *recipe) { r.courtesies = false }, e)
		if err != nil {
			return err
		}
		r.printf("| %s | %.3f | %.3f |\n", strings.ReplaceAll(around[0]+"[…]"+around[1], "\n", " / "), with.category.accuracy(), without.category.accuracy())
	}
	return nil
}

// parts reports what each part of the recipe is worth.
func (r *report) parts() error {
	r.table("Qué vale cada pieza", "modelo", "acierto", "macro-F1", "mitad más segura", "prioridad: macro-F1")
	for _, v := range variants() {
		result, err := r.trial(v.change, experiment{})
		if err != nil {
			return err
		}
		found := result.category
		r.printf("| %s | %.3f | %.3f | %.3f | %.3f |\n", v.name, found.accuracy(), found.macroF1(r.template.CategoryNames()),
			found.surest(0.5).accuracy(), result.priority.macroF1(priorityNames()))
	}
	return nil
}

// speed reports how long training and answering take on this machine.
func (r *report) speed() error {
	begin := r.now()
	m, err := Train(r.template, r.sentences)
	if err != nil {
		return err
	}
	trained := r.now()
	for _, s := range r.sentences {
		m.Classify(s.Text)
	}
	r.table("Tiempos en esta máquina", "medida", "valor")
	r.printf("| entrenamiento | %d ms |\n| por mensaje | %.1f µs |\n", trained.Sub(begin).Milliseconds(),
		float64(r.now().Sub(trained).Microseconds())/float64(max(len(r.sentences), 1)))
	return nil
}
