package api

import (
	"encoding/json"
	"strings"
	"testing"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func FuzzAReceiptIsWellFormedOrRefused(f *testing.F) {
	for _, seed := range []string{
		`{"ids":["3EB0A"],"estado":"entregado"}`, `{"ids":["3EB0A","3EB0A"],"estado":"leido","x":1}`, `{"ids":[""],"estado":"leido"}`,
		`{"ids":["\u0000"],"estado":"leido"}`, `{"ids":null}`, `{"ids":["a"],"ids":["b"],"estado":"fallo"}`, `{"ids":["ñ"],"estado":"leido"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m wire.Receipt
		if json.Unmarshal(body, &m) != nil {
			return
		}
		got, err := convertReceipt(m)
		if err != nil {
			if code := ticket.CodeOf(err); code != ticket.CodeInvalid {
				t.Errorf("got %q (%v), want a refusal with a sentence", code, err)
			}
			return
		}
		if got.Delivery != ticket.DeliveryDelivered && got.Delivery != ticket.DeliveryRead || len(got.IDs) == 0 || len(got.IDs) > maxReceipts {
			t.Errorf("got %+v, want a whole receipt", got)
		}
		for _, id := range got.IDs {
			if id == "" || len(id) > wire.MaxID || strings.ContainsAny(id, " \x00\n") {
				t.Errorf("got id %q, want one of WhatsApp's", id)
			}
		}
	})
}
