package whatsapp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

func key(id string) *waCommon.MessageKey { return &waCommon.MessageKey{ID: proto.String(id)} }

func quoting(id string) *waE2E.ContextInfo { return &waE2E.ContextInfo{StanzaID: proto.String(id)} }

func wrap(m *waE2E.Message) *waE2E.FutureProofMessage { return &waE2E.FutureProofMessage{Message: m} }

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: &s} }

func change(kind waE2E.ProtocolMessage_Type, target string, edited *waE2E.Message) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: &kind, Key: key(target), EditedMessage: edited}}
}

func poll() *waE2E.PollCreationMessage {
	return &waE2E.PollCreationMessage{Name: proto.String("¿Cuándo?"), Options: []*waE2E.PollCreationMessage_Option{
		{OptionName: proto.String("lunes")}, {OptionName: proto.String("martes")},
	}}
}

const card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Luis Pérez\r\nitem1.TEL;waid=5214771112233:+52 1 477 111 2233\r\nEND:VCARD"

func TestEveryKindOfMessageIsReadable(t *testing.T) {
	thumb, none := "👍", ""
	luis := &waE2E.ContactMessage{DisplayName: proto.String("Luis Pérez"), Vcard: proto.String(card)}
	for _, c := range []struct {
		name string
		msg  *waE2E.Message
		want content
	}{
		{"text", text("hola"), content{kind: ticket.KindText, text: "hola"}},
		{"empty text", text(""), content{kind: ticket.KindOther, text: "[Mensaje sin texto]"}},
		{"reply", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("sí"), ContextInfo: quoting("Q")}},
			content{kind: ticket.KindText, text: "sí", replyTo: "Q"}},
		{"place", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
			DegreesLatitude: proto.Float64(21.125), DegreesLongitude: proto.Float64(-101.68), Name: proto.String("Taller"), Address: proto.String("Calle 5")}},
			content{kind: ticket.KindLocation, text: "📍 Ubicación: Taller, Calle 5\nhttps://maps.google.com/?q=21.125,-101.68"}},
		{"place off the map", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(9e9)}},
			content{kind: ticket.KindLocation, text: "📍 Ubicación"}},
		{"live place", &waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{
			DegreesLatitude: proto.Float64(1), DegreesLongitude: proto.Float64(2), Caption: proto.String("voy")}},
			content{kind: ticket.KindLocation, text: "📍 Ubicación en tiempo real: voy\nhttps://maps.google.com/?q=1,2"}},
		{"contact", &waE2E.Message{ContactMessage: luis}, content{kind: ticket.KindContact, text: "👤 Contacto: Luis Pérez, +52 1 477 111 2233",
			file: &wire.File{Name: "Luis Pérez.vcf", MIME: "text/vcard", Data: []byte(card + "\r\n")}}},
		{"contacts", &waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{luis, {DisplayName: proto.String("Eva")}}}},
			content{kind: ticket.KindContact, text: "👤 Contacto: Luis Pérez, +52 1 477 111 2233\n👤 Contacto: Eva",
				file: &wire.File{Name: "2 contactos.vcf", MIME: "text/vcard", Data: []byte(card + "\r\n")}}},
		{"deletion", change(waE2E.ProtocolMessage_REVOKE, "T", nil),
			content{kind: ticket.KindDeletion, text: "[Mensaje eliminado por quien lo envió]", replyTo: "T", deleted: true}},
		{"edit", change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", text("corregido")),
			content{kind: ticket.KindEdit, text: "corregido", replyTo: "T", edited: true}},
		{"edit of a caption", change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("así")}}),
			content{kind: ticket.KindEdit, text: "así", replyTo: "T", edited: true}},
		{"edit without a text", change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", nil),
			content{kind: ticket.KindOther, text: "[Mensaje editado: el texto nuevo no llegó]", replyTo: "T"}},
		{"reaction", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: key("T"), Text: proto.String("👍")}},
			content{kind: ticket.KindReaction, text: "Reaccionó con 👍", replyTo: "T", reaction: &thumb}},
		{"reaction taken away", &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: key("T"), Text: proto.String("")}},
			content{kind: ticket.KindReaction, text: "Quitó su reacción", replyTo: "T", reaction: &none}},
		{"button", &waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{
			Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Sí"}, ContextInfo: quoting("B")}},
			content{kind: ticket.KindText, text: "Sí", replyTo: "B"}},
		{"list", &waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{Title: proto.String("Pantalla"), Description: proto.String("rota")}},
			content{kind: ticket.KindText, text: "Pantalla\nrota"}},
		{"template button", &waE2E.Message{TemplateButtonReplyMessage: &waE2E.TemplateButtonReplyMessage{SelectedDisplayText: proto.String("Ok")}},
			content{kind: ticket.KindText, text: "Ok"}},
		{"interactive", &waE2E.Message{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage{Body: &waE2E.InteractiveResponseMessage_Body{Text: proto.String("Pago")}}},
			content{kind: ticket.KindText, text: "Pago"}},
		{"answer without a text", &waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{}},
			content{kind: ticket.KindOther, text: "[Respuesta sin texto]"}},
		{"poll", &waE2E.Message{PollCreationMessageV3: poll()}, content{kind: ticket.KindOther, text: "📊 Encuesta: ¿Cuándo?\n• lunes\n• martes"}},
		{"wrapped poll", &waE2E.Message{PollCreationMessageV4: wrap(&waE2E.Message{PollCreationMessage: poll()})},
			content{kind: ticket.KindOther, text: "📊 Encuesta: ¿Cuándo?\n• lunes\n• martes"}},
		{"vote", &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{PollCreationMessageKey: key("P")}},
			content{kind: ticket.KindOther, text: "📊 Votó en una encuesta", replyTo: "P"}},
		{"order", &waE2E.Message{OrderMessage: &waE2E.OrderMessage{OrderTitle: proto.String("Taller"), ItemCount: proto.Int32(2),
			TotalAmount1000: proto.Int64(1500500), TotalCurrencyCode: proto.String("MXN"), Message: proto.String("¿cuándo llega?")}},
			content{kind: ticket.KindOther, text: "🛒 Pedido: Taller\nArtículos: 2\nTotal: 1500.50 MXN\n¿cuándo llega?"}},
		{"product", &waE2E.Message{ProductMessage: &waE2E.ProductMessage{Body: proto.String("¿hay?"), Product: &waE2E.ProductMessage_ProductSnapshot{Title: proto.String("Cargador")}}},
			content{kind: ticket.KindOther, text: "🏷️ Producto: Cargador\n¿hay?"}},
		{"invitation", &waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{GroupName: proto.String("Clientes")}},
			content{kind: ticket.KindOther, text: "👥 Invitación al grupo: Clientes"}},
		{"event", &waE2E.Message{EventMessage: &waE2E.EventMessage{Name: proto.String("Entrega"), StartTime: proto.Int64(1764000000)}},
			content{kind: ticket.KindOther, text: "📅 Evento: Entrega\nEmpieza: 2025-11-24 16:00 UTC"}},
		{"sticker pack", &waE2E.Message{StickerPackMessage: &waE2E.StickerPackMessage{Name: proto.String("Gatos")}},
			content{kind: ticket.KindOther, text: "Paquete de stickers: Gatos"}},
		{"list of a business", &waE2E.Message{ListMessage: &waE2E.ListMessage{Title: proto.String("Menú"), Description: proto.String("Elija")}},
			content{kind: ticket.KindText, text: "Menú\nElija"}},
		{"template of a business", &waE2E.Message{TemplateMessage: &waE2E.TemplateMessage{HydratedTemplate: &waE2E.TemplateMessage_HydratedFourRowTemplate{HydratedContentText: proto.String("Su factura")}}},
			content{kind: ticket.KindText, text: "Su factura"}},
		{"call", &waE2E.Message{CallLogMesssage: &waE2E.CallLogMessage{}}, content{kind: ticket.KindOther, text: "📞 Llamada de WhatsApp"}},
		{"only on the phone", &waE2E.Message{PlaceholderMessage: &waE2E.PlaceholderMessage{}},
			content{kind: ticket.KindOther, text: "[Mensaje que WhatsApp solo muestra en el teléfono]"}},
		{"spoiler", &waE2E.Message{SpoilerMessage: wrap(text("sorpresa"))}, content{kind: ticket.KindText, text: "sorpresa"}},
		{"comment", &waE2E.Message{CommentMessage: &waE2E.CommentMessage{Message: text("bien"), TargetMessageKey: key("T")}},
			content{kind: ticket.KindText, text: "bien", replyTo: "T"}},
		{"unknown", &waE2E.Message{SendPaymentMessage: &waE2E.SendPaymentMessage{}, MessageContextInfo: &waE2E.MessageContextInfo{}},
			content{kind: ticket.KindOther, text: "[Mensaje de un tipo que Mostrador no conoce todavía: sendPaymentMessage]"}},
		{"picture without keys", &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("mire")}},
			content{kind: ticket.KindImage, text: "mire", file: &wire.File{MIME: unknownMIME, State: wire.FileGone, Note: "El mensaje llegó sin los datos para descargar el archivo."}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readContent(c.msg), cmp.AllowUnexported(content{})); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatProgramsTellEachOtherIsSkipped(t *testing.T) {
	setting := waE2E.ProtocolMessage_EPHEMERAL_SETTING
	for name, msg := range map[string]*waE2E.Message{
		"nothing":            {},
		"no message":         nil,
		"only context":       {MessageContextInfo: &waE2E.MessageContextInfo{}},
		"sender key":         {SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}, MessageContextInfo: &waE2E.MessageContextInfo{}},
		"setting":            {ProtocolMessage: &waE2E.ProtocolMessage{Type: &setting}},
		"protocol, no type":  {ProtocolMessage: &waE2E.ProtocolMessage{Key: key("T")}},
		"revoke, no target":  {ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}},
		"header of an album": {AlbumMessage: &waE2E.AlbumMessage{}},
		"pin":                {PinInChatMessage: &waE2E.PinInChatMessage{Key: key("T")}},
	} {
		if got := readContent(msg); !got.skip {
			t.Errorf("%s: got %+v, want it skipped", name, got)
		}
	}
}

func TestAFieldNewerThanThisVersionIsNotLost(t *testing.T) {
	var msg waE2E.Message
	raw := protowire.AppendTag(nil, 9999, protowire.BytesType)
	if err := proto.Unmarshal(protowire.AppendBytes(raw, []byte("new")), &msg); err != nil {
		t.Fatal(err)
	}
	if got := readContent(&msg); got.skip || !strings.Contains(got.text, "no conoce todavía") {
		t.Errorf("got %+v, want a sentence that says so", got)
	}
}

func TestMessagesWrappedWithoutEndAreReadable(t *testing.T) {
	msg := text("dentro")
	for range 10_000 {
		msg = &waE2E.Message{SpoilerMessage: wrap(msg)}
	}
	if got := readContent(msg); !strings.Contains(got.text, "no conoce todavía") {
		t.Errorf("got %+v, want a sentence that says so", got)
	}
	for range 10_000 {
		msg = change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", msg)
	}
	if got := readContent(msg); got.replyTo != "T" {
		t.Errorf("got %+v, want the outermost change", got)
	}
}
