package wasim_test

import (
	"testing"
	"time"

	"mostrador/internal/wasim"
)

func TestAMessageIsPutOnTheWireAsItsOptionsSay(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	at := time.Unix(1_700_000_000, 0)
	id := ana.Send(text("antiguo"), wasim.SendOptions{ID: "MINE", Type: "poll", Edit: "1", At: at})
	m := c.message(id)
	same(t, id, "MINE")
	same(t, m.Info.Type, "poll")
	same(t, string(m.Info.Edit), "1")
	same(t, m.Info.Timestamp.Unix(), at.Unix())
	ana.Send(text("otra vez"), wasim.SendOptions{ID: "MINE"})
	c.message(ana.SendText("fin"))
	same(t, c.count("MINE"), 2)
}

func TestTheServersClockStampsWhatItSends(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{FewKeys: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := newClient(t, s)
	if err := s.Phone().ScanQR(soon(t), c.qr()[0]); err != nil {
		t.Fatalf("scan: %v", err)
	}
	m := c.message(s.NewCustomer(wasim.Profile{}).SendText("hola"))
	same(t, m.Info.Timestamp.Unix(), now.Unix())
}

func TestAMessageGivenToSendMayBeChangedAfterwards(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	msg := text("como se envió")
	id := s.NewCustomer(wasim.Profile{}).Send(msg, wasim.SendOptions{})
	*msg.Conversation = "otra cosa"
	same(t, c.message(id).Message.GetConversation(), "como se envió")
}
