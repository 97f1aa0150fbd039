package whatsapp_test

import (
	"testing"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

func TestReceiptsOfWhatWeSendAreQueuedApartFromMessages(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	asked := s.box.id(t, ana.SendText("hola"))
	id, err := s.Send(soon(t), wire.Send{To: ana.JID().String(), Text: "recibido"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ana.Wait(soon(t), func(m wasim.Received) bool { return m.ID == id }); err != nil {
		t.Fatal(err)
	}
	ana.MarkRead(id)
	for _, state := range []string{wire.ReceiptDelivered, wire.ReceiptRead} {
		got := s.box.wait(t, "receipt "+state, func(e queue.Entry) bool { return e.Receipt != nil && e.Receipt.State == state })
		if len(got.Receipt.IDs) != 1 || got.Receipt.IDs[0] != id || got.Chat == asked.Chat || got.Key == "" {
			t.Errorf("receipt %q: got %+v, want one of message %s in a row of its own", state, got, id)
		}
	}
}
