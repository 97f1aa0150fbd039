package wasim_test

import (
	"path/filepath"
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

func TestAMessageTheHandlerRefusedComesAgainOnTheNextConnection(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	c.refuseMessages(true)
	first, second := ana.SendText("uno"), ana.SendText("dos")
	await(t, c, func(r refused) bool { return r.evt.(*events.Message).Info.ID == second })
	c.refuseMessages(false)
	third := ana.SendText("tres")
	c.message(third)
	acked(t, s, third)
	if c.count(first) != 0 || s.Acked(first) || s.Deliveries(first) != 1 {
		t.Errorf("got the refused message handled %d times and sent %d times, want 0 and 1", c.count(first), s.Deliveries(first))
	}
	s.Drop()
	same(t, c.message(first).Message.GetConversation(), "uno")
	same(t, c.message(second).Message.GetConversation(), "dos")
	acked(t, s, second)
	acked(t, s, first)
	same(t, s.Deliveries(first), 2)
	same(t, s.Deliveries(third), 1)
}

func TestWhatCameWhileTheDeviceWasOfflineArrivesInOrder(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana, beto := s.NewCustomer(wasim.Profile{}), s.NewCustomer(wasim.Profile{})
	c.Disconnect()
	var ids []string
	for range 20 {
		ids = append(ids, ana.SendText("a"), beto.SendText("b"))
	}
	c.connect()
	for _, id := range ids {
		c.message(id)
	}
	preview := await(t, c, func(e *events.OfflineSyncPreview) bool { return e.Messages > 1 })
	same(t, preview.Messages, len(ids))
	await(t, c, func(e *events.OfflineSyncCompleted) bool { return e.Count == len(ids) })
	c.mu.Lock()
	var order []string
	for _, evt := range c.events {
		if m, ok := evt.(*events.Message); ok && !m.Info.IsFromMe {
			order = append(order, m.Info.ID)
		}
	}
	c.mu.Unlock()
	for i := range ids {
		same(t, order[i], ids[i])
	}
}

func TestMoreThanAWindowOfMessagesArrivesInOrder(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	const count = 300
	ids := make([]string, count)
	for i := range ids {
		ids[i] = ana.SendText("hola")
	}
	acked(t, s, ids[count-1])
	for _, id := range ids {
		if c.count(id) != 1 {
			t.Fatalf("got message %s %d times, want once", id, c.count(id))
		}
	}
	same(t, s.Unacked(), 0)
}

func TestMessagesWaitForARestartedClient(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	path := filepath.Join(t.TempDir(), "session.db")
	c := openClient(t, s, openSession(t, path))
	if err := s.Phone().ScanQR(soon(t), c.qr()[0]); err != nil {
		t.Fatalf("scan: %v", err)
	}
	await(t, c, anyOf[*events.Connected])
	c.Disconnect()
	if err := c.db.Close(); err != nil {
		t.Fatalf("close session: %v", err)
	}
	id := s.NewCustomer(wasim.Profile{}).SendText("¿hay alguien?")
	again := openClient(t, s, openSession(t, path))
	again.connect()
	same(t, again.message(id).Message.GetConversation(), "¿hay alguien?")
	acked(t, s, id)
}

func TestAnUndecryptableMessageIsSentAgainWhenAskedFor(t *testing.T) {
	t.Parallel()
	for _, sync := range []bool{true, false} {
		s, c := linked(t, func(c *client) { c.SynchronousAck = sync })
		ana := s.NewCustomer(wasim.Profile{})
		c.message(ana.SendText("antes"))
		id := ana.Send(text("importante"), wasim.SendOptions{Broken: true})
		await(t, c, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
		m := c.message(id)
		same(t, m.Message.GetConversation(), "importante")
		same(t, m.RetryCount, 1)
		acked(t, s, id)
		same(t, s.Deliveries(id), 2)
		same(t, s.AskedAgain(id), 1)
		c.message(ana.SendText("después"))
	}
}

func TestAnUnavailableMessageIsBroughtByThePhone(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	s.Phone().AnswerResends(true)
	id := s.NewCustomer(wasim.Profile{}).Send(text("solo una vez"), wasim.SendOptions{Unavailable: true})
	lost := await(t, c, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
	same(t, lost.IsUnavailable, true)
	m := c.message(id)
	same(t, m.Message.GetConversation(), "solo una vez")
	if m.UnavailableRequestID == "" {
		t.Error("got no request id, want the one of the request to the phone")
	}
	acked(t, s, id)
}

func TestACustomerCanAskForAMessageAgain(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	ana.FailNextDecrypt()
	c.mustSendText(ana.JID(), "FIRST", "primero")
	same(t, arrives(t, ana, "FIRST").Text, "primero")
	c.message(ana.SendText("hola"))
	ana.FailNextDecrypt()
	c.mustSendText(ana.JID(), "SECOND", "segundo")
	same(t, arrives(t, ana, "SECOND").Text, "segundo")
	c.receipt("SECOND", types.ReceiptTypeRetry)
	c.receipt("SECOND", types.ReceiptTypeDelivered)
}

func TestAnUnacknowledgedReceiptComesAgain(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	ana.SetReceipts(false, false)
	c.mustSendText(ana.JID(), "OUT1", "hola")
	arrives(t, ana, "OUT1")
	c.Disconnect()
	ana.MarkRead("OUT1")
	c.connect()
	c.receipt("OUT1", types.ReceiptTypeRead)
}

func TestAPhoneThatIsOffSendsItsReceiptsLater(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	ana.SetOnline(false)
	c.mustSendText(ana.JID(), "OUT1", "hola")
	arrives(t, ana, "OUT1")
	c.message(ana.SendText("el recibo habría llegado antes que esto"))
	c.mu.Lock()
	for _, evt := range c.events {
		if r, ok := evt.(*events.Receipt); ok {
			t.Errorf("got receipt %v of a phone that is off, want none", r.MessageIDs)
		}
	}
	c.mu.Unlock()
	ana.SetOnline(true)
	c.receipt("OUT1", types.ReceiptTypeDelivered)
}

func TestTheBusinessMarksAMessageAsRead(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	m := c.message(ana.SendText("hola"))
	if err := c.MarkRead(soon(t), []string{m.Info.ID}, m.Info.Timestamp, m.Info.Chat, m.Info.Sender); err != nil {
		t.Fatalf("mark read: %v", err)
	}
	c.mustSendText(ana.JID(), "OUT1", "visto") // answered after the receipt was taken
	same(t, s.MarkedRead(m.Info.ID), true)
}
