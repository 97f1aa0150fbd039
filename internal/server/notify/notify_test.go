package notify_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestManyTicketsInAMinuteBecomeOneNotice(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.write("5215500000000", "A0", "antes de que nadie escuche")
		s.listen()
		for i := range 12 {
			s.write(fmt.Sprintf("52155000000%02d", i+1), fmt.Sprintf("A%d", i+1), "no prende")
		}
		s.write("5215500000001", "A20", "y hace ruido") // a burst of one customer is one ticket
		s.settle(5 * time.Second)
		s.wantNone()
		s.settle(10 * time.Second)
		s.wantOne("12 tickets nuevos")
		s.write("5215500000050", "B1", "hola")
		s.settle(30 * time.Second)
		s.wantNone() // within a minute of the last one
		s.write("5215500000051", "B2", "hola")
		s.settle(31 * time.Second)
		s.wantOne("2 tickets nuevos")
		s.settle(time.Hour)
		s.wantNone()
	})
}

func TestNamesAndTitlesGoAlongOnlyWhenTheBusinessSaysSo(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.listen()
		s.write("5215500000001", "A1", "mi laptop no prende")
		s.settle(time.Minute)
		if got := s.wantOne("Ticket nuevo: 1"); strings.Contains(got.body, "Ana") || strings.Contains(got.body, "laptop") || strings.Contains(got.body, "5500000001") {
			t.Errorf("got %q, want nothing personal in it", got.body)
		}
		s.say(func(n *store.NoticeSettings) { n.Detail = true })
		s.write("5215500000002", "A2", "la impresora no imprime")
		s.settle(2 * time.Minute)
		s.wantOne("Ana Torres", "impresora")
	})
}

func TestQuietHoursHoldEverythingButTheUrgent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.openFrom9To18()
		s.listen()
		s.say(func(n *store.NoticeSettings) { n.QuietFrom, n.QuietTo, n.Wait = 22*60, 7*60, 0 })
		s.clock.Advance(12*time.Hour + 30*time.Minute) // 22:30
		s.write("5215500000001", "A1", "no prende")
		s.write("5215500000002", "A2", "tampoco")
		s.settle(time.Minute)
		s.wantNone()
		s.write("5215500000003", "A3", "sale humo")
		s.settle(0)
		s.wantOne("Urgente", "Ticket nuevo: 3")
		s.settle(8 * time.Hour)
		s.wantNone() // 06:32
		s.settle(30 * time.Minute)
		s.wantOne("2 tickets nuevos")
		s.say(func(n *store.NoticeSettings) { n.Urgent = false })
		s.clock.Advance(16 * time.Hour)
		s.write("5215500000004", "A4", "otra vez humo")
		s.settle(time.Minute)
		s.wantNone()
	})
}

func TestATicketThatWaitsTooLongIsToldOnceCountingOpeningHours(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.openFrom9To18()
		s.say(func(n *store.NoticeSettings) { n.Events, n.Wait = []store.NoticeKind{store.NoticeWaiting}, time.Hour })
		s.listen()
		s.clock.Advance(7*time.Hour + 30*time.Minute) // 17:30
		s.write("5215500000001", "A1", "no prende")
		answered := s.write("5215500000002", "A2", "hola")
		s.settle(10 * time.Hour) // 03:30, closed
		s.settle(0)
		s.wantNone()
		s.setStatus(answered, "resolved")
		s.settle(5*time.Hour + 59*time.Minute) // 09:29
		s.settle(0)
		s.wantNone()
		s.clock.Advance(2 * time.Minute)
		s.settle(time.Minute)
		s.wantOne("El ticket 1 sigue sin respuesta")
		s.settle(time.Hour)
		s.settle(time.Hour)
		s.wantNone()
	})
}

func TestATicketOfAClockThatWasAheadHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.say(func(n *store.NoticeSettings) { n.Events, n.Wait = []store.NoticeKind{store.NoticeWaiting}, time.Hour })
		s.listen()
		s.clock.Advance(30 * 24 * time.Hour)
		s.write("5215500000001", "A1", "no prende")
		s.clock.Advance(-30 * 24 * time.Hour)
		s.write("5215500000002", "A2", "tampoco")
		s.settle(time.Minute)
		s.settle(time.Minute)
		s.wantOne("El ticket 1 sigue sin respuesta") // since when, nobody knows
		s.settle(time.Hour)
		s.settle(time.Minute)
		s.wantOne("El ticket 2 sigue sin respuesta")
	})
}

func TestAnAnswerBeforeTheNoticeLeavesWasInTime(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.say(func(n *store.NoticeSettings) { n.Events = []store.NoticeKind{store.NoticeWaiting} })
		s.listen()
		n := s.write("5215500000001", "A1", "no prende")
		s.clock.Advance(61 * time.Minute)
		s.settle(0)
		s.setStatus(n, "in_progress")
		s.settle(time.Minute)
		s.wantNone()
	})
}

func TestTheLaptopsTroubleItsEndAndLostRepliesAreTold(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.listen()
		s.lasting(store.Trouble{Kind: "logged_out", Sentence: "WhatsApp cerró la sesión.", Solution: "Escanee el QR."})
		s.wantOne("Hay un problema", "WhatsApp cerró la sesión. Escanee el QR.")
		s.beat()
		s.settle(time.Minute)
		s.wantOne("Ya se arregló un problema", "WhatsApp cerró la sesión.")

		n := s.write("5215500000001", "A1", "no prende")
		q, err := s.QueueReply(t.Context(), store.Reply{Business: s.origin.Business, Ticket: n, Text: "hola", WhatsAppID: "R1"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.ReplyFailed(t.Context(), q.Message, "", "Ese número no tiene WhatsApp."); err != nil {
				t.Fatal(err)
			}
		}
		s.settle(time.Minute)
		s.wantOne("No salió una respuesta del ticket 1", "Ticket nuevo: 1")
	})
}

func TestAChannelThatFailsSaysWhyAndIsSwitchedOffAfterFiveDays(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		c := s.listen()
		s.there.answer(http.StatusForbidden)
		s.write("5215500000001", "A1", "no prende")
		if failures := s.look(time.Minute); len(failures) != 1 {
			t.Fatalf("got %v, want one failure", failures)
		}
		if got := s.channel(c.ID); got.LastError == "" || got.FailingSince.IsZero() || !got.On() || !strings.Contains(got.LastError, "403") {
			t.Errorf("got %+v, want why it failed", got)
		}
		if strings.Contains(s.log.String(), "127.0.0.1") {
			t.Errorf("got log %s, want no address in it", s.log)
		}
		s.there.take()
		s.there.answer(http.StatusOK)
		s.settle(0)
		s.wantOne("Ticket nuevo: 1") // it was kept
		if got := s.channel(c.ID); got.LastError != "" || !got.FailingSince.IsZero() || got.LastOKAt.IsZero() {
			t.Errorf("got %+v, want all well again", got)
		}

		s.there.answer(http.StatusInternalServerError)
		for day := range 7 {
			s.write(fmt.Sprintf("521550000001%d", day), fmt.Sprintf("D%d", day), "no prende")
			s.look(time.Minute)
			if off := !s.channel(c.ID).On(); off != (day >= 5) {
				t.Errorf("day %d: got off %v", day, off)
			}
			s.clock.Advance(24 * time.Hour)
		}
		if got := s.channel(c.ID); !got.GaveUp {
			t.Errorf("got %+v, want it to say that it gave up", got)
		}
		s.there.take()
		s.there.answer(http.StatusOK)
		s.settle(time.Hour)
		s.wantNone()
		if _, err := s.ChangeChannel(t.Context(), s.origin.Business, 0, c.ID, func(c *store.Channel) { c.OffAt = time.Time{} }); err != nil {
			t.Fatal(err)
		}
		s.settle(time.Hour)
		s.wantNone() // it hears from now on only
		s.write("5215500000099", "Z", "hola")
		s.settle(time.Minute)
		s.wantOne("Ticket nuevo")
	})
}

func TestWhatIsGivenUpIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.listen()
		s.hook(store.NoticeOpened)
		s.there.answer(http.StatusBadGateway)
		s.write("5215500000001", "A1", "no prende")
		if failures := s.look(time.Minute); len(failures) != 2 {
			t.Fatalf("got %v, want two failures", failures)
		}
		if err := s.GiveUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.there.take()
		s.there.answer(http.StatusOK)
		s.settle(time.Hour)
		s.wantNone()
	})
}

func TestNobodyHearsOfATicketThatWasErasedNorForSomebodyWhoMayNotLogIn(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "luis", Role: "agent"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "eva", Role: "admin"}); err != nil {
			t.Fatal(err)
		}
		s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address(), User: user})
		n := s.write("5215500000001", "A1", "no prende")
		s.settle(0)
		l, err := s.Ticket(t.Context(), s.origin.Business, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EraseCustomer(t.Context(), s.origin.Business, 0, l.Contact.ID); err != nil {
			t.Fatal(err)
		}
		s.settle(time.Minute)
		s.wantNone()
		s.write("5215500000002", "A2", "no prende")
		s.settle(0)
		if err := s.SetDisabled(t.Context(), s.origin.Business, 0, user, true); err != nil {
			t.Fatal(err)
		}
		s.settle(time.Minute)
		s.wantNone()
	})
}

func TestNothingGathersForTheChannelsOfWhoMayNotLogIn(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "luis", Role: "agent"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "eva", Role: "admin"}); err != nil {
			t.Fatal(err)
		}
		disable := func(disabled bool) {
			if err := s.SetDisabled(t.Context(), s.origin.Business, 0, user, disabled); err != nil {
				t.Fatal(err)
			}
		}
		s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address(), User: user})
		n := s.write("5215500000001", "A1", "no prende")
		s.settle(time.Hour)
		s.there.take()
		disable(true)
		s.fail(n, "R1")
		s.settle(time.Hour)
		disable(false)
		s.settle(time.Hour)
		s.wantNone() // who is let in again hears of what comes after
		s.fail(n, "R2")
		s.settle(time.Hour)
		s.wantOne("No salió una respuesta del ticket 1")
		disable(true)
		s.fail(n, "R3")
		s.settle(time.Hour)
		s.listen()
		s.settle(time.Hour)
		s.wantNone() // and so does the first channel that somebody hears
	})
}

// fail has a reply to a ticket given up.
func (s *shop) fail(number int64, id string) {
	s.t.Helper()
	q, err := s.QueueReply(s.t.Context(), store.Reply{Business: s.origin.Business, Ticket: number, Text: "listo", WhatsAppID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.ReplyFailed(s.t.Context(), q.Message, "", "No se pudo."); err != nil {
		s.t.Fatal(err)
	}
}

func TestTryingAChannelTellsItSomethingAtOnceAndSaysHowItWent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		c := s.listen()
		got, err := s.Test(t.Context(), s.origin.Business, c.ID)
		if err != nil || got.LastError != "" || got.LastOKAt.IsZero() {
			t.Errorf("got %+v, %v, want success", got, err)
		}
		s.wantOne("Aviso de prueba")
		for status, part := range map[int]string{http.StatusFound: "302", http.StatusNotFound: "404"} {
			s.there.answer(status)
			got, err = s.Test(t.Context(), s.origin.Business, c.ID)
			if err != nil || !strings.Contains(got.LastError, part) {
				t.Errorf("got %+v, %v, want %s to be told", got, err, part)
			}
			s.wantOne() // no redirect is followed
		}
		s.there.Close()
		if got, err = s.Test(t.Context(), s.origin.Business, c.ID); err != nil || !strings.Contains(got.LastError, "no acepta la conexión") {
			t.Errorf("got %+v, %v, want it to be said that nobody is there", got, err)
		}
	})
}

func TestTheNetworkOfTheServerIsOutOfReach(t *testing.T) {
	s := openShop(t, t.TempDir()+"/tickets.db", false)
	hook, people := s.hook(store.NoticeOpened), s.listen()
	for _, c := range []store.Channel{hook, people} {
		got, err := s.Test(t.Context(), s.origin.Business, c.ID)
		if err != nil || !strings.Contains(got.LastError, "AVISOS_RED_LOCAL") {
			t.Errorf("got %+v, %v, want it refused with the way out", got, err)
		}
	}
	s.write("5215500000001", "A1", "no prende")
	if failures := s.look(time.Minute); len(failures) != 2 {
		t.Errorf("got %v, want both refused", failures)
	}
	s.wantNone()
}

func TestTwoServersOnOneDatabaseTellEachThingOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.listen()
		s.hook(store.NoticeOpened, store.NoticeMessage)
		other := notify.New(notify.Options{Store: s.Store, Jobs: jobs.New(jobs.Options{Store: s.Store, Log: zerolog.Nop()}), Now: s.clock.Now, Local: true, Log: zerolog.Nop()})
		for i := range 20 {
			s.write(fmt.Sprintf("52155000001%02d", i), fmt.Sprintf("P%d", i), "no prende")
		}
		var both errgroup.Group
		for range 4 {
			both.Go(func() error { return s.Look(t.Context()) })
			both.Go(func() error { return other.Look(t.Context()) })
		}
		if err := both.Wait(); err != nil {
			t.Fatal(err)
		}
		s.settle(time.Minute)
		events, people := 0, 0
		for _, h := range s.there.take() {
			if h.header.Get("webhook-id") != "" {
				events++
			} else if people++; !strings.Contains(h.body, "20 tickets nuevos") {
				t.Errorf("got %q, want all of them in one", h.body)
			}
		}
		if events != 40 || people != 1 {
			t.Errorf("got %d events and %d notices, want 40 and 1", events, people)
		}
	})
}

func TestTheMessageAfterAnErasedCustomerIsNotMissed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.hook(store.NoticeMessage)
		s.write("5215500000001", "A1", "uno")
		s.settle(0)
		s.wantOne()
		// On SQLite the next message gets the id of the one that is erased.
		l, err := s.Ticket(t.Context(), s.origin.Business, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.EraseCustomer(t.Context(), s.origin.Business, 0, l.Contact.ID); err != nil {
			t.Fatal(err)
		}
		s.write("5215500000002", "A2", "dos")
		s.settle(0)
		s.wantOne("mensaje.recibido")
	})
}

func TestTheMessageAfterTwoCustomersBecameOneIsNotMissed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.hook(store.NoticeMessage)
		var customers []int64
		for number, from := range []ticket.Identity{{LID: "111222333", Chat: "111222333@lid"}, {Phone: "5215500000001", Chat: "5215500000001@s.whatsapp.net"}} {
			in := store.Incoming{Origin: s.origin, From: from, Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "uno", WhatsAppID: "SAME"}
			if _, err := s.AddMessage(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			l, err := s.Ticket(t.Context(), s.origin.Business, int64(number)+1)
			if err != nil {
				t.Fatal(err)
			}
			customers = append(customers, l.Contact.ID)
		}
		s.settle(0)
		s.there.take()
		// On SQLite the next message gets the id of the one that was there twice.
		if err := s.MergeCustomers(t.Context(), s.origin.Business, 0, customers[0], customers[1]); err != nil {
			t.Fatal(err)
		}
		s.write("5215500000002", "A2", "dos")
		s.settle(0)
		s.wantOne("mensaje.recibido")
	})
}
