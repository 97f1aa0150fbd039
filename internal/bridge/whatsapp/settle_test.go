package whatsapp

import (
	"context"
	"errors"
	"fmt"
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

func TestWhatASenderMakesUpIsReadBackFromTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, err := queue.Open(t.TempDir(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		in, _ := newTestIntake(q.Put)
		evt := from(types.MessageSource{Chat: anaLID, Sender: anaLID}, text("hola"))
		evt.Info.ID, evt.Info.Timestamp = "3A\xff", time.Unix(1_790_000_000_000, 0)
		if !in.message(evt) {
			t.Fatal("got it refused, want it stored")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		item, err := q.Next(ctx)
		if err != nil || q.Stats().Damaged != 0 {
			t.Fatalf("got %v and %+v, want the message back", err, q.Stats())
		}
		if m := item.Entry.Message; m.Content != "hola" || m.ID != cleanID(evt.Info.ID) || m.Date != nil {
			t.Errorf("got %+v, want it with a clean id and without the date", m)
		}
	})
}

func TestAMessageThatTheQueueCannotKeepIsGivenUpAndHoldsNothingUp(t *testing.T) {
	var notes []queue.Entry
	in, mail, evt := withPoison(&notes, func() error { return fmt.Errorf("%w: odd", queue.ErrUnfit) })
	for try, want := range []bool{false, false, true} {
		if got := in.message(evt); got != want {
			t.Errorf("try %d: got %v, want %v", try, got, want)
		}
	}
	if len(notes) != 1 || !notes[0].Message.Undecoded {
		t.Errorf("got %+v, want a note in its place", notes)
	}
	for _, l := range mail.take() {
		if l.step.do == doNotStored && !l.step.poisoned {
			t.Errorf("got %+v, want no disk blamed", l.step)
		}
	}
}
