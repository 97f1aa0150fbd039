package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

func TestFiguresSayWhatWaitsAndWhatIsWrong(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := openShop(t, url)
		empty, err := s.Figures(t.Context())
		s.do("read figures", err)
		if len(empty.Waiting)+len(empty.Alerts)+len(empty.Beats)+empty.Failed != 0 || !empty.Oldest.IsZero() || empty.Size == 0 {
			t.Errorf("got %+v of an empty database, want nothing but its size", empty)
		}
		s.add(s.fromAna("A1", "hola"))
		s.add(message(s.origin, "5215550001111", "B1"))
		since := s.clock.Now()
		queue := func(number int64, id string) int64 {
			q, err := s.QueueReply(t.Context(), store.Reply{Business: s.origin.Business, Ticket: number, Text: id, WhatsAppID: id})
			s.do("queue reply", err)
			return q.Message
		}
		failed := queue(1, "3EB0A")
		s.do("give up", s.ReplyFailed(t.Context(), failed, "", "No se puede."))
		s.clock.Advance(time.Second)
		limited := queue(1, "3EB0B")
		claimed, _, err := s.ClaimReply(t.Context(), limited, store.Terms{Lease: time.Minute})
		s.do("claim", err)
		s.do("limit", s.ReplyRetry(t.Context(), limited, store.Setback{Attempt: claimed.Attempts, At: s.clock.Now().Add(time.Hour), Limited: true}))
		queue(2, "3EB0C")
		_, err = s.AddBeat(t.Context(), store.Beat{Origin: s.origin, State: "limitado", Report: store.Report{Waiting: 4, Parked: 2, Oldest: time.Minute}},
			[]store.Trouble{{Kind: "whatsapp", Sentence: "x", Solution: "y"}})
		s.do("add beat", err)
		s.clock.Advance(10 * time.Minute)
		_, err = s.AddBeat(t.Context(), store.Beat{Origin: s.origin, State: "limitado", Report: store.Report{Waiting: 4, Parked: 2, Oldest: time.Minute}},
			[]store.Trouble{{Kind: "whatsapp", Sentence: "x", Solution: "y"}})
		s.do("add beat", err)
		_, err = s.RaiseAlerts(t.Context(), store.Alarm{After: 5 * time.Minute})
		s.do("raise alerts", err)

		got, err := s.Figures(t.Context())
		s.do("read figures", err)
		if diff := cmp.Diff(map[ticket.Delivery]int{ticket.DeliveryQueued: 1, ticket.DeliveryLimited: 1}, got.Waiting); diff != "" {
			t.Errorf("waiting (-want +got):\n%s", diff)
		}
		if got.Failed != 1 || !got.Oldest.Equal(since.Add(time.Second)) {
			t.Errorf("got %d failed and the oldest of %v, want 1 and %v", got.Failed, got.Oldest, since.Add(time.Second))
		}
		if diff := cmp.Diff(map[string]int{"whatsapp": 1}, got.Alerts); diff != "" {
			t.Errorf("alerts (-want +got):\n%s", diff)
		}
		if len(got.Beats) != 1 || got.Beats[0].State != "limitado" || got.Beats[0].Report.Waiting != 4 || !got.Beats[0].At.Equal(s.clock.Now()) {
			t.Errorf("got beats %+v, want the last one", got.Beats)
		}
	})
}

func TestCommitsAndTransactionsThatFailAreTold(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		commits, failures := 0, 0
		s := storetest.OpenURL(t, url, func(o *store.Options) {
			o.Meters = store.Meters{
				Committed: func(callers int, took time.Duration) {
					if callers != 1 || took < 0 {
						t.Errorf("got %d callers and %v, want one", callers, took)
					}
					commits++
				},
				Failed: func() { failures++ },
			}
		})
		storetest.Origin(t, s)
		before := commits
		if before == 0 {
			t.Error("got no commit of the business, want one")
		}
		if err := s.ReplySent(t.Context(), 12345, ""); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("got %v, want not found", err)
		}
		if commits != before || failures != 0 {
			t.Errorf("got %d commits and %d failures after a refusal, want %d and none: nothing is wrong with the database", commits, failures, before)
		}
	})
}
