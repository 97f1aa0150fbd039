package classifier

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mostrador/internal/ticket"
)

// shopVoices are messages of many voices in three countries to a shop of two
// things, so plain that nobody gets them wrong, in the trade of a template whose
// every category is used as the corpus does.
func shopVoices() (Template, []Sentence) {
	t := Template{Name: "bicis", Categories: []Category{
		{Name: "Frenos", Slug: "frenos", Keywords: []string{"freno"}}, {Name: "Sillas", Slug: "sillas", Keywords: []string{"silla"}}, {Name: "Otros", Slug: "otros"},
	}}
	var all []Sentence
	for author := range 24 {
		country := teachable[author%3]
		for _, s := range [][2]string{{"Frenos", "el freno no frena"}, {"Sillas", "la silla se mueve"}, {"Otros", "gracias, hasta luego"}} {
			all = append(all, Sentence{s[1], s[0], ticket.PriorityNormal, country, author})
		}
	}
	return t, all
}

func reportOf(section func(*report) error) (string, error) {
	var out strings.Builder
	t, sentences := shopVoices()
	r := &report{w: &out, template: t, sentences: sentences, now: time.Now}
	err := section(r)
	return out.String(), errors.Join(err, r.err)
}

// has complains of each of wants that is not a line of got.
func has(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains("\n"+got, "\n"+want+"\n") {
			t.Errorf("got\n%s\nwant the line %s", got, want)
		}
	}
}

func TestATableHasAHeadAndATitle(t *testing.T) {
	got, err := reportOf(func(r *report) error { r.table("Prueba", "clase", "frases"); return nil })
	if err != nil || got != "\n### Prueba\n\n| clase | frases |\n|---|---|\n" {
		t.Errorf("got %q and %v", got, err)
	}
}

func TestGradesAreRowsWithThreeDecimals(t *testing.T) {
	got, err := reportOf(func(r *report) error {
		r.grades("Por clase", []grade{{"A", 3, 0.5, 1}, {"B", 1, 0, 0}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "### Por clase", "| A | 3 | 0.500 | 1.000 | 0.667 |", "| B | 1 | 0.000 | 0.000 | 0.000 |")
}

func TestTheReportOfTheWholeCountsEverySentenceOnce(t *testing.T) {
	got, err := reportOf((*report).whole)
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "### bicis: 72 frases, 3 categorías, voces que el modelo no conoce", "| acierto | 1.000 |", "| macro-F1 | 1.000 |",
		"| Frenos | 24 | 1.000 | 1.000 | 1.000 |", "| Otros | 24 | 1.000 | 1.000 | 1.000 |", "| normal | 72 | 1.000 | 1.000 | 1.000 |")
}

func TestEachCountryIsAskedByAModelOfTheOthers(t *testing.T) {
	got, err := reportOf((*report).byCountry)
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "| ar | 24 | 1.000 | 1.000 |", "| es | 24 | 1.000 | 1.000 |", "| mx | 24 | 1.000 | 1.000 |")
}

func TestTheLearningCurveHasFourQuarters(t *testing.T) {
	got, err := reportOf((*report).learningCurve)
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "| 4/4 | 1.000 | 1.000 | 1.000 |")
	if n := strings.Count(got, "/4 |"); n != 4 {
		t.Errorf("got %d rows, want 4", n)
	}
}

func TestEveryPartIsLeftOutOnce(t *testing.T) {
	got, err := reportOf((*report).parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variants() {
		if strings.Count(got, "| "+v.name+" |") != 1 {
			t.Errorf("got\n%s\nwant one row for %q", got, v.name)
		}
		r := measured
		if v.change(&r); r == measured && v.name != "todo" {
			t.Errorf("%q leaves nothing out", v.name)
		}
	}
}

func TestBurstsAreReportedWithAndWithoutCourtesiesInTheLessons(t *testing.T) {
	got, err := reportOf((*report).bursts)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got, "[…]"); n != len(bursts) {
		t.Errorf("got\n%s\nwant %d rows", got, len(bursts))
	}
}

func TestWhatPeopleTeachIsReportedForEveryUse(t *testing.T) {
	got, err := reportOf((*report).lessons)
	if err != nil {
		t.Fatal(err)
	}
	has(t, got, "| 0 | 1.000 | 1.000 | 0.000 |")
	if n := strings.Count(got, "### Correcciones"); n != 5 {
		t.Errorf("got %d tables, want four uses and new categories", n)
	}
	// One of the three is asked about as a new one: the one for everything else
	// never is, and every other one is left out.
	if !strings.Contains(got, "\n| 10 | 1.000 |") {
		t.Errorf("got\n%s\nwant a row of new categories", got)
	}
}

func TestTheClockThatIsGivenTimesIt(t *testing.T) {
	var out strings.Builder
	template, sentences := shopVoices()
	ticks := time.Unix(0, 0)
	r := &report{w: &out, template: template, sentences: sentences, now: func() time.Time { ticks = ticks.Add(72 * time.Millisecond); return ticks }}
	if err := r.speed(); err != nil {
		t.Fatal(err)
	}
	has(t, out.String(), "| entrenamiento | 72 ms |", "| por mensaje | 1000.0 µs |")
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAReportThatCannotBeWrittenSaysSo(t *testing.T) {
	template, sentences := shopVoices()
	if err := Report(full{}, template, sentences, time.Now); !errors.Is(err, errFull) {
		t.Errorf("got %v, want what the writer said", err)
	}
}

func TestAReportOfWhatCannotBeTrainedFails(t *testing.T) {
	template, sentences := shopVoices()
	sentences[0].Category = "de nadie"
	for name, section := range map[string]func(*report) error{
		"whole": (*report).whole, "bursts": (*report).bursts, "countries": (*report).byCountry, "curve": (*report).learningCurve, "parts": (*report).parts, "speed": (*report).speed,
	} {
		if err := section(&report{w: &strings.Builder{}, template: template, sentences: sentences, now: time.Now}); err == nil {
			t.Errorf("%s: got no error for a sentence of no category", name)
		}
	}
}

func TestAModelLearnsOnlyFromWhatIsKept(t *testing.T) {
	template, sentences := shopVoices()
	e := experiment{recipe: measured, part: byVoice(sentences), keep: func(s Sentence) bool { return s.Category != "Sillas" }}
	trials, err := crossValidate(template, sentences, e)
	if err != nil {
		t.Fatal(err)
	}
	all := together(trials).category
	if len(all) != len(sentences) {
		t.Errorf("got %d answers, want one for each of %d", len(all), len(sentences))
	}
	e.dress = func(string) string { return "el freno no frena" }
	if trials, err = crossValidate(template, sentences, e); err != nil {
		t.Fatal(err)
	}
	for _, o := range together(trials).category {
		if o.got != "Frenos" {
			t.Fatalf("got %q, want what the dressed text is about", o.got)
		}
	}
}

func TestASentenceWithoutACategoryIsNotAskedAbout(t *testing.T) {
	template, sentences := shopVoices()
	m, err := Train(template, sentences)
	if err != nil {
		t.Fatal(err)
	}
	var asked trial
	asked.ask(m, Sentence{Text: "el freno"})
	if len(asked.category)+len(asked.priority) != 0 {
		t.Errorf("got %+v, want nothing", asked)
	}
	asked.ask(m, Sentence{Text: "el freno no frena", Category: "Frenos", Priority: ticket.PriorityHigh})
	if o := asked.category[0]; !o.right() || o.second == "" || o.second == o.got {
		t.Errorf("got %+v, want it right with another one second", o)
	}
	if o := asked.priority[0]; o.want != "high" {
		t.Errorf("got %+v, want its priority asked about too", o)
	}
}
