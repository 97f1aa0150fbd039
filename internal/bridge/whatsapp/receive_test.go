package whatsapp_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
)

var jpeg = append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), make([]byte, 2000)...)

func TestEveryKindArrivesInEveryAddressing(t *testing.T) {
	t.Parallel()
	s := paired(t)
	for addressing, name := range []string{"phone", "LID", "phone only", "LID only"} {
		ana := s.wa.NewCustomer(wasim.Profile{Addressing: wasim.Addressing(addressing)})
		first := ana.SendText("hola")
		for id, want := range map[string]string{
			first:                              "texto",
			ana.SendReply("sí", first):         "texto",
			ana.SendImage(jpeg, "mire"):        "imagen",
			ana.SendLocation(1, 2, "aquí", ""): "ubicacion",
			ana.SendContact("Luis", "BEGIN:VCARD\nTEL:123\nEND:VCARD"): "contacto",
			ana.React(first, "👍"):                                      "reaccion",
			ana.Edit(first, "hola!"):                                   "edicion",
			ana.Delete(first):                                          "borrado",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaAudio, Data: []byte("a"), MIME: "audio/mpeg"}):                                "audio",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaVoice, Data: []byte("a"), MIME: "audio/ogg"}):                                 "nota_de_voz",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaVideo, Data: []byte("a"), MIME: "video/mp4"}):                                 "video",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaVideoNote, Data: []byte("a")}):                                                "video",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaDocument, Data: []byte("a"), Name: "a.pdf"}):                                  "documento",
			ana.SendMedia(wasim.Media{Kind: wasim.MediaSticker, Data: []byte("a")}):                                                  "sticker",
			ana.Send(&waE2E.Message{PollCreationMessage: &waE2E.PollCreationMessage{Name: proto.String("¿?")}}, wasim.SendOptions{}): "otro",
		} {
			got := s.box.id(t, id).Message
			if got.Kind != want || got.Chat != ana.JID().String() {
				t.Errorf("%s: got %s in %s, want %s in %s", name, got.Kind, got.Chat, want, ana.JID())
			}
			if hidden := wasim.Addressing(addressing) == wasim.LIDOnly; hidden && got.Phone != "" || !hidden && got.Phone != ana.Phone() {
				t.Errorf("%s: got phone %q of %q", name, got.Phone, ana.Phone())
			}
			if (want == "edicion" || want == "borrado" || want == "reaccion") && got.ReplyTo != first {
				t.Errorf("%s: %s of %q, want of %q", name, want, got.ReplyTo, first)
			}
			if err := s.wa.WaitAcked(soon(t), id); err != nil {
				t.Errorf("%s: %s not acknowledged: %v", name, want, err)
			}
		}
	}
}

func TestAMessageThatCouldNotBeStoredIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	s.box.failWith(func(queue.Entry) error { return errors.New("disk full") })
	id := ana.SendText("importante")
	if st := s.until(whatsapp.StateNoSpace); st.Reason == "" || st.Solution == "" {
		t.Errorf("got %+v, want it explained", st)
	}
	if s.wa.Acked(id) {
		t.Error("acknowledged: got true before it was stored")
	}
	s.await("another connection", func(whatsapp.State) bool { return s.wa.Deliveries(id) > 1 })
	s.box.failWith(nil)
	if got := s.box.id(t, id).Message.Content; got != "importante" {
		t.Errorf("content: got %q", got)
	}
	if err := s.wa.WaitAcked(soon(t), id); err != nil {
		t.Errorf("not acknowledged: %v", err)
	}
	s.until(whatsapp.StateConnected)
}

func TestAMessageThatCannotBeProcessedBecomesANote(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	var tries atomic.Int32
	s.box.failWith(func(e queue.Entry) error {
		if e.Message.Content == "veneno" {
			tries.Add(1)
			panic(fmt.Sprint("cannot take ", e.Message.Kind))
		}
		return nil
	})
	id := ana.SendText("veneno")
	got := s.box.id(t, id).Message
	if !got.Undecoded || got.Kind != "ilegible" || !strings.Contains(got.Content, "teléfono: texto]") || got.Phone != ana.Phone() || got.Name != ana.Name() || got.Date == nil {
		t.Errorf("got %+v, want a note with Ana's address", got)
	}
	if n := tries.Load(); n != 10 {
		t.Errorf("tries: got %d, want 10", n)
	}
	if err := s.wa.WaitAcked(soon(t), id); err != nil {
		t.Errorf("not acknowledged: %v", err)
	}
	s.box.id(t, ana.SendText("siguiente"))
}

func TestAMessageThatCannotBeReadYetHasAPlaceholder(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	s.box.id(t, ana.SendText("hola"))
	id := ana.Send(&waE2E.Message{Conversation: proto.String("se oye mal")}, wasim.SendOptions{Broken: true})
	place := s.box.wait(t, "placeholder", func(e queue.Entry) bool { return e.Message.ID == id && e.Message.Undecoded })
	real := s.box.wait(t, "message", func(e queue.Entry) bool { return e.Message.ID == id && !e.Message.Undecoded })
	if real.Message.Content != "se oye mal" || real.Key == place.Key || real.Chat != place.Chat {
		t.Errorf("got %+v after %+v, want the text under another key", real, place)
	}
}

func TestAPlaceholderIsKeptUntilItCanBeStored(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	s.box.failWith(func(queue.Entry) error { return errors.New("disk full") })
	id := ana.Send(&waE2E.Message{}, wasim.SendOptions{Unavailable: true})
	s.until(whatsapp.StateNoSpace)
	s.box.failWith(nil)
	if got := s.box.id(t, id).Message; !got.Undecoded {
		t.Errorf("got %+v, want a placeholder", got)
	}
	s.until(whatsapp.StateConnected)
}

func TestWhatTheOwnerTypesOnThePhoneIsFiledUnderTheCustomer(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	got := s.box.id(t, s.wa.Phone().SendText(ana, "ya quedó")).Message
	if !got.Own || got.Phone != ana.Phone() || got.LID != ana.LID() || got.Content != "ya quedó" || got.Name != "" {
		t.Errorf("got %+v, want an own message to Ana", got)
	}
}

func TestGroupsStatusesAndChannelsAreLeftOut(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	group := s.wa.NewGroup("Taller", ana)
	for _, id := range []string{group.SendText(ana, "en grupo"), ana.PostStatus("estado"), s.wa.PostChannel("canal")} {
		if err := s.wa.WaitAcked(soon(t), id); err != nil {
			t.Errorf("not acknowledged: %v", err)
		}
	}
	s.box.id(t, ana.SendText("directo"))
	if got := s.box.all(); len(got) != 1 {
		t.Errorf("got %+v, want only the direct message", got)
	}
}

func TestGroupsCanBeWanted(t *testing.T) {
	t.Parallel()
	s := paired(t, func(o *whatsapp.Options) { o.Groups = true })
	ana, luis := s.wa.NewCustomer(wasim.Profile{}), s.wa.NewCustomer(wasim.Profile{Addressing: wasim.ByLID})
	group := s.wa.NewGroup("Taller", ana, luis)
	for _, who := range []*wasim.Customer{ana, luis} {
		entry := s.box.id(t, group.SendText(who, "hola a todos"))
		if m := entry.Message; m.Chat != group.JID().String() || m.Phone != who.Phone() || m.Sender != who.JID().String() || entry.Chat != m.Chat {
			t.Errorf("got %+v, want the group as chat and its member as sender", m)
		}
	}
}

func TestTheLineIsMadeAgainAfterADrop(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	for n := range 5 {
		s.wa.Drop()
		got := s.box.id(t, ana.SendText(fmt.Sprint("número ", n))).Message
		if want := fmt.Sprint("número ", n); got.Content != want {
			t.Errorf("got %q, want %q", got.Content, want)
		}
	}
	if err := s.wa.WaitOnline(soon(t)); err != nil {
		t.Errorf("online: %v", err)
	}
}
