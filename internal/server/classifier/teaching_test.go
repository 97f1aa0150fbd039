package classifier

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mostrador/internal/ticket"
)

// bikes is a small trade that is learned in an instant.
var bikes = Template{Name: "bicis", Categories: []Category{
	{Name: "Frenos", Slug: "frenos", Keywords: []string{"freno"}},
	{Name: "Llantas", Slug: "llantas", Keywords: []string{"llanta"}},
	{Name: "Otros", Slug: "otros", Keywords: []string{"hola"}},
}}

// bikeSentences are eight plain sentences of each category.
func bikeSentences() []Sentence {
	var all []Sentence
	for category, things := range map[string][2]string{"Frenos": {"freno", "pastilla"}, "Llantas": {"llanta", "cámara"}, "Otros": {"horario", "dirección"}} {
		for _, thing := range things {
			for _, trouble := range []string{"tiene algo raro", "necesita revisión", "pregunto por", "otra vez"} {
				all = append(all, Sentence{Text: trouble + " " + thing, Category: category, Priority: ticket.PriorityNormal, Country: "xx"})
			}
		}
	}
	slices.SortFunc(all, func(x, y Sentence) int { return strings.Compare(x.Text, y.Text) })
	return all
}

func bikeShop(lessons ...Lesson) Business {
	return Business{Template: bikes.Name, Categories: bikes.Categories, Lessons: lessons, Threshold: DefaultThreshold}
}

func (b Business) mustTrain(t interface{ Fatal(args ...any) }) *Model {
	m, err := b.train(bikes, bikeSentences())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bells is a category of which no sentence knows anything.
var bells = Category{Name: "Timbres", Slug: "propia-1"}

func withBells(b Business) Business {
	b.Categories = slices.Insert(slices.Clone(b.Categories), 2, bells)
	return b
}

// sayings are messages to a bike shop, each by itself.
var sayings = []string{"el freno otra vez", "pinché la llanta", "el timbre no suena", "hola", "timbre y freno", "", "la cadena", "👍"}

func answers(m *Model) []ticket.Classification {
	all := make([]ticket.Classification, len(sayings))
	for i, text := range sayings {
		all[i] = m.Classify(text)
	}
	return all
}

func TestTheOrderOfLessonsDoesNotMatter(t *testing.T) {
	lessons := []Lesson{
		{"el timbre no suena", "propia-1"}, {"quiero un timbre", "propia-1"}, {"la cadena se salió", "frenos"}, {"la cadena se salió", "llantas"},
		{"cadena", "llantas"}, {"ruido al frenar", "frenos"}, {"el timbre no suena", "propia-1"},
	}
	want := answers(withBells(bikeShop(lessons...)).mustTrain(t))
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(lessons).Draw(t, "lessons")
		if diff := cmp.Diff(want, answers(withBells(bikeShop(shuffled...)).mustTrain(t))); diff != "" {
			t.Fatalf("models differ (-in order +shuffled):\n%s", diff)
		}
	})
}

func TestForgettingEverythingGivesTheFirstModelBack(t *testing.T) {
	before := bikeShop().mustTrain(t)
	taught := bikeShop(Lesson{"la cadena se salió", "frenos"}, Lesson{"la cadena rechina", "frenos"}).mustTrain(t)
	after := bikeShop().mustTrain(t)
	if diff := cmp.Diff(answers(before), answers(after)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if cmp.Equal(answers(before), answers(taught)) {
		t.Error("lessons taught nothing")
	}
}

func TestWhateverPeopleTeachAnAnswerIsProbable(t *testing.T) {
	slug := rapid.SampledFrom([]string{"frenos", "llantas", "otros", "propia-1", "no-existe"})
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom(sayings), rapid.StringMatching(`(freno|timbre|la|el| ){1,6}`))
	rapid.Check(t, func(t *rapid.T) {
		var lessons []Lesson
		for range rapid.IntRange(0, 12).Draw(t, "lessons") {
			lessons = append(lessons, Lesson{text.Draw(t, "text"), slug.Draw(t, "slug")})
		}
		b := bikeShop(lessons...)
		if rapid.Bool().Draw(t, "bells") {
			b = withBells(b)
		}
		m := b.mustTrain(t)
		for _, text := range append(slices.Clone(sayings), text.Draw(t, "asked")) {
			c, ranked := m.answer(text)
			var sum float64
			for _, r := range ranked {
				sum += r.Confidence
			}
			if len(ranked) > 0 && (sum < 0.999 || sum > 1.001 || c.Confidence != ranked[0].Confidence) {
				t.Fatalf("%q: got %v, want probabilities, best first", text, ranked)
			}
		}
	})
}

func TestTheNameOfANewCategoryIsItsFirstLesson(t *testing.T) {
	m := withBells(bikeShop()).mustTrain(t)
	for text, want := range map[string]string{"timbres": "Timbres", "otra vez freno": "Frenos", "pregunto por horario": "Otros", "llanta": "Llantas"} {
		if got := m.Guess(text); got.Category != want {
			t.Errorf("%q: got %q for %q, want %q", text, got.Category, got.Words, want)
		}
	}
}

func TestKeywordsOfANewCategoryTeachLikeExamples(t *testing.T) {
	keyword, example := withBells(bikeShop()), withBells(bikeShop())
	keyword.Categories[2].Keywords = []string{"campanilla", "bocina"}
	example.Categories[2].Examples = []string{"campanilla", "bocina"}
	if diff := cmp.Diff(answers(keyword.mustTrain(t)), answers(example.mustTrain(t))); diff != "" {
		t.Errorf("(-keywords +examples):\n%s", diff)
	}
	if got := keyword.mustTrain(t).Guess("campanilla"); got.Category != "Timbres" || !slices.Contains(got.Words, "campanilla") {
		t.Errorf("got %q for %q, want what the keyword says", got.Category, got.Words)
	}
}

func TestABusinessMayHaveOnlyCategoriesOfItsOwn(t *testing.T) {
	b := Business{Template: bikes.Name, Threshold: DefaultThreshold, Categories: []Category{
		bells, {Name: "Cadenas", Slug: "propia-2", Keywords: []string{"cadena"}}, {Name: "Resto", Slug: "propia-3"},
	}}
	m := b.mustTrain(t)
	for text, want := range map[string]string{"timbres": "Timbres", "se salió la cadena": "Cadenas"} {
		if got := m.Guess(text); got.Category != want {
			t.Errorf("%q: got %q, want %q", text, got.Category, want)
		}
	}
	for _, c := range answers(m) {
		if strings.HasPrefix(c.Category, hiddenName) || c.Category == "Frenos" {
			t.Errorf("got %q, want only what is in use", c.Category)
		}
	}
}

func TestALessonIsReadInModeration(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		" no\n prende \t":                     "no prende",
		strings.Repeat("a ", 100):             "a a a",
		strings.Repeat("ñ", 100):              strings.Repeat("ñ", lessonLetter),
		"uno dos uno dos uno dos uno dos fin": "uno dos uno dos uno dos fin",
	} {
		if got := moderate(text); got != want {
			t.Errorf("%.30q: got %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		once := moderate(text)
		if words := strings.Fields(once); len(words) > lessonWords || moderate(once) != once {
			t.Fatalf("got %d words, and %q again of %q", len(words), moderate(once), once)
		}
	})
	var long []string
	for i := range 2 * lessonWords {
		long = append(long, strconv.Itoa(i))
	}
	if got := strings.Fields(moderate(strings.Join(long, " "))); len(got) != lessonWords || got[lessonWords-1] != strconv.Itoa(lessonWords-1) {
		t.Errorf("got %d words, want the first %d", len(got), lessonWords)
	}
}

func TestRemindersAreAFewOfEachCategoryInUse(t *testing.T) {
	var sentences []Sentence
	for i := range 10 * reminded {
		for _, category := range []string{"A", "B", "", hiddenName + "c"} {
			if category != "B" || i < 3 {
				sentences = append(sentences, Sentence{Text: strconv.Itoa(i), Category: category})
			}
		}
	}
	counts := map[string]int{}
	for _, s := range reminders(sentences) {
		counts[s.Category]++
	}
	if diff := cmp.Diff(map[string]int{"A": reminded, "B": 3}, counts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a new category takes of the corpus, where nothing belongs to it.
func TestANewCategoryStealsLittleOfWhatOthersHave(t *testing.T) {
	template, sentences, err := Corpus(HelpDesk)
	if err != nil {
		t.Fatal(err)
	}
	b := Business{Template: HelpDesk, Threshold: DefaultThreshold, Categories: slices.Insert(slices.Clone(template.Categories), 0, Category{Name: "Visitas", Slug: "propia-1"})}
	for _, text := range []string{
		"pueden venir a la oficina a revisar", "necesito que venga un técnico a mi casa", "manden a alguien al local por favor", "hacen visita a domicilio?", "quiero que pasen por mi negocio a ver la red",
		"agenden una visita para mañana", "vengan a instalar la impresora", "puede el técnico pasar hoy por acá", "necesitamos asistencia en sitio", "cuándo pueden venir",
	} {
		b.Lessons = append(b.Lessons, Lesson{text, "propia-1"})
	}
	m, err := b.train(template, sentences)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Guess("que venga el técnico a la oficina, por favor"); got.Category != "Visitas" {
		t.Errorf("got %q for %q, want what people taught", got.Category, got.Words)
	}
	asked, taken := 0, 0
	for i, s := range sentences {
		if s.Category != "" && i%5 == 0 {
			asked++
			if m.Guess(s.Text).Category == "Visitas" {
				taken++
			}
		}
	}
	if share := float64(taken) / float64(asked); share > 2*stolen {
		t.Errorf("got %.3f of the corpus taken, want at most %.3f", share, 2*stolen)
	}
}

func TestATrainedModelExplainsItselfBetweenOldAndNew(t *testing.T) {
	m := withBells(bikeShop(Lesson{"el timbre no suena", "propia-1"}, Lesson{"cambiar el timbre", "propia-1"}, Lesson{"timbre roto", "propia-1"})).mustTrain(t)
	got := m.Guess("mi timbre ya no suena")
	if got.Category != "Timbres" || !slices.Contains(got.Words, "timbre") {
		t.Errorf("got %q for %q, want the taught word", got.Category, got.Words)
	}
	if old := m.Guess("otra vez la pastilla"); old.Category != "Frenos" || !slices.Contains(old.Words, "pastilla") {
		t.Errorf("got %q for %q, want the corpus's word", old.Category, old.Words)
	}
}
