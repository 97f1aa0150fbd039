package whatsapp_test

import (
	"errors"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
)

// lost has Ana send a message of which the device gets no ciphertext, and waits
// for its placeholder.
func (s *session) lost(ana *wasim.Customer, text string) string {
	s.t.Helper()
	id := ana.Send(&waE2E.Message{Conversation: proto.String(text)}, wasim.SendOptions{Unavailable: true, Reason: "fanout"})
	s.box.wait(s.t, "placeholder", placeholder(id))
	return id
}

func placeholder(id string) func(queue.Entry) bool {
	return func(e queue.Entry) bool { return e.Message.ID == id && e.Message.Undecoded }
}

func original(id string) func(queue.Entry) bool {
	return func(e queue.Entry) bool { return e.Message.ID == id && !e.Message.Undecoded }
}

func (s *session) asked(id string, times int) {
	s.t.Helper()
	if err := s.wa.Phone().WaitAsked(soon(s.t), id, times); err != nil {
		s.t.Fatalf("requests: got %d, want %d: %v", s.wa.Phone().Asked(id), times, err)
	}
}

// missing ends the session and returns how many messages it still wanted.
func (s *session) missing() int {
	s.t.Helper()
	s.stop()
	return whatsapp.Missing(s.Client)
}

func TestAMessageThatCannotBeReadIsAskedForUntilThePhoneBringsIt(t *testing.T) {
	t.Parallel()
	s := paired(t)
	for addressing, name := range []string{"phone", "LID", "phone only", "LID only"} {
		id := s.lost(s.wa.NewCustomer(wasim.Profile{Addressing: wasim.Addressing(addressing)}), "se perdió "+name)
		s.asked(id, 4)
		s.wa.Phone().AnswerResends(true)
		if got := s.box.wait(t, "message", original(id)).Message.Content; got != "se perdió "+name {
			t.Errorf("%s: got %q, want the text", name, got)
		}
		s.wa.Phone().AnswerResends(false)
	}
	if got := s.missing(); got != 0 {
		t.Errorf("still wanted: got %d, want none", got)
	}
}

func TestAMessageThatCannotBeReadIsStillWantedAfterARestart(t *testing.T) {
	t.Parallel()
	s := paired(t)
	id := s.lost(s.wa.NewCustomer(profile), "se perdió")
	if got := s.missing(); got != 1 {
		t.Fatalf("wanted: got %d, want 1", got)
	}
	before := s.wa.Phone().Asked(id)
	again := resume(t, s.wa, s.box, s.opts)
	again.asked(id, before+2)
	s.wa.Phone().AnswerResends(true)
	s.box.wait(t, "message", original(id))
	if got := again.missing(); got != 0 {
		t.Errorf("still wanted: got %d, want none", got)
	}
}

func TestAMessageThePhoneBringsToAFullDiskIsKeptUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	s := paired(t, whatsapp.SeldomAsking)
	ana := s.wa.NewCustomer(profile)
	s.box.id(t, ana.SendText("hola"))
	s.wa.Phone().AnswerResends(true)
	refused := make(chan struct{})
	var once sync.Once
	s.box.failWith(func(e queue.Entry) error {
		err := error(nil)
		if e.Message.Content == "se perdió" {
			once.Do(func() { close(refused); err = errors.New("disk full") })
		}
		return err
	})
	id := s.lost(ana, "se perdió")
	select {
	case <-refused:
	case <-soon(t).Done():
		t.Fatal("the phone brought nothing")
	}
	s.box.wait(t, "message", original(id))
	if got := s.wa.Phone().Asked(id); got != 1 {
		t.Errorf("requests: got %d, want one", got)
	}
	if got := s.missing(); got != 0 {
		t.Errorf("still wanted: got %d, want none", got)
	}
}

func TestAMessageTheSenderSendsAgainIsNotWantedAnyMore(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	id := ana.Send(&waE2E.Message{Conversation: proto.String("se oye mal")}, wasim.SendOptions{Broken: true})
	s.box.wait(t, "message", original(id))
	if got := s.missing(); got != 0 {
		t.Errorf("still wanted: got %d, want none", got)
	}
}

func TestAPhotoToBeSeenOnceIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	s := paired(t)
	id := s.wa.NewCustomer(profile).Send(&waE2E.Message{}, wasim.SendOptions{Unavailable: true})
	s.box.wait(t, "placeholder", placeholder(id))
	if got := s.missing(); got != 0 {
		t.Errorf("wanted: got %d, want none", got)
	}
}

// The line is cut in the middle of asking for a message that cannot be read. The
// line after it must not hear the end of it: WhatsApp would take the message for
// delivered although nobody was asked for it.
func TestALineThatIsCutDoesNotAcknowledgeOnTheNextOne(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	s.box.id(t, ana.SendText("hola"))
	for range 5 {
		s.wa.CutBeforeProcessing(1) // the request to the phone
		id := ana.Send(&waE2E.Message{Conversation: proto.String("se oye mal")}, wasim.SendOptions{Broken: true})
		s.box.wait(t, "message", original(id))
	}
	if got := s.wa.Strays(); len(got) != 0 {
		t.Errorf("acknowledged on another line: got %v, want none", got)
	}
}

func TestASessionThatCannotBeWrittenAcknowledgesNothing(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana, luis := s.wa.NewCustomer(profile), s.wa.NewCustomer(profile)
	s.box.id(t, ana.SendText("hola"))
	if err := whatsapp.FreezeStore(s.Client, true); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{ana.SendText("sigo aquí"): "sigo aquí", luis.SendText("primera vez"): "primera vez"}
	st := s.await("the line to end", func(st whatsapp.State) bool { return st.Name == whatsapp.StateNoSpace && !s.Connected() })
	if st.Reason == "" || st.Solution == "" {
		t.Errorf("got %+v, want it explained", st)
	}
	for id := range ids {
		if s.wa.Acked(id) || s.wa.Phone().Asked(id) > 0 {
			t.Errorf("got it acknowledged (%v) or asked for (%d times), want neither", s.wa.Acked(id), s.wa.Phone().Asked(id))
		}
	}
	if err := whatsapp.FreezeStore(s.Client, false); err != nil {
		t.Fatal(err)
	}
	for id, text := range ids {
		if got := s.box.id(t, id).Message; got.Content != text || got.Undecoded {
			t.Errorf("got %+v, want %q itself", got, text)
		}
		if err := s.wa.WaitAcked(soon(t), id); err != nil {
			t.Errorf("not acknowledged: %v", err)
		}
	}
	s.until(whatsapp.StateConnected)
}

// The keys of somebody known by number move to the LID once that is known.
func TestKeysThatCouldNotBeMovedAreMovedBeforeTheMessageComesAgain(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{Addressing: wasim.PhoneOnly})
	s.box.id(t, ana.SendText("hola"))
	ana.SetAddressing(wasim.ByPhone)
	if err := whatsapp.FreezeStore(s.Client, true); err != nil {
		t.Fatal(err)
	}
	id := ana.SendText("sigo aquí")
	s.await("the line to end", func(st whatsapp.State) bool { return st.Name == whatsapp.StateNoSpace && !s.Connected() })
	if err := whatsapp.FreezeStore(s.Client, false); err != nil {
		t.Fatal(err)
	}
	if got := s.box.id(t, id).Message; got.Content != "sigo aquí" || got.Undecoded {
		t.Errorf("got %+v, want the message itself", got)
	}
}

func TestAPlaceholderThatCouldNotBeStoredIsStoredByTheNextLifeOfTheBridge(t *testing.T) {
	t.Parallel()
	s := paired(t)
	s.box.failWith(func(queue.Entry) error { return errors.New("disk full") })
	id := s.wa.NewCustomer(profile).Send(&waE2E.Message{}, wasim.SendOptions{Unavailable: true, Reason: "fanout"})
	s.until(whatsapp.StateNoSpace)
	s.stop()
	s.box.failWith(nil)
	again := resume(t, s.wa, s.box, s.opts)
	s.box.wait(t, "placeholder", placeholder(id))
	again.stop()
	resume(t, s.wa, s.box, s.opts).stop()
	if got := len(s.box.all()); got != 1 {
		t.Errorf("stored: got %d, want the placeholder once", got)
	}
}
