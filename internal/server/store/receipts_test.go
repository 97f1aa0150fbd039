package store_test

import (
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *shop) receipt(state ticket.Delivery, ids ...string) {
	s.t.Helper()
	s.do("add receipt", s.AddReceipt(s.t.Context(), store.Receipt{Origin: s.origin, IDs: ids, Delivery: state}))
}

func (s *shop) wantNotice(what string, want ticket.Delivery) {
	s.t.Helper()
	if l := s.ticket(1); l.Notice == nil || l.Notice.Delivery != want {
		s.t.Errorf("%s: got notice %+v, want %q", what, l.Notice, want)
	}
}

func TestReceiptsOnlyMoveAMessageForward(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		q := s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		s.wantClaimed("due", "R1")
		s.do("note sent reply", s.ReplySent(t.Context(), q.Message, ""))
		s.receipt(ticket.DeliveryDelivered, "unknown", "R1")
		s.wantNotice("after delivery", ticket.DeliveryDelivered)
		s.receipt(ticket.DeliveryRead, "R1")
		s.wantNotice("after reading", ticket.DeliveryRead)
		s.receipt(ticket.DeliveryDelivered, "R1")
		s.do("note sent reply", s.ReplySent(t.Context(), q.Message, ""))
		s.wantNotice("after late news", ticket.DeliveryRead)
	})
}

func TestAReceiptProvesThatAReplyThoughtToWaitWasSent(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		s.receipt(ticket.DeliveryDelivered, "R1")
		s.wantNotice("after delivery", ticket.DeliveryDelivered)
		s.wantClaimed("nothing is left to send", "")
		if l := s.ticket(1); l.Unread != 0 || l.Status != ticket.StatusInProgress {
			t.Errorf("got %d unread and status %q, want an answered ticket", l.Unread, l.Status)
		}
	})
}

func TestAReceiptTouchesNeitherIncomingMessagesNorOtherBusinesses(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		s.queue(store.Reply{Ticket: 1, Text: "recibido", WhatsAppID: "R1", Purpose: store.PurposeReceived})
		s.receipt(ticket.DeliveryRead, "A1")
		stranger := store.Receipt{Origin: store.Origin{Business: s.origin.Business + 1}, IDs: []string{"R1"}, Delivery: ticket.DeliveryRead}
		s.do("add receipt", s.AddReceipt(t.Context(), stranger))
		s.wantNotice("after foreign news", ticket.DeliveryQueued)
		if m := s.conversation(1)[0]; m.Delivery != "" {
			t.Errorf("incoming message: got delivery %q, want none", m.Delivery)
		}
	})
}
