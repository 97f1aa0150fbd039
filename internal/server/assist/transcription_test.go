package assist_test

import (
	"net/http"
	"testing"
	"time"

	"mostrador/internal/server/assist"
	"mostrador/internal/server/jobs"
	"mostrador/internal/ticket"
)

func (d *desk) transcript() string {
	d.t.Helper()
	all, err := d.Conversation(d.t.Context(), d.origin.Business, 1)
	if err != nil {
		d.t.Fatal(err)
	}
	return all[0].Transcription
}

func TestAVoiceNoteBecomesTextThatIsClassified(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.says("no imprime nada")
		stored := d.speak("A1", "OggS…")
		d.do("listen", d.listen(stored.Message))
		if got := d.transcript(); got != "no imprime nada" {
			t.Errorf("transcription: got %q", got)
		}
		if got := d.ticket(); got.Description != "no imprime nada" {
			t.Errorf("description: got %q", got.Description)
		}
		contains(t, d.questions()[0], "OggS…", "audio.ogg")
		d.says(`{"categoria":"Impresoras"}`)
		d.clock.Advance(assist.Quiet)
		d.do("opinion", d.opine())
		d.wantCategory("Impresoras", ticket.SourceLLM)
	})
}

func TestWhatCannotBeHeardStaysAVoiceNote(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		stored := d.speak("A1", "OggS")
		d.refuses(http.StatusBadGateway)
		if err := d.listen(stored.Message); err == nil || jobs.Hopeless(err) || d.wanted() != 1 {
			t.Errorf("a crash: got %v and %d wishes, want one more try", err, d.wanted())
		}
		_, transcriptions := d.Kinds()
		d.do("give up", transcriptions.GiveUp(t.Context(), d.item(stored.Message), nil))
		d.do("a job too many", d.listen(stored.Message))
		if d.wanted() != 0 || d.transcript() != "" {
			t.Errorf("got %d wishes and %q, want nothing", d.wanted(), d.transcript())
		}
	})
}

func TestASoundThatIsGoneOrOldOrOfAnotherKindIsGivenUp(t *testing.T) {
	d := open(t, t.TempDir()+"/tickets.db")
	d.answers(func(http.ResponseWriter, string) { t.Error("the model was asked") })
	gone := d.speak("A1", "OggS")
	files, err := d.Conversation(t.Context(), d.origin.Business, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.do("remove", d.folder.Remove(files[0].Attachments[0].File))
	if err := d.listen(gone.Message); !jobs.Hopeless(err) {
		t.Errorf("gone: got %v, want that trying again is useless", err)
	}
	d.clock.Advance(25 * time.Hour)
	d.do("old", d.listen(gone.Message))
	if d.wanted() != 0 {
		t.Errorf("old: got %d wishes, want none", d.wanted())
	}
}
