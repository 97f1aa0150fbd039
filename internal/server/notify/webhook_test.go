package notify_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"mostrador/internal/server/notify"
	"mostrador/internal/server/store"
)

// verify fails unless what was heard is signed with the secret, as the library
// for receivers sees it.
func verify(t *testing.T, h heard, secret string) {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.VerifyIgnoringTimestamp([]byte(h.body), h.header); err != nil {
		t.Errorf("verify %v: %v", h.header, err)
	}
}

func TestAWebhookHearsOfEachThingSignedAndWithNothingPersonal(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hook := s.hook(store.NoticeOpened, store.NoticeChanged, store.NoticeMessage)
		n := s.write("5215500000001", "A1", "mi laptop no prende")
		s.write("5215500000001", "A2", "es urgente, señores")
		s.setStatus(n, "in_progress")
		s.settle(0)
		kinds, ids := map[string]int{}, map[string]bool{}
		for _, h := range s.there.take() {
			verify(t, h, hook.Secret)
			if at := h.header.Get("webhook-timestamp"); at != strconv.FormatInt(s.clock.Now().Unix(), 10) || h.path != "/gancho" {
				t.Errorf("got timestamp %s at %s", at, h.path)
			}
			var e struct {
				Kind string    `json:"tipo"`
				At   time.Time `json:"fecha"`
				Data struct {
					Ticket struct {
						Number   int64  `json:"numero"`
						Status   string `json:"estado"`
						Priority string `json:"prioridad"`
					} `json:"ticket"`
				} `json:"datos"`
			}
			if err := json.Unmarshal([]byte(h.body), &e); err != nil || e.Data.Ticket.Number != n || e.Data.Ticket.Status != "en_proceso" || e.Data.Ticket.Priority != "normal" || !e.At.Equal(start) {
				t.Errorf("got %s, %v", h.body, err)
			}
			kinds[e.Kind]++
			ids[h.header.Get("webhook-id")] = true
			for _, personal := range []string{"Ana", "laptop", "5500000001", "señores"} {
				if strings.Contains(h.body, personal) {
					t.Errorf("got %s, want no %q in it", h.body, personal)
				}
			}
		}
		if kinds["ticket.creado"] != 1 || kinds["mensaje.recibido"] != 2 || kinds["ticket.cambiado"] != 1 || len(ids) != 4 {
			t.Errorf("got %v under %d ids, want one new ticket, two messages and one change", kinds, len(ids))
		}
		s.say(func(n *store.NoticeSettings) { n.Detail = true })
		s.write("5215500000002", "A3", "hola")
		s.settle(0)
		for _, body := range s.there.bodies() {
			if !strings.Contains(body, "Ana Torres") || strings.Contains(body, "mensaje.recibido") && !strings.Contains(body, `"texto":"hola"`) {
				t.Errorf("got %s, want names and texts now that the business says so", body)
			}
		}
	})
}

func TestARepeatedDeliveryHasTheSameIdAndAChangedSecretSignsBesideTheOldOneForADay(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hook := s.hook(store.NoticeOpened)
		s.write("5215500000001", "A1", "no prende")
		s.there.answer(http.StatusServiceUnavailable)
		if failures := s.look(0); len(failures) != 1 {
			t.Fatalf("got %v, want one failure", failures)
		}
		first := s.wantOne("ticket.creado")
		rotated, err := s.ChangeChannel(t.Context(), s.origin.Business, 0, hook.ID, func(c *store.Channel) {
			c.OldSecret, c.Secret, c.RotatedAt = c.Secret, notify.NewSecret(), s.clock.Now()
		})
		if err != nil {
			t.Fatal(err)
		}
		s.there.answer(http.StatusNoContent)
		s.settle(0)
		second := s.wantOne("ticket.creado")
		if a, b := first.header.Get("webhook-id"), second.header.Get("webhook-id"); a != b || a == "" || first.body != second.body {
			t.Errorf("got ids %q and %q with %s and %s, want the same", a, b, first.body, second.body)
		}
		verify(t, second, hook.Secret)
		verify(t, second, rotated.Secret)
		s.clock.Advance(25 * time.Hour)
		s.write("5215500000002", "A2", "no prende")
		s.settle(0)
		third := s.wantOne()
		verify(t, third, rotated.Secret)
		if strings.Contains(third.header.Get("webhook-signature"), " ") {
			t.Errorf("got %q, want the old secret out of use after a day", third.header.Get("webhook-signature"))
		}
	})
}

func TestAWebhookThatBeginsToWantMessagesGetsNoneFromBefore(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hook := s.hook(store.NoticeOpened)
		s.write("5215500000001", "A1", "de antes")
		s.settle(0)
		s.wantOne("ticket.creado")
		if _, err := s.ChangeChannel(t.Context(), s.origin.Business, 0, hook.ID, func(c *store.Channel) { c.Events = []store.NoticeKind{store.NoticeMessage} }); err != nil {
			t.Fatal(err)
		}
		s.write("5215500000001", "A2", "de ahora")
		s.settle(0)
		s.wantOne("mensaje.recibido")
	})
}

func TestTheWebhookOfACustomerLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hook := s.hook(store.NoticeMessage)
		before, err := s.TotalTickets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.write("5215500000001", "A1", "hola")
		if due, _, err := s.DueNotices(t.Context(), hook.ID); err != nil || len(due) > 0 {
			t.Errorf("got %v, %v, want nothing prepared while the customer waits", due, err)
		}
		if after, err := s.TotalTickets(t.Context()); err != nil || after != before+1 {
			t.Errorf("got %d, %v", after, err)
		}
	})
}
