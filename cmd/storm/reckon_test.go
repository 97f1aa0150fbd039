package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/wasim"
)

// afterwards is a reckoning of a storm in which nothing has happened yet.
func afterwards(t *testing.T) *reckoning {
	t.Helper()
	sim, err := wasim.Start(wasim.Options{FewKeys: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	dir := t.TempDir()
	w := &world{
		options: options{dir: dir}, sim: sim, up: &gate{}, down: &gate{}, desk: newDesk("", ""),
		bridge: &program{dir: filepath.Join(dir, nameBridge)}, server: &program{dir: filepath.Join(dir, nameServer)},
	}
	return &reckoning{world: w, in: map[string][]shown{}, out: map[string][]shown{}, integrity: "ok"}
}

// verdicts are what the reckoning counted as wrong.
type verdicts struct{ lost, twice, disordered, altered, unasked, leftovers int }

func (r *reckoning) verdicts() verdicts {
	return verdicts{r.lost, r.twice, r.disordered, r.altered, r.unasked, r.leftovers}
}

// check wants the verdicts, and the storm to fail exactly when there are any.
func check(t *testing.T, r *reckoning, want verdicts) {
	t.Helper()
	if got := r.verdicts(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := r.verdict(); errors.Is(err, errBroken) != (want != verdicts{}) {
		t.Errorf("verdict: got %v, want it to follow from %+v", err, want)
	}
}

func TestTheReckoningSeesWhatBecameOfMessages(t *testing.T) {
	one, two, three := shown{WhatsApp: "1", Text: "uno"}, shown{WhatsApp: "2", Text: "dos"}, shown{WhatsApp: "3", Text: "tres", Original: "tre"}
	for _, tt := range []struct {
		name  string
		panel []shown
		want  verdicts
	}{
		{"all there", []shown{one, two, three}, verdicts{}},
		{"none there", nil, verdicts{lost: 3}},
		{"the last is lost", []shown{one, two}, verdicts{lost: 1}},
		{"one in the middle is lost", []shown{one, three}, verdicts{lost: 1}},
		{"one is twice", []shown{one, two, two, three}, verdicts{twice: 1}},
		{"one is three times", []shown{one, two, three, one, one}, verdicts{twice: 2}},
		{"two changed places", []shown{two, one, three}, verdicts{disordered: 1}},
		{"the first came last", []shown{two, three, one}, verdicts{disordered: 1}},
		{"another text", []shown{one, {WhatsApp: "2", Text: "otro"}, three}, verdicts{altered: 1}},
		{"a correction is lost", []shown{one, two, {WhatsApp: "3", Text: "tre"}}, verdicts{altered: 1}},
		{"nobody wrote it", []shown{one, two, three, {WhatsApp: "4", Text: "tres"}}, verdicts{twice: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := afterwards(t)
			c := newCrowd(r.sim, 1)[0]
			c.add(&said{id: "1", text: "uno"})
			c.add(&said{id: "2", text: "dos"})
			c.add(&said{id: "3", text: "tres", original: "tre"})
			r.in[c.Name()] = tt.panel
			r.messagesOf(c)
			check(t, r, tt.want)
		})
	}
}

func TestTheReckoningSeesWhatBecameOfReplies(t *testing.T) {
	once := []wasim.Received{{ID: "A", Copies: 1}}
	for _, tt := range []struct {
		name  string
		panel []shown
		phone []wasim.Received
		want  verdicts
	}{
		{"delivered", []shown{{WhatsApp: "A", Delivery: "entregado"}}, once, verdicts{}},
		{"read", []shown{{WhatsApp: "A", Delivery: "leido"}}, []wasim.Received{{ID: "A", Copies: 3}}, verdicts{}},
		{"failed with a reason", []shown{{WhatsApp: "A", Delivery: "fallo", Failure: "No usa WhatsApp."}}, nil, verdicts{}},
		{"failed without a reason", []shown{{WhatsApp: "A", Delivery: "fallo"}}, nil, verdicts{lost: 1}},
		{"failed, says the panel", []shown{{WhatsApp: "A", Delivery: "fallo", Failure: "No usa WhatsApp."}}, once, verdicts{altered: 1}},
		{"sent, says the panel", []shown{{WhatsApp: "A", Delivery: "enviado"}}, nil, verdicts{lost: 1}},
		{"still asking", []shown{{WhatsApp: "A", Delivery: deliveryConfirm}}, nil, verdicts{lost: 1}},
		{"twice on the phone", []shown{{WhatsApp: "A", Delivery: "leido"}}, slices.Repeat(once, 2), verdicts{twice: 1}},
		{"unknown to the panel", nil, once, verdicts{twice: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := afterwards(t)
			r.out["Ana"] = tt.panel
			r.repliesOf("Ana", tt.phone)
			check(t, r, tt.want)
		})
	}
}

func TestWhatThePanelTookIsThereOnce(t *testing.T) {
	r := afterwards(t)
	r.out["Ana"], r.out["Luis"] = []shown{{Text: "uno"}, {Text: "dos"}}, []shown{{Text: "dos"}}
	r.desk.accepted = []string{"uno", "dos", "tres"}
	r.acceptedTexts()
	check(t, r, verdicts{lost: 1, twice: 1})
}

func TestAReplyThatIsADayLateMustHaveAsked(t *testing.T) {
	r := afterwards(t)
	r.owed = []overnight{{"Ana", "uno"}, {"Luis", "dos"}}
	r.desk.late["uno"] = true
	r.lateReplies()
	check(t, r, verdicts{unasked: 1})
}

func TestHalfWrittenFilesAreFound(t *testing.T) {
	r := afterwards(t)
	for _, name := range []string{
		"bridge/cola_mensajes/espera/1.json", "bridge/cola_mensajes/espera/2.json.tmp",
		"server/fotos_evidencia/1.jpg", "server/fotos_evidencia/2.jpg", "server/fotos_evidencia/tmp-3",
	} {
		path := filepath.Join(r.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.files(1); err != nil {
		t.Fatal(err)
	}
	check(t, r, verdicts{leftovers: 1})
	if r.orphans != 2 {
		t.Errorf("got %d photos without a row, want the one of two and the unfinished one", r.orphans)
	}
}

func TestADamagedDatabaseBreaksThePromise(t *testing.T) {
	r := afterwards(t)
	r.integrity = "row 3 missing from index"
	if err := r.verdict(); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

func TestTheTableTellsOfTheFirstThingsThatWentWrong(t *testing.T) {
	r := afterwards(t)
	for range maxTold + 3 {
		r.complain("3EB0AA", &r.lost, "Ana lost a message")
	}
	r.line = &line{}
	var table strings.Builder
	r.print(&table)
	for _, want := range []string{"LOST", "13|", "… and 3 more", "3EB0AA: WhatsApp sent it to the bridge 0 times", "omitted"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("got no %q in\n%s", want, table.String())
		}
	}
}
