package whatsapp

import (
	"strings"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/wire"
)

// keyReceipt marks a receipt among the kinds of key.
const keyReceipt = "r"

// receiptStates are the receipts people want to know of. The others are about
// the business's own devices or the encryption (whatsmeow types/presence.go).
var receiptStates = map[types.ReceiptType]string{
	types.ReceiptTypeDelivered: wire.ReceiptDelivered,
	types.ReceiptTypeRead:      wire.ReceiptRead,
	types.ReceiptTypePlayed:    wire.ReceiptRead,
}

// receipt converts a receipt; false means that it says nothing of our messages.
func (c *converter) receipt(evt *events.Receipt) (queue.Entry, bool) {
	state, known := receiptStates[evt.Type]
	if !known || evt.IsFromMe || !c.wanted(evt.MessageSource) || len(evt.MessageIDs) == 0 {
		return queue.Entry{}, false
	}
	r := wire.Receipt{State: state}
	for _, id := range evt.MessageIDs {
		r.IDs = append(r.IDs, cleanID(id))
	}
	chat := evt.Chat.ToNonAD().String()
	return queue.Entry{
		Key: strings.Join([]string{chat, strings.Join(r.IDs, " "), state, keyReceipt}, "|"),
		// A row of their own: no message waits for a receipt.
		Chat:       chat + "|" + keyReceipt,
		Receipt:    &r,
		ReceivedAt: c.now(),
	}, true
}
