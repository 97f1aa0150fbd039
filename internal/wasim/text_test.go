package wasim_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types"

	"mostrador/internal/wasim"
)

func TestATextArrivesAndIsAcknowledgedOnce(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{Phone: "5214772758198", Name: "Ana"})
	id := ana.SendText("mi lap no prende")
	m := c.message(id)
	if got, want := m.Message.GetConversation(), "mi lap no prende"; got != want {
		t.Errorf("got text %q, want %q", got, want)
	}
	if got, want := m.Info.PushName, "Ana"; got != want {
		t.Errorf("got name %q, want %q", got, want)
	}
	if m.Info.IsFromMe || m.Info.IsGroup {
		t.Errorf("got from me %v and group %v, want neither", m.Info.IsFromMe, m.Info.IsGroup)
	}
	acked(t, s, id)
	if got := s.Deliveries(id); got != 1 {
		t.Errorf("got %d deliveries, want 1", got)
	}
}

func TestAnAnswerIsReadByTheCustomerAndReceiptsComeBack(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	ana.SetReceipts(true, true)
	c.message(ana.SendText("hola"))
	c.mustSendText(ana.JID(), "OUT1", "recibimos tu equipo")
	got := arrives(t, ana, "OUT1")
	if got.Text != "recibimos tu equipo" || got.Copies != 1 {
		t.Errorf("got %q %d times, want %q once", got.Text, got.Copies, "recibimos tu equipo")
	}
	if r := c.receipt("OUT1", types.ReceiptTypeDelivered); r.Sender.User != ana.LID() || r.SenderAlt.User != ana.Phone() {
		t.Errorf("got receipt of %v (%v), want of %s (%s)", r.Sender, r.SenderAlt, ana.LID(), ana.Phone())
	}
	c.receipt("OUT1", types.ReceiptTypeRead)
}

func TestAConversationGoesOnInBothDirections(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	for range 5 {
		id := ana.SendText("pregunta")
		c.message(id)
		out := c.GenerateMessageID()
		c.mustSendText(ana.JID(), out, "respuesta")
		if got := arrives(t, ana, out).Text; got != "respuesta" {
			t.Errorf("got %q, want respuesta", got)
		}
		acked(t, s, id)
	}
}

func TestACustomerIsNamedAsTheirAddressingSays(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	for _, tc := range []struct {
		name          string
		addressing    wasim.Addressing
		server, other string
	}{
		{"by phone", wasim.ByPhone, types.DefaultUserServer, types.HiddenUserServer},
		{"by LID", wasim.ByLID, types.HiddenUserServer, types.DefaultUserServer},
		{"phone only", wasim.PhoneOnly, types.DefaultUserServer, ""},
		{"LID only", wasim.LIDOnly, types.HiddenUserServer, ""},
	} {
		who := s.NewCustomer(wasim.Profile{Addressing: tc.addressing})
		m := c.message(who.SendText(tc.name))
		if m.Info.Sender.Server != tc.server || m.Info.SenderAlt.Server != tc.other {
			t.Errorf("%s: got sender %v and alternative %v, want at %q and %q",
				tc.name, m.Info.Sender, m.Info.SenderAlt, tc.server, tc.other)
		}
		out := c.GenerateMessageID()
		c.mustSendText(m.Info.Chat, out, "gracias")
		arrives(t, who, out)
	}
}
