package wasim_test

import (
	"errors"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

func TestAClientIsLinkedByScanningItsCode(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	success := await(t, c, anyOf[*events.PairSuccess])
	if got, want := success.ID.ToNonAD(), s.Phone().JID(); got != want {
		t.Errorf("got paired number %v, want %v", got, want)
	}
	if got, want := success.LID.ToNonAD(), s.Phone().LID(); got != want {
		t.Errorf("got paired LID %v, want %v", got, want)
	}
	if got, want := success.BusinessName, "Negocio de prueba"; got != want {
		t.Errorf("got business name %q, want %q", got, want)
	}
	if !s.Phone().Linked() || s.Logins() != 1 {
		t.Errorf("got linked %v after %d logins, want true after 1", s.Phone().Linked(), s.Logins())
	}
}

func TestOnlyACodeThatIsShownNowCanBeScanned(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	codes := c.qr()
	if got, want := len(codes), 6; got != want {
		t.Errorf("got %d codes, want %d", got, want)
	}
	changed := []byte(codes[0])
	changed[len(changed)-20] ^= 1
	for _, code := range []string{"", "hola", "https://wa.me/settings/linked_devices#a,b,c,d,e", codes[0][:40]} {
		if err := s.Phone().ScanQR(soon(t), code); !errors.Is(err, wasim.ErrUnknownCode) {
			t.Errorf("got %v for %q, want %v", err, code, wasim.ErrUnknownCode)
		}
	}
	c.Disconnect()
	if err := s.Phone().ScanQR(soon(t), codes[0]); err == nil {
		t.Error("got no error for the code of a client that is gone, want one")
	}
}

func TestAClientMayRefuseToBeLinked(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	c.PrePairCallback = func(types.JID, string, string) bool { return false }
	codes := c.qr()
	if err := s.Phone().ScanQR(soon(t), codes[0]); !errors.Is(err, wasim.ErrRefused) {
		t.Errorf("got %v, want %v", err, wasim.ErrRefused)
	}
	if evt := await(t, c, anyOf[*events.PairError]); !errors.Is(evt.Error, whatsmeow.ErrPairRejectedLocally) {
		t.Errorf("got %v, want %v", evt.Error, whatsmeow.ErrPairRejectedLocally)
	}
	if s.Phone().Linked() {
		t.Error("got a linked device, want none")
	}
}
