package assist_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestADraftIsMadeOfWhatWasSaid(t *testing.T) {
	d := open(t, t.TempDir()+"/tickets.db")
	d.says("mi compu")
	spoken := d.speak("A1", "OggS")
	d.do("listen", d.listen(spoken.Message))
	d.write("A2", "no prende")
	d.write("A3", "esto no")
	d.add(store.Incoming{Kind: ticket.KindDeletion, RefersTo: "A3", WhatsAppID: "A4"})
	if _, err := d.QueueReply(t.Context(), store.Reply{Business: d.origin.Business, Ticket: 1, Text: "¿Qué modelo es?", WhatsAppID: "R1"}); err != nil {
		t.Fatal(err)
	}
	d.says("Buenas tardes")
	for _, draft := range []func() (string, error){
		func() (string, error) { return d.Suggest(t.Context(), d.origin.Business, 1) },
		func() (string, error) { return d.Summarise(t.Context(), d.origin.Business, 1) },
	} {
		if got, err := draft(); err != nil || got != "Buenas tardes" {
			t.Errorf("got %q, %v", got, err)
		}
	}
	questions := d.questions()
	var sent struct {
		Messages []struct {
			Role    string
			Content string
		}
	}
	if err := json.Unmarshal([]byte(questions[len(questions)-1]), &sent); err != nil {
		t.Fatal(err)
	}
	var said []map[string]string
	if err := json.Unmarshal([]byte(sent.Messages[1].Content), &said); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{{"de": "cliente", "texto": "mi compu"}, {"de": "cliente", "texto": "no prende"}, {"de": "negocio", "texto": "¿Qué modelo es?"}}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
}

func TestADraftOfNothingIsRefused(t *testing.T) {
	d := open(t, t.TempDir()+"/tickets.db")
	d.speak("A1", "OggS")
	for number, want := range map[int64]ticket.Code{1: ticket.CodeInvalid, 2: ticket.CodeNotFound} {
		if _, err := d.Suggest(t.Context(), d.origin.Business, number); ticket.CodeOf(err) != want {
			t.Errorf("ticket %d: got %v, want %s", number, err, want)
		}
	}
}
