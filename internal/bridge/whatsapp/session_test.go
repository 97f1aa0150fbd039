package whatsapp_test

import (
	"testing"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

func TestACustomersTextArrivesAndTheAnswerGoesBack(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{Name: "Ana"})
	id := ana.SendText("mi lap no prende")
	got := s.box.id(t, id).Message
	if got.Content != "mi lap no prende" || got.Phone != ana.Phone() || got.LID != ana.LID() || got.Name != "Ana" || got.Kind != "texto" {
		t.Errorf("got %+v, want Ana's text with both addresses", got)
	}
	sent, err := s.Send(soon(t), wire.Send{To: got.Chat, Text: "la revisamos"})
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	seen, err := ana.Wait(soon(t), func(r wasim.Received) bool { return r.ID == sent })
	if err != nil || seen.Text != "la revisamos" {
		t.Errorf("customer sees %q, %v, want the answer", seen.Text, err)
	}
	if st := s.State(); st.Name != whatsapp.StateConnected || st.Account != "5215550000001" {
		t.Errorf("state: got %+v, want connected with the business's number", st)
	}
}
