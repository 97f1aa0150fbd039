package whatsapp

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
)

// closed reports whether the line was ended.
func (w *world) closed() bool { return !w.IsConnected() }

func TestALineIsEndedAtOnceWhenMessagesCannotBeStoredBeforeTheLoginIsTold(t *testing.T) {
	for name, before := range map[string]func(*world){
		"the first line": func(*world) {},
		"after a hold": func(w *world) {
			w.event(&events.TemporaryBan{Expire: time.Hour})
			w.pass(2 * time.Hour)
		},
	} {
		supervise(t, func(t *testing.T, w *world) {
			before(w)
			w.tries()
			w.fill(true)
			if w.closed() {
				t.Fatalf("%s: got no line, want one", name)
			}
			w.s.mail.post(letter{step: step{do: doNotStored, full: true}})
			synctest.Wait()
			w.event(&events.Connected{}) // of the line that is gone
			if s := w.want(StateNoSpace); !w.closed() || s.Reason == "" {
				t.Errorf("%s: got the line open (%v) and %+v, want it ended and explained", name, !w.closed(), s)
			}
			w.pass(time.Hour)
			if got := w.tries(); len(got) != 0 {
				t.Errorf("%s: lines: got %v while the disk is full, want none", name, got)
			}
			w.fill(false)
			w.pass(5 * time.Minute)
			if got := w.tries(); len(got) == 0 {
				t.Errorf("%s: lines: got none once there is space, want one", name)
			}
		})
	}
}

func TestNoMessageIsTakenUntilTheSessionCanBeWritten(t *testing.T) {
	a := newAbsence(t)
	full := true
	in, _ := newTestIntake(func(queue.Entry) error {
		if full {
			return errors.New("no space left")
		}
		return nil
	})
	r := &surrounding{c: &Client{missing: a.missing, intake: in, log: zerolog.Nop()}}
	evt := from(types.MessageSource{Chat: anaLID, Sender: anaLID}, text("hola"))
	if in.message(evt) {
		t.Fatal("got true for a message that is not stored")
	}
	full = false
	for _, c := range []struct {
		pragma string
		want   bool
	}{{"PRAGMA query_only = ON", false}, {"PRAGMA query_only = OFF", true}} {
		if _, err := a.store.db.ExecContext(t.Context(), c.pragma); err != nil {
			t.Fatal(err)
		}
		if got, taken := r.settle(), in.message(evt); got != c.want || taken != c.want {
			t.Errorf("%s: got %v and a message taken %v, want both %v", c.pragma, got, taken, c.want)
		}
	}
}
