package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func TestTheOriginalMessageIsAWholeWebhook(t *testing.T) {
	const original = `{"remitente":"5214772758198@s.whatsapp.net","contenido":"no prende","imagen":"aG9sYQ=="}`
	var got wire.Webhook
	if err := json.Unmarshal([]byte(original), &got); err != nil {
		t.Fatal(err)
	}
	want := wire.Webhook{Sender: "5214772758198@s.whatsapp.net", Content: "no prende", Image: []byte("hola")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("webhook (-want +got):\n%s", diff)
	}
	back, err := json.Marshal(got)
	if err != nil || string(back) != original {
		t.Errorf("got %s, %v, want the original's bytes %s", back, err, original)
	}
}

func TestAMessageWithoutAPictureSaysNull(t *testing.T) {
	got, err := json.Marshal(wire.Webhook{Sender: "1", Content: "hola"})
	if want := `{"remitente":"1","contenido":"hola","imagen":null}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestEveryOptionalFieldSurvivesTheRoundTrip(t *testing.T) {
	thumb, at := "👍", time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	want := wire.Webhook{
		Sender: "1@lid", Content: "x", ID: "3EB0", Chat: "2@g.us", Phone: "52", LID: "1", Name: "Ana", Group: "Taller",
		Date: &at, Kind: "imagen", File: &wire.File{Name: "a.pdf", MIME: "application/pdf", Data: []byte{1}, State: wire.FileGone, Note: "n"},
		ReplyTo: "3EB1", Edited: true, Deleted: true, Reaction: &thumb, Own: true, Undecoded: true,
	}
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got wire.Webhook
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("webhook (-want +got):\n%s", diff)
	}
}

func TestNamesAreTotalDistinctAndReversible(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range ticket.Statuses() {
		name := wire.StatusName(s)
		back, ok := wire.ParseStatus(name)
		if !ok || back != s || seen[name] {
			t.Errorf("status %q: name %q parses as %q, %v; seen before: %v", s, name, back, ok, seen[name])
		}
		seen[name] = true
	}
	for _, p := range ticket.Priorities() {
		name := wire.PriorityName(p)
		if back, ok := wire.ParsePriority(name); !ok || back != p || seen[name] {
			t.Errorf("priority %q: name %q parses as %q, %v", p, name, back, ok)
		}
		seen[name] = true
	}
	for _, d := range []ticket.Delivery{
		ticket.DeliveryQueued, ticket.DeliveryLimited, ticket.DeliveryConfirm, ticket.DeliverySent, ticket.DeliveryDelivered,
		ticket.DeliveryRead, ticket.DeliveryFailed, ticket.DeliveryDiscarded,
	} {
		name := wire.DeliveryName(d)
		if name == "" || seen[name] {
			t.Errorf("delivery %q: got name %q, want one of its own", d, name)
		}
		seen[name] = true
	}
	for _, k := range []ticket.Kind{
		ticket.KindText, ticket.KindImage, ticket.KindAudio, ticket.KindVoice, ticket.KindVideo, ticket.KindDocument,
		ticket.KindSticker, ticket.KindLocation, ticket.KindContact, ticket.KindEdit, ticket.KindDeletion,
		ticket.KindReaction, ticket.KindUnreadable, ticket.KindOther,
	} {
		if back, ok := wire.ParseKind(wire.KindName(k)); !ok || back != k {
			t.Errorf("kind %q: name %q parses as %q, %v", k, wire.KindName(k), back, ok)
		}
	}
}

func TestUnknownNamesAreSaidToBeUnknown(t *testing.T) {
	if _, ok := wire.ParseStatus("abierto"); ok {
		t.Error("ParseStatus: got ok for an unknown name")
	}
	if _, ok := wire.ParseKind(""); ok {
		t.Error("ParseKind: got ok for an empty name")
	}
	if got := wire.KindName("hologram"); got != "otro" {
		t.Errorf("KindName of an unknown kind: got %q, want otro", got)
	}
}
