package whatsapp_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"

	"go.mau.fi/whatsmeow/proto/waE2E"
)

func TestAFullDiskIsSurvivedByEverythingThatComesMeanwhile(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana, luis := s.wa.NewCustomer(profile), s.wa.NewCustomer(profile)
	ana.SetReceipts(false, false)
	answer, err := s.Send(soon(t), wire.Send{To: ana.Phone(), Text: "ya quedó"})
	if err != nil {
		t.Fatal(err)
	}
	receives(t, ana, answer)
	tries := make(chan struct{}, 1000)
	s.box.failWith(func(queue.Entry) error {
		tries <- struct{}{}
		return fmt.Errorf("write file: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	})
	said, called := ana.SendText("¿cuánto es?"), luis.Call()
	lost := luis.Send(&waE2E.Message{}, wasim.SendOptions{Unavailable: true, Reason: "fanout"})
	ana.MarkRead(answer)
	st := s.await("the full disk", func(st whatsapp.State) bool { return strings.HasPrefix(st.Reason, "Disco lleno") })
	if st.Name != whatsapp.StateNoSpace || !strings.Contains(st.Solution, "Borre archivos") {
		t.Errorf("got %+v, want it said plainly", st)
	}
	for range 6 {
		select {
		case <-tries:
		case <-soon(t).Done():
			t.Fatal("got no further try to store")
		}
	}
	if s.wa.Acked(said) || s.wa.Unacked() < 2 || len(s.box.all()) > 0 {
		t.Errorf("got message acknowledged: %v, %d waiting and %d stored, want neither message nor receipt acknowledged", s.wa.Acked(said), s.wa.Unacked(), len(s.box.all()))
	}
	s.box.failWith(nil)
	s.box.id(t, said)
	s.box.wait(t, "call", func(e queue.Entry) bool { return e.Message.ID == called })
	s.box.wait(t, "placeholder", placeholder(lost))
	s.box.wait(t, "receipt", func(e queue.Entry) bool {
		return e.Receipt != nil && e.Receipt.State == wire.ReceiptRead && e.Receipt.IDs[0] == answer
	})
	if err := s.wa.WaitIdle(soon(t)); err != nil {
		t.Errorf("unacknowledged: got %d, want none", s.wa.Unacked())
	}
	s.until(whatsapp.StateConnected)
}

func TestAnotherTroubleThanAFullDiskIsNotCalledOne(t *testing.T) {
	t.Parallel()
	s := paired(t)
	s.box.failWith(func(queue.Entry) error { return errors.New("permission denied") })
	s.wa.NewCustomer(profile).SendText("hola")
	if st := s.until(whatsapp.StateNoSpace); strings.Contains(st.Reason, "lleno") || !strings.Contains(st.Solution, "permiso") {
		t.Errorf("got %+v, want the permission named", st)
	}
}
