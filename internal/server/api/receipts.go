package api

import (
	"fmt"
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// maxReceipts is how many messages one receipt may name; WhatsApp has been
	// seen to join dozens when a phone comes back.
	maxReceipts = 1000
	// receiptLimit is the size of the largest receipt, in bytes.
	receiptLimit = maxReceipts*(wire.MaxID+3) + 1024
)

// takeReceipt takes the bridge's news of how far replies have come.
func (s *server) takeReceipt(w http.ResponseWriter, r *http.Request) error {
	var m wire.Receipt
	if err := httpx.Decode(w, r, receiptLimit, &m); err != nil {
		return fmt.Errorf("decode receipt: %w", err)
	}
	receipt, err := convertReceipt(m)
	if err != nil {
		return fmt.Errorf("read receipt: %w", err)
	}
	receipt.Origin = auth.From(r.Context()).Origin
	if err := s.Store.AddReceipt(r.Context(), receipt); err != nil {
		return fmt.Errorf("store receipt: %w", err)
	}
	s.Outbox.Alive(receipt.Bridge)
	httpx.WriteJSON(w, http.StatusOK, wire.ReceiptReply{Status: "ok"})
	return nil
}

func convertReceipt(m wire.Receipt) (store.Receipt, error) {
	states := map[string]ticket.Delivery{wire.ReceiptDelivered: ticket.DeliveryDelivered, wire.ReceiptRead: ticket.DeliveryRead}
	delivery, ok := states[m.State]
	if !ok {
		return store.Receipt{}, invalid("estado", "debe ser «entregado» o «leido»")
	}
	if len(m.IDs) == 0 || len(m.IDs) > maxReceipts {
		return store.Receipt{}, invalid("ids", fmt.Sprintf("debe tener entre 1 y %d identificadores", maxReceipts))
	}
	for _, id := range m.IDs {
		if id == "" || !wire.ValidID(id) {
			return store.Receipt{}, invalid("ids", "tiene algo que no es un identificador de WhatsApp")
		}
	}
	return store.Receipt{IDs: m.IDs, Delivery: delivery}, nil
}
