package store_test

import (
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// failedFile is a reply with a file that failed, in a ticket that is old enough
// for its files to go.
func (s *shop) failedFile() store.Queued {
	s.t.Helper()
	s.keep(store.Keep{Photos: 10})
	s.add(s.fromAna("A1", "hola"))
	q := s.queue(store.Reply{Ticket: 1, Text: "mire", WhatsAppID: "R1", Kind: ticket.KindImage,
		File: &ticket.Attachment{File: "a.jpg", Name: "a.jpg", MIME: "image/jpeg", Size: 7, State: ticket.FileStored}})
	s.claimAll(1)
	s.do("fail", s.ReplyFailed(s.t.Context(), q.Message, "R1", "WhatsApp no lo aceptó."))
	s.setStatus(1, ticket.StatusResolved)
	s.clock.Advance(11 * day)
	return q
}

func (s *shop) retryFirst(q store.Queued) error {
	return s.RetryReply(s.t.Context(), store.Named{Business: s.origin.Business, Ticket: 1, Message: q.Message})
}

func TestAReplyWhoseFileIsGoneIsNotSentWithoutIt(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		q := s.failedFile()
		if got := s.retireAll(); got != (store.Retired{Photos: 1}) {
			t.Fatalf("got %+v deleted, want the file", got)
		}
		wantCode(t, s.retryFirst(q), ticket.CodeConflict)
		s.wantClaimed("its file is gone", "")
	})
}

func TestAReplyWhoseFileGoesWhileItIsRetriedFails(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		q := s.failedFile()
		for name, claim := range map[string]func(){
			"by a sweep": func() { s.wantClaimed("its file is gone", "") },
			"by a person": func() {
				_, wait, err := s.ClaimReply(t.Context(), q.Message, store.Terms{Lease: time.Minute})
				if wait != store.WaitOver || err != nil {
					t.Errorf("got %q, %v, want it over", wait, err)
				}
			},
		} {
			if _, err := rawDB(t, s.url).Exec(`UPDATE attachments SET file = 'a.jpg', state = 'stored'`); err != nil {
				t.Fatal(err)
			}
			s.do("retry", s.retryFirst(q))
			if _, err := rawDB(t, s.url).Exec(`UPDATE attachments SET file = NULL, state = 'unavailable'`); err != nil {
				t.Fatal(err)
			}
			claim()
			delivery, failure, err := s.ReplyOutcome(t.Context(), q.Message)
			if delivery != ticket.DeliveryFailed || failure != "El archivo ya no está en el servidor." || err != nil {
				t.Errorf("%s: got %s %q, %v, want it failed for its file", name, delivery, failure, err)
			}
		}
	})
}
