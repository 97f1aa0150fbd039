package store_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// outcome is what became of one message.
type outcome struct {
	Body, Original string
	Edited         bool
	Deleted        bool
}

// outcomes returns what became of the messages with an id, leaving events out.
func (s *shop) outcomes(number int64) map[string]outcome {
	s.t.Helper()
	found := map[string]outcome{}
	for _, m := range s.conversation(number) {
		if m.Direction != ticket.DirectionEvent {
			found[m.WhatsAppID] = outcome{m.Body, m.OriginalBody, !m.EditedAt.IsZero(), !m.DeletedAt.IsZero()}
		}
	}
	return found
}

// history makes up a customer's messages and what she does to them later, in the
// order in which it happened.
func (s *shop) history(r *rapid.T) ([]store.Incoming, map[string]outcome) {
	var all []store.Incoming
	want := map[string]outcome{}
	steps := rapid.IntRange(1, 8).Draw(r, "steps")
	for i := range steps {
		id := fmt.Sprintf("M%d", i)
		in := s.fromAna(id, "text "+id)
		in.SentAt = start.Add(time.Duration(i) * time.Minute)
		target := fmt.Sprintf("M%d", rapid.IntRange(0, i).Draw(r, "target"))
		o, known := want[target]
		switch kind := rapid.SampledFrom([]ticket.Kind{ticket.KindText, ticket.KindEdit, ticket.KindDeletion}).Draw(r, "kind"); {
		case !known || kind == ticket.KindText:
			want[id] = outcome{Body: in.Body}
		case kind == ticket.KindEdit:
			if !o.Edited {
				o.Original = o.Body
			}
			o.Body, o.Edited = in.Body, true
			in.Kind, in.RefersTo = kind, target
			want[target] = o
		default:
			o.Deleted = true
			in.Kind, in.RefersTo, in.Body = kind, target, ""
			want[target] = o
		}
		all = append(all, in)
	}
	return all, want
}

func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
		history, want := s.history(r)
		arrivals := rapid.Permutation(history).Draw(r, "arrivals")
		arrivals = append(arrivals, rapid.SliceOfN(rapid.SampledFrom(history), 0, 4).Draw(r, "repeats")...)
		for _, in := range arrivals {
			if got := s.add(in); got.Ticket != 1 {
				r.Fatalf("%s: got ticket %d, want 1", in.WhatsAppID, got.Ticket)
			}
		}
		if got := s.outcomes(1); !maps.Equal(got, want) {
			r.Fatalf("messages (-want +got):\n%s", cmp.Diff(want, got))
		}
		if got := len(s.conversation(1)); got != len(history) {
			r.Fatalf("rows: got %d, want %d", got, len(history))
		}
		s.do("close", s.Close())
	})
}

func TestAnAnswerWithinTheSameSecondStandsBelowTheReply(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.clock.Advance(700 * time.Millisecond)
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1"})
		s.claimAll(1)
		answer := s.fromAna("A2", "gracias")
		answer.SentAt = start // WhatsApp tells whole seconds
		s.add(answer)
		s.clock.Advance(time.Second)
		s.do("note sent reply", s.ReplySent(t.Context(), q.Message, ""))
		var got []string
		for _, m := range s.conversation(1) {
			got = append(got, m.Body)
		}
		if diff := cmp.Diff([]string{"hola", "recibido", "gracias"}, got); diff != "" {
			t.Errorf("conversation (-want +got):\n%s", diff)
		}
	})
}
