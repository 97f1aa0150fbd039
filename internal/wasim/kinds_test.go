package wasim_test

import (
	"bytes"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

// jpeg is enough of a picture to be recognised as one.
func jpeg() []byte {
	return append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), bytes.Repeat([]byte("foto"), 500)...)
}

// kind is a sort of message: how it is sent and what must be seen of it.
type kind struct {
	name string
	send func(*wasim.Customer) string
	want func(*testing.T, *client, *events.Message)
}

func textKinds() []kind {
	return []kind{
		{"text", func(c *wasim.Customer) string { return c.SendText("hola ñandú 🙂") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetConversation(), "hola ñandú 🙂")
			}},
		{"reply to an unknown message", func(c *wasim.Customer) string { return c.SendReply("sí", "XYZ") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetExtendedTextMessage().GetText(), "sí")
				same(t, m.Message.GetExtendedTextMessage().GetContextInfo().GetStanzaID(), "XYZ")
			}},
		{"location", func(c *wasim.Customer) string { return c.SendLocation(19.43, -99.13, "Zócalo", "CDMX") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetLocationMessage().GetDegreesLatitude(), 19.43)
				same(t, m.Message.GetLocationMessage().GetDegreesLongitude(), -99.13)
				same(t, m.Message.GetLocationMessage().GetName(), "Zócalo")
			}},
		{"contact", func(c *wasim.Customer) string { return c.SendContact("Beto", "BEGIN:VCARD\nEND:VCARD") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetContactMessage().GetDisplayName(), "Beto")
				same(t, m.Message.GetContactMessage().GetVcard(), "BEGIN:VCARD\nEND:VCARD")
			}},
		{"reaction", func(c *wasim.Customer) string { return c.React("XYZ", "👍") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetReactionMessage().GetText(), "👍")
				same(t, m.Message.GetReactionMessage().GetKey().GetID(), "XYZ")
			}},
		{"edit", func(c *wasim.Customer) string { return c.Edit("XYZ", "corregido") },
			func(t *testing.T, _ *client, m *events.Message) {
				edit := m.Message.GetProtocolMessage()
				same(t, edit.GetType(), waE2E.ProtocolMessage_MESSAGE_EDIT)
				same(t, edit.GetKey().GetID(), "XYZ")
				same(t, edit.GetEditedMessage().GetConversation(), "corregido")
				same(t, m.Info.Edit, types.EditAttributeMessageEdit)
			}},
		{"deletion", func(c *wasim.Customer) string { return c.Delete("XYZ") },
			func(t *testing.T, _ *client, m *events.Message) {
				same(t, m.Message.GetProtocolMessage().GetType(), waE2E.ProtocolMessage_REVOKE)
				same(t, m.Message.GetProtocolMessage().GetKey().GetID(), "XYZ")
				same(t, m.Info.Edit, types.EditAttributeSenderRevoke)
			}},
	}
}

// mediaKinds send the bytes of jpeg as every kind of attachment.
func mediaKinds() []kind {
	attachment := func(m wasim.Media) func(*wasim.Customer) string {
		m.Data = jpeg()
		return func(c *wasim.Customer) string { return c.SendMedia(m) }
	}
	downloads := func(file func(*waE2E.Message) whatsmeow.DownloadableMessage, check func(*testing.T, *waE2E.Message)) func(*testing.T, *client, *events.Message) {
		return func(t *testing.T, c *client, m *events.Message) {
			data, err := c.Download(soon(t), file(m.Message))
			if err != nil || !bytes.Equal(data, jpeg()) {
				t.Errorf("got %d bytes and error %v, want the %d bytes sent", len(data), err, len(jpeg()))
			}
			check(t, m.Message)
		}
	}
	return []kind{
		{"image", func(c *wasim.Customer) string { return c.SendImage(jpeg(), "así quedó") },
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetImageMessage() },
				func(t *testing.T, m *waE2E.Message) {
					same(t, m.GetImageMessage().GetCaption(), "así quedó")
					same(t, m.GetImageMessage().GetMimetype(), "image/jpeg")
				})},
		{"audio", attachment(wasim.Media{Kind: wasim.MediaAudio, MIME: "audio/mpeg"}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetAudioMessage() },
				func(t *testing.T, m *waE2E.Message) { same(t, m.GetAudioMessage().GetMimetype(), "audio/mpeg") })},
		{"voice note", attachment(wasim.Media{Kind: wasim.MediaVoice}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetAudioMessage() },
				func(t *testing.T, m *waE2E.Message) { same(t, m.GetAudioMessage().GetPTT(), true) })},
		{"video", attachment(wasim.Media{Kind: wasim.MediaVideo, Caption: "mira"}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetVideoMessage() },
				func(t *testing.T, m *waE2E.Message) { same(t, m.GetVideoMessage().GetCaption(), "mira") })},
		{"video note", attachment(wasim.Media{Kind: wasim.MediaVideoNote}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetPtvMessage() },
				func(*testing.T, *waE2E.Message) {})},
		{"document", attachment(wasim.Media{Kind: wasim.MediaDocument, Name: "../factura.pdf", DeclaredSize: 10}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetDocumentMessage() },
				func(t *testing.T, m *waE2E.Message) {
					same(t, m.GetDocumentMessage().GetFileName(), "../factura.pdf")
					same(t, m.GetDocumentMessage().GetFileLength(), uint64(10))
				})},
		{"document with caption", attachment(wasim.Media{Kind: wasim.MediaDocument, Name: "a.pdf", Caption: "la factura"}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetDocumentMessage() },
				func(t *testing.T, m *waE2E.Message) { same(t, m.GetDocumentMessage().GetCaption(), "la factura") })},
		{"sticker", attachment(wasim.Media{Kind: wasim.MediaSticker, MIME: "image/webp"}),
			downloads(func(m *waE2E.Message) whatsmeow.DownloadableMessage { return m.GetStickerMessage() },
				func(t *testing.T, m *waE2E.Message) { same(t, m.GetStickerMessage().GetMimetype(), "image/webp") })},
	}
}

func same[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEveryKindOfMessageArrivesWhole(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	for _, addressing := range []wasim.Addressing{wasim.ByPhone, wasim.ByLID, wasim.PhoneOnly, wasim.LIDOnly} {
		who := s.NewCustomer(wasim.Profile{Addressing: addressing})
		for _, k := range append(textKinds(), mediaKinds()...) {
			t.Run(k.name, func(t *testing.T) {
				id := k.send(who)
				k.want(t, c, c.message(id))
				acked(t, s, id)
			})
		}
	}
}

func TestAReplyQuotesWhatTheBusinessSaid(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	c.mustSendText(ana.JID(), "OUT1", "¿trae cargador?")
	arrives(t, ana, "OUT1")
	m := c.message(ana.SendReply("no", "OUT1"))
	quote := m.Message.GetExtendedTextMessage().GetContextInfo()
	same(t, quote.GetStanzaID(), "OUT1")
	same(t, quote.GetQuotedMessage().GetConversation(), "¿trae cargador?")
	same(t, quote.GetParticipant(), s.Phone().LID().String())
}

func TestTheSamePersonMayChangeTheirAddressing(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{Addressing: wasim.LIDOnly})
	m := c.message(ana.SendText("uno"))
	pn, err := c.Store.LIDs.GetPNForLID(t.Context(), m.Info.Sender)
	if err != nil || !pn.IsEmpty() {
		t.Errorf("got phone %v and error %v of an unknown LID, want none", pn, err)
	}
	ana.SetAddressing(wasim.ByPhone)
	same(t, c.message(ana.SendText("dos")).Info.Sender.User, ana.Phone())
	ana.SetAddressing(wasim.ByLID)
	same(t, c.message(ana.SendText("tres")).Info.Sender.User, ana.LID())
	if pn, err = c.Store.LIDs.GetPNForLID(t.Context(), m.Info.Sender); err != nil || pn.User != ana.Phone() {
		t.Errorf("got phone %v and error %v, want %s", pn, err, ana.Phone())
	}
}

func TestWhatTheOwnerTypesOnThePhoneReachesBothSides(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	for _, addressing := range []wasim.Addressing{wasim.ByPhone, wasim.ByLID} {
		ana := s.NewCustomer(wasim.Profile{Addressing: addressing})
		id := s.Phone().SendText(ana, "ya casi está")
		m := c.message(id)
		same(t, m.Info.IsFromMe, true)
		same(t, m.Info.Chat, ana.JID())
		same(t, m.Message.GetConversation(), "ya casi está")
		same(t, arrives(t, ana, id).Text, "ya casi está")
		acked(t, s, id)
	}
}

func TestStrangersAreNotOnWhatsApp(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{Phone: "5214772758198"})
	answers, err := c.IsOnWhatsApp(soon(t), []string{"+5214772758198", "+5219999999999"})
	if err != nil || len(answers) != 2 {
		t.Fatalf("got %d answers and error %v, want 2", len(answers), err)
	}
	same(t, answers[0].IsIn, true)
	same(t, answers[0].JID.User, ana.LID())
	same(t, answers[0].PhoneNumber.User, ana.Phone())
	same(t, answers[1].IsIn, false)
	if err := c.sendText(types.NewJID("5219999999999", types.DefaultUserServer), "OUT1", "hola"); err == nil {
		t.Error("got no error for a message to a stranger, want one")
	}
}

func TestACustomerWhoNeverWroteCanBeWrittenTo(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	c.mustSendText(types.NewJID(ana.Phone(), types.DefaultUserServer), "OUT1", "su equipo está listo")
	same(t, arrives(t, ana, "OUT1").Text, "su equipo está listo")
	c.receipt("OUT1", types.ReceiptTypeDelivered)
}
