package whatsapp

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// attachment is what whatsmeow's five kinds of media messages have in common.
type attachment interface {
	whatsmeow.DownloadableMessage
	GetFileLength() uint64
	GetMimetype() string
}

// readMedia recognises messages with a file to download. The file's name, MIME
// type and size are the sender's claims.
func readMedia(msg *waE2E.Message) (content, bool) {
	switch {
	case msg.ImageMessage != nil:
		return media(ticket.KindImage, whatsmeow.MediaImage, msg.ImageMessage, msg.ImageMessage.GetCaption(), ""), true
	case msg.VideoMessage != nil:
		return media(ticket.KindVideo, whatsmeow.MediaVideo, msg.VideoMessage, msg.VideoMessage.GetCaption(), ""), true
	case msg.PtvMessage != nil:
		return media(ticket.KindVideo, whatsmeow.MediaVideo, msg.PtvMessage, msg.PtvMessage.GetCaption(), ""), true
	case msg.AudioMessage != nil:
		kind := ticket.KindAudio
		if msg.AudioMessage.GetPTT() {
			kind = ticket.KindVoice
		}
		return media(kind, whatsmeow.MediaAudio, msg.AudioMessage, "", ""), true
	case msg.DocumentMessage != nil:
		d := msg.DocumentMessage
		name := d.GetFileName()
		if name == "" {
			name = d.GetTitle()
		}
		return media(ticket.KindDocument, whatsmeow.MediaDocument, d, d.GetCaption(), name), true
	case msg.StickerMessage != nil:
		return media(ticket.KindSticker, whatsmeow.MediaImage, msg.StickerMessage, "", ""), true
	}
	return content{}, false
}

func media(kind ticket.Kind, as whatsmeow.MediaType, a attachment, caption, name string) content {
	c := content{kind: kind, text: caption}
	ref := &reference{
		Type: as, Path: a.GetDirectPath(), Key: a.GetMediaKey(), SHA: a.GetFileSHA256(), EncSHA: a.GetFileEncSHA256(),
		Size: a.GetFileLength(), MIME: cleanMIME(a.GetMimetype()), Name: cleanFileName(name),
	}
	if ref.Path == "" || len(ref.Key) == 0 {
		c.file = &wire.File{Name: ref.Name, MIME: ref.MIME, State: wire.FileGone, Note: "El mensaje llegó sin los datos para descargar el archivo."}
		return c
	}
	c.media = ref
	return c
}

// readPlace recognises places on a map.
func readPlace(msg *waE2E.Message) (content, bool) {
	if l := msg.GetLocationMessage(); l != nil {
		title := "📍 Ubicación"
		if l.GetIsLive() {
			title = "📍 Ubicación en tiempo real"
		}
		return place(title, l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetName(), l.GetAddress(), l.GetComment()), true
	}
	if l := msg.GetLiveLocationMessage(); l != nil {
		return place("📍 Ubicación en tiempo real", l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetCaption()), true
	}
	return content{}, false
}

func place(title string, latitude, longitude float64, about ...string) content {
	lines := []string{labelled(title, strings.Join(present(about...), ", "))}
	if math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180 {
		lines = append(lines, "https://maps.google.com/?q="+degrees(latitude)+","+degrees(longitude))
	}
	return content{kind: ticket.KindLocation, text: strings.Join(lines, "\n")}
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }

// readContacts recognises people's cards; the cards themselves travel as a file.
func readContacts(msg *waE2E.Message) (content, bool) {
	if c := msg.GetContactMessage(); c != nil {
		return contacts([]*waE2E.ContactMessage{c}), true
	}
	if c := msg.GetContactsArrayMessage(); c != nil {
		return contacts(c.GetContacts()), true
	}
	return content{}, false
}

func contacts(people []*waE2E.ContactMessage) content {
	var lines, cards []string
	for _, person := range people {
		lines = append(lines, labelled("👤 Contacto", strings.Join(present(append([]string{person.GetDisplayName()}, phones(person.GetVcard())...)...), ", ")))
		cards = append(cards, present(strings.TrimSpace(strings.ToValidUTF8(person.GetVcard(), "�")))...)
	}
	c := content{kind: ticket.KindContact, text: strings.Join(lines, "\n")}
	if c.text == "" {
		c.text = "👤 Contacto"
	}
	if len(cards) == 0 {
		return c
	}
	name := fmt.Sprintf("%d contactos.vcf", len(people))
	if len(people) == 1 {
		name = labelled("contacto", "") + ".vcf"
		if shown := cleanFileName(people[0].GetDisplayName()); shown != "" {
			name = shown + ".vcf"
		}
	}
	c.file = &wire.File{Name: name, MIME: "text/vcard", Data: []byte(strings.Join(cards, "\r\n") + "\r\n")}
	return c
}

// phones lists the numbers of a vCard (RFC 6350, 6.4.1: TEL;parameters:value).
func phones(card string) []string {
	var found []string
	for line := range strings.Lines(card) {
		property, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		name, _, _ := strings.Cut(property, ";")
		if _, plain, grouped := strings.Cut(name, "."); grouped {
			name = plain
		}
		if ok && strings.EqualFold(name, "TEL") {
			found = append(found, strings.TrimPrefix(value, "tel:"))
		}
	}
	return found
}

// labelled is "label: text", or the bare label without a text.
func labelled(label, text string) string {
	if text == "" {
		return label
	}
	return label + ": " + text
}

// present returns the texts that are not empty.
func present(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
