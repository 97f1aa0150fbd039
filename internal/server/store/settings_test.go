package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/hours"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func settings() store.Settings {
	var week hours.Week
	week[time.Monday] = []hours.Span{{540, 840}, {960, 1140}}
	return store.Settings{
		Name: "Taller Núñez", ReceivedText: "Recibido.", JoinWindow: 48 * time.Hour, Zone: "America/Santiago", Hours: week,
		Away: true, AwayText: "Abrimos el lunes.", Keep: store.Keep{Tickets: 365, Photos: 90, Log: 30},
	}
}

func TestSettingsAreKeptAsTheyWereSet(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		want := settings()
		got, err := s.ChangeSettings(t.Context(), s.origin.Business, 0, func(b *store.Settings) { *b = want; b.Name = "  Taller Núñez\x00 " })
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("answer: %v (-want +got):\n%s", err, diff)
		}
		b, err := s.another().Business(t.Context(), s.origin.Business)
		if diff := cmp.Diff(store.Business{ID: s.origin.Business, Settings: want}, b); err != nil || diff != "" {
			t.Errorf("business: %v (-want +got):\n%s", err, diff)
		}
		_, err = s.ChangeSettings(t.Context(), 99, 0, func(*store.Settings) {})
		wantCode(t, err, ticket.CodeNotFound)
		all, err := s.Businesses(t.Context())
		if diff := cmp.Diff([]int64{s.origin.Business}, all); err != nil || diff != "" {
			t.Errorf("businesses: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestSettingsThatMakeNoSenseAreRefusedWhole(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		before, err := s.Business(t.Context(), s.origin.Business)
		if err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*store.Settings){
			"no name":            func(b *store.Settings) { b.Name = " " },
			"long name":          func(b *store.Settings) { b.Name = strings.Repeat("ñ", 101) },
			"no text":            func(b *store.Settings) { b.ReceivedText = "" },
			"long text":          func(b *store.Settings) { b.AwayText = strings.Repeat("ñ", 4097) },
			"unknown zone":       func(b *store.Settings) { b.Zone = "America/Springfield" },
			"this machine":       func(b *store.Settings) { b.Zone = "Local" },
			"upside down":        func(b *store.Settings) { b.Hours[1] = []hours.Span{{600, 500}} },
			"negative window":    func(b *store.Settings) { b.JoinWindow = -1 },
			"long window":        func(b *store.Settings) { b.JoinWindow = 91 * day },
			"few days":           func(b *store.Settings) { b.Keep.Photos = 6 },
			"negative days":      func(b *store.Settings) { b.Keep.Tickets = -1 },
			"many days":          func(b *store.Settings) { b.Keep.Log = 40000 },
			"away without text":  func(b *store.Settings) { *b = settings(); b.AwayText = "" },
			"away without zone":  func(b *store.Settings) { *b = settings(); b.Zone = "" },
			"away without hours": func(b *store.Settings) { *b = settings(); b.Hours = hours.Week{} },
		} {
			_, err := s.ChangeSettings(t.Context(), s.origin.Business, 0, change)
			if got := ticket.CodeOf(err); got != ticket.CodeInvalid {
				t.Errorf("%s: got %v, want %q", name, err, ticket.CodeInvalid)
			}
		}
		after, err := s.Business(t.Context(), s.origin.Business)
		if diff := cmp.Diff(before, after); err != nil || diff != "" {
			t.Errorf("settings after all: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestTheJoinWindowOfTheSettingsCounts(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		_, err := s.ChangeSettings(t.Context(), s.origin.Business, 0, func(b *store.Settings) { b.JoinWindow = time.Hour })
		s.do("change settings", err)
		s.add(s.fromAna("A1", "hola"))
		s.setStatus(1, ticket.StatusResolved)
		s.clock.Advance(2 * time.Hour)
		if got := s.add(s.fromAna("A2", "hola")); got.Ticket != 2 {
			t.Errorf("got ticket %d, want a new one", got.Ticket)
		}
	})
}

// away queues an automatic answer to a ticket since closed.
func (s *shop) away(number int64, id string, closed time.Time) bool {
	s.t.Helper()
	queued, err := s.QueueAway(s.t.Context(), store.Reply{Business: s.origin.Business, Ticket: number, Text: "Cerrado.", WhatsAppID: id}, closed)
	if err != nil {
		s.t.Fatalf("queue automatic answer: %v", err)
	}
	return queued
}

func TestTheAutomaticAnswerGoesOncePerClosedTimeAndAnswersNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		closed := start
		s.clock.Advance(time.Minute)
		s.add(s.fromAna("A1", "hola"))
		if !s.away(1, "W1", closed) || s.away(1, "W2", closed) {
			t.Error("got no answer, or two, want one")
		}
		out := s.claimAll(1)
		if len(out) != 1 || out[0].Text != "Cerrado." || out[0].WhatsAppID != "W1" {
			t.Fatalf("claimed: got %+v, want the answer", out)
		}
		s.do("note sent", s.ReplySent(t.Context(), out[0].Message, ""))
		l := s.ticket(1)
		if l.Status != ticket.StatusPending || l.Unread != 1 || !l.FirstAnswerAt.IsZero() || l.Notice != nil || l.Stuck != 0 {
			t.Errorf("ticket: got %+v, want it as unanswered as before", l)
		}
		if m := s.conversation(1)[1]; m.Author != "Respuesta automática" || m.Delivery != ticket.DeliverySent {
			t.Errorf("message: got %+v, want it to say that nobody wrote it", m)
		}
		s.clock.Advance(24 * time.Hour)
		closed = s.clock.Now().Add(-time.Minute)
		if s.away(1, "W3", closed) {
			t.Error("got an answer to somebody who has not written since, want none")
		}
		s.add(s.fromAna("A2", "¿ya?"))
		if !s.away(1, "W4", closed) {
			t.Error("the next night: got no answer, want one")
		}
	})
}

func TestNobodyBlockedAndNoGroupGetsAnAutomaticAnswer(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.alter(s.meet("Ana", sender{phone: phoneP}, "A1"), store.CustomerChange{Blocked: new(true)})
		in := s.from(sender{phone: phoneQ}, "G1")
		in.Group, in.GroupName, in.From.Chat = true, "Oficina", "12036304@g.us"
		s.add(in)
		for number := range int64(2) {
			if s.away(number+1, "W", start) {
				t.Errorf("ticket %d: got an answer, want none", number+1)
			}
		}
		_, err := s.QueueAway(t.Context(), store.Reply{Business: s.origin.Business, Ticket: 99, Text: "x"}, start)
		wantCode(t, err, ticket.CodeNotFound)
	})
}
