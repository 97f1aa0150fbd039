package wasim_test

import (
	"errors"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

// shownCode connects a client that shows a code for the business's number.
func shownCode(t *testing.T) (*wasim.Server, *client, string) {
	t.Helper()
	s := newServer(t)
	c := newClient(t, s)
	c.qr()
	code, err := c.PairPhone(soon(t), s.Phone().JID().User, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		t.Fatalf("get code: %v", err)
	}
	return s, c, code
}

func TestAClientIsLinkedByTypingItsCode(t *testing.T) {
	t.Parallel()
	s, c, code := shownCode(t)
	if err := s.Phone().EnterCode(soon(t), code); err != nil {
		t.Fatalf("enter code: %v", err)
	}
	await(t, c, anyOf[*events.PairSuccess])
	await(t, c, anyOf[*events.Connected])
	c.message(s.NewCustomer(wasim.Profile{}).SendText("hola"))
}

func TestAWrongCodeDoesNotLink(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if err := s.Phone().EnterCode(soon(t), "ABCD-EFGH"); !errors.Is(err, wasim.ErrUnknownCode) {
		t.Errorf("got %v without a client, want %v", err, wasim.ErrUnknownCode)
	}
	s, _, code := shownCode(t)
	wrong := "1111-1111"
	if code == wrong {
		wrong = "2222-2222"
	}
	for _, entered := range []string{"123", wrong} {
		if err := s.Phone().EnterCode(soon(t), entered); !errors.Is(err, wasim.ErrUnknownCode) {
			t.Errorf("got %v for %q, want %v", err, entered, wasim.ErrUnknownCode)
		}
	}
	same(t, s.Phone().Linked(), false)
}

func TestACodeIsOnlyGivenForTheOwnNumberAndAKnownBrowser(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	c := newClient(t, s)
	c.qr()
	if _, err := c.PairPhone(soon(t), "5219999999999", true, whatsmeow.PairClientChrome, "Chrome (Linux)"); !errors.Is(err, whatsmeow.ErrIQNotFound) {
		t.Errorf("got %v for another number, want %v", err, whatsmeow.ErrIQNotFound)
	}
	if _, err := c.PairPhone(soon(t), s.Phone().JID().User, true, whatsmeow.PairClientChrome, "Mostrador"); !errors.Is(err, whatsmeow.ErrIQBadRequest) {
		t.Errorf("got %v for an unknown browser, want %v", err, whatsmeow.ErrIQBadRequest)
	}
}

// scanned begins a scan of a client that must show a passkey.
func scanned(t *testing.T) (*wasim.Server, *client, <-chan error) {
	t.Helper()
	s := newServer(t)
	c := newClient(t, s)
	s.Phone().RequirePasskey(true)
	code := c.qr()[0]
	result, ctx := make(chan error, 1), soon(t)
	go func() { result <- s.Phone().ScanQR(ctx, code) }()
	return s, c, result
}

func TestAClientIsLinkedWithAPasskey(t *testing.T) {
	t.Parallel()
	s, c, result := scanned(t)
	request := await(t, c, anyOf[*events.PairPasskeyRequest])
	same(t, request.PublicKey.RelyingPartID, "whatsapp.com")
	answer, err := s.Phone().AnswerPasskey(request.PublicKey)
	if err != nil {
		t.Fatalf("answer: %v", err)
	}
	if err := c.SendPasskeyResponse(soon(t), answer); err != nil {
		t.Fatalf("send response: %v", err)
	}
	confirm := await(t, c, anyOf[*events.PairPasskeyConfirmation])
	same(t, confirm.SkipHandoffUX, true)
	same(t, confirm.Code, s.Phone().PasskeyCode())
	if err := c.SendPasskeyConfirmation(soon(t)); err != nil {
		t.Fatalf("send confirmation: %v", err)
	}
	if err := <-result; err != nil {
		t.Fatalf("got %v, want a link", err)
	}
	await(t, c, anyOf[*events.Connected])
}

func TestAWrongPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	s, c, _ := scanned(t)
	request := await(t, c, anyOf[*events.PairPasskeyRequest])
	answer, err := s.Phone().AnswerPasskey(request.PublicKey)
	if err != nil {
		t.Fatalf("answer: %v", err)
	}
	answer.Response.Signature[8] ^= 1
	if err := c.SendPasskeyResponse(soon(t), answer); !errors.Is(err, whatsmeow.ErrIQNotAuthorized) {
		t.Errorf("got %v, want %v", err, whatsmeow.ErrIQNotAuthorized)
	}
	same(t, s.Phone().Linked(), false)
}
