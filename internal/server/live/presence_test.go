package live_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/live"
)

// room is a Presence whose events are collected.
type room struct {
	*live.Presence
	t    *testing.T
	now  time.Time
	said []live.Event
}

func openRoom(t *testing.T) *room {
	r := &room{t: t, now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	r.Presence = live.NewPresence(func(business int64, e live.Event) {
		if business != 1 {
			t.Errorf("got an event for business %d, want only 1", business)
		}
		r.said = append(r.said, e)
	}, func() time.Time { return r.now })
	return r
}

func person(client uint64, user int64, name string) *live.Client {
	c := &live.Client{ID: client, Identity: auth.Identity{User: user, Name: name}}
	c.Identity.Business = 1
	return c
}

// want checks what was said last of a ticket.
func (r *room) want(ticket int64, want ...live.Present) {
	r.t.Helper()
	for i := len(r.said) - 1; i >= 0; i-- {
		if r.said[i].Ticket == ticket {
			got := r.said[i].Data.([]live.Present)
			if diff := cmp.Diff(append([]live.Present{}, want...), got); diff != "" || r.said[i].Kind != live.KindPresence {
				r.t.Errorf("ticket %d (-want +got):\n%s", ticket, diff)
			}
			return
		}
	}
	r.t.Errorf("nothing was said of ticket %d", ticket)
}

func TestPanelsHearWhoLooksAndWhoTypes(t *testing.T) {
	r := openRoom(t)
	ana, luis, anaAgain := person(1, 7, "Ana"), person(2, 8, "Luis"), person(3, 7, "Ana")
	r.Receive(ana, []byte(`{"tipo":"mirando","ticket":12}`))
	r.want(12, live.Present{Person: 7, Name: "Ana"})
	r.Receive(luis, []byte(`{"tipo":"escribiendo","ticket":12}`))
	r.want(12, live.Present{Person: 7, Name: "Ana"}, live.Present{Person: 8, Name: "Luis", Typing: true})
	r.Receive(anaAgain, []byte(`{"tipo":"mirando","ticket":12}`))
	r.want(12, live.Present{Person: 7, Name: "Ana"}, live.Present{Person: 8, Name: "Luis", Typing: true})
	r.Receive(luis, []byte(`{"tipo":"mirando","ticket":13}`))
	r.want(12, live.Present{Person: 7, Name: "Ana"})
	r.want(13, live.Present{Person: 8, Name: "Luis"})
	r.Left(ana)
	r.Receive(anaAgain, []byte(`{"tipo":"fuera"}`))
	r.want(12)
}

func TestWhoSaysNothingIsForgotten(t *testing.T) {
	r := openRoom(t)
	r.Receive(person(1, 7, "Ana"), []byte(`{"tipo":"escribiendo","ticket":12}`))
	r.now = r.now.Add(16 * time.Second)
	r.Receive(person(2, 8, "Luis"), []byte(`{"tipo":"mirando","ticket":12}`))
	r.want(12, live.Present{Person: 8, Name: "Luis"})
}

func TestWhatIsKnownIsNotSaidAgain(t *testing.T) {
	r := openRoom(t)
	ana, luis := person(1, 7, "Ana"), person(2, 8, "Luis")
	for range 5 {
		r.Receive(ana, []byte(`{"tipo":"mirando","ticket":12}`))
		r.now = r.now.Add(10 * time.Second)
	}
	if got := len(r.said); got != 1 {
		t.Errorf("got %d events while nothing changed, want 1", got)
	}
	r.Receive(luis, []byte(`{"tipo":"mirando","ticket":12}`))
	r.want(12, live.Present{Person: 7, Name: "Ana"}, live.Present{Person: 8, Name: "Luis"})
	r.now = r.now.Add(20 * time.Second)
	r.Receive(luis, []byte(`{"tipo":"mirando","ticket":12}`))
	r.want(12, live.Present{Person: 8, Name: "Luis"})
}

func TestAPanelCannotFloodTheOthers(t *testing.T) {
	r := openRoom(t)
	c := person(1, 7, "Ana")
	for range 100 {
		r.Receive(c, []byte(`{"tipo":"escribiendo","ticket":12}`))
	}
	for i, nonsense := range []string{``, `{`, `null`, `[]`, `{"tipo":"mirando"}`, `{"tipo":"mirando","ticket":-1}`, `{"tipo":"otro","ticket":1}`, `{"tipo":"fuera","ticket":0}`} {
		r.Receive(person(uint64(10+i), 9, "x"), []byte(nonsense))
	}
	if got := len(r.said); got != 1 {
		t.Errorf("got %d events, want 1", got)
	}
}

func FuzzAPanelsWordBreaksNothing(f *testing.F) {
	f.Add([]byte(`{"tipo":"mirando","ticket":12}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		p := live.NewPresence(func(_ int64, e live.Event) {
			if e.Ticket <= 0 {
				t.Errorf("got %+v", e)
			}
		}, time.Now)
		p.Receive(person(1, 7, "Ana"), message)
		p.Left(person(1, 7, "Ana"))
	})
}
