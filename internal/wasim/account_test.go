package wasim_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

func TestStrangersCanBeRefusedUntilTheyWrite(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	s.RefuseStrangers(true)
	ana := s.NewCustomer(wasim.Profile{})
	err := c.sendText(ana.JID(), "OUT1", "¿le interesa?")
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) || !strings.Contains(err.Error(), "463") {
		t.Errorf("got %v, want error 463", err)
	}
	c.message(ana.SendText("hola"))
	c.mustSendText(ana.JID(), "OUT2", "dígame")
	arrives(t, ana, "OUT2")
}

func TestTheClientIsToldOfARestriction(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	until := time.Unix(2_000_000_000, 0)
	s.RestrictNewChats(until)
	lock := await(t, c, func(e *events.NotifyAccountReachoutTimelock) bool { return e.IsActive })
	same(t, lock.TimeEnforcementEnds.Unix(), until.Unix())
	s.RestrictNewChats(time.Time{})
	await(t, c, func(e *events.NotifyAccountReachoutTimelock) bool { return !e.IsActive })
}

func TestACallRingsAndEnds(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	for _, addressing := range []wasim.Addressing{wasim.ByPhone, wasim.ByLID} {
		ana := s.NewCustomer(wasim.Profile{Addressing: addressing})
		id := ana.Call()
		offer := await(t, c, func(e *events.CallOffer) bool { return e.CallID == id })
		same(t, offer.From, ana.JID())
		await(t, c, func(e *events.CallTerminate) bool { return e.CallID == id })
	}
	if err := s.WaitIdle(soon(t)); err != nil {
		t.Errorf("got calls not acknowledged (%v), want acknowledged", err)
	}
}

func TestACustomerWithANewPhoneIsUnderstoodInBothDirections(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	c.message(ana.SendText("uno"))
	c.mustSendText(ana.JID(), "OUT1", "dos")
	if err := ana.ChangePhone(); err != nil {
		t.Fatalf("change phone: %v", err)
	}
	// The client still writes to the old phone; the new one asks for it again.
	c.mustSendText(ana.JID(), "OUT2", "tres")
	same(t, arrives(t, ana, "OUT2").Text, "tres")
	c.receipt("OUT2", types.ReceiptTypeRetry)
	if err := ana.ChangePhone(); err != nil {
		t.Fatalf("change phone: %v", err)
	}
	same(t, c.message(ana.SendText("cuatro")).Message.GetConversation(), "cuatro")
	await(t, c, anyOf[*events.IdentityChange])
}

func TestAllOneTimeKeysAreUploadedByDefault(t *testing.T) {
	t.Parallel()
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{Phone: "5491122334455", LID: "123456789", Name: "Taller"})
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := newClient(t, s)
	if err := s.Phone().ScanQR(soon(t), c.qr()[0]); err != nil {
		t.Fatalf("scan: %v", err)
	}
	// 812, and some are used at once.
	if err := s.WaitPreKeys(soon(t), 800); err != nil {
		t.Errorf("got less than 800 keys (%v), want them", err)
	}
	success := await(t, c, anyOf[*events.PairSuccess])
	same(t, success.ID.User, "5491122334455")
	same(t, success.LID.User, "123456789")
	same(t, success.BusinessName, "Taller")
}
