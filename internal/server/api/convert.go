package api

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// maxContent is the longest text taken, in bytes. WhatsApp allows 65536
	// characters of at most four.
	maxContent = 1 << 20
	// maxName is the longest name shown, in runes.
	maxName = photos.MaxName
	// maxNote is the longest explanation of a missing file, in runes.
	maxNote = 500
	// maxAhead is how far a sender's clock may be ahead of ours.
	maxAhead = 24 * time.Hour
)

// whatsAppBorn is the year before which no message was written.
const whatsAppBorn = 2009

// received is a webhook in the server's terms. Files holds, for each attachment
// of Incoming, its bytes, or nil when they did not come along.
type received struct {
	store.Incoming
	Files []*upload
}

// convert checks a bridge's message and puts it in the server's terms, asking of
// for the file that a field stands for. Its errors are ticket.Errors that name
// the field, and those of of.
func convert(m wire.Webhook, now time.Time, maxFile int64, of func(data []byte) (*upload, error)) (received, error) {
	picture, err := of(m.Image)
	if err != nil {
		return received{}, err
	}
	hasPicture := picture.size > 0
	in := store.Incoming{
		Direction: ticket.DirectionIn, Body: m.Content, WhatsAppID: m.ID, RefersTo: m.ReplyTo, SentAt: sentAt(m.Date, now), Kind: kindOf(m, hasPicture),
	}
	if m.Own {
		in.Direction = ticket.DirectionOut
	}
	if m.Reaction != nil {
		in.Body = *m.Reaction
	}
	if err := addSender(&in, m); err != nil {
		return received{}, err
	}
	if err := checkText(m, in, hasPicture); err != nil {
		return received{}, err
	}
	out := received{Incoming: in}
	if err := out.addPicture(picture, maxFile); err != nil {
		return received{}, err
	}
	if m.File == nil {
		return out, nil
	}
	file, err := of(m.File.Data)
	if err != nil {
		return received{}, err
	}
	if err := out.addFile(m.File, file, maxFile); err != nil {
		return received{}, err
	}
	return out, nil
}

func checkText(m wire.Webhook, in store.Incoming, hasPicture bool) error {
	switch {
	case !wire.ValidID(m.ID):
		return invalid("id", "no es un identificador de WhatsApp")
	case !wire.ValidID(m.ReplyTo):
		return invalid("responde_a", "no es un identificador de WhatsApp")
	case len(in.Body) > maxContent:
		return invalid("contenido", "es demasiado largo")
	case isEvent(in.Kind) && in.RefersTo == "":
		return invalid("responde_a", "falta: una edición, un borrado o una reacción dice a qué mensaje se refiere")
	case isEvent(in.Kind) || in.Kind == ticket.KindUnreadable:
		return nil
	case strings.TrimSpace(m.Content) == "" && !hasPicture && m.File == nil:
		return ticket.NewError(ticket.CodeInvalid, "El mensaje está vacío: falta «contenido», «imagen» o «archivo».")
	}
	return nil
}

func isEvent(k ticket.Kind) bool {
	return k == ticket.KindEdit || k == ticket.KindDeletion || k == ticket.KindReaction
}

// kindOf reads an unknown kind, which only a newer bridge can know, as another
// kind rather than refusing the message.
func kindOf(m wire.Webhook, hasPicture bool) ticket.Kind {
	switch {
	case m.Edited:
		return ticket.KindEdit
	case m.Deleted:
		return ticket.KindDeletion
	case m.Reaction != nil:
		return ticket.KindReaction
	case m.Undecoded:
		return ticket.KindUnreadable
	case m.Kind == "" && hasPicture:
		return ticket.KindImage
	case m.Kind == "":
		return ticket.KindText
	}
	if kind, ok := wire.ParseKind(m.Kind); ok {
		return kind
	}
	return ticket.KindOther
}

func sentAt(written *time.Time, now time.Time) time.Time {
	if written == nil || written.Year() < whatsAppBorn || written.After(now.Add(maxAhead)) {
		return now
	}
	return *written
}

func addSender(in *store.Incoming, m wire.Webhook) error {
	if strings.TrimSpace(m.Sender) == "" {
		return ticket.NewError(ticket.CodeInvalid, "Falta el campo «remitente».")
	}
	sender, err := parseAddress("remitente", m.Sender)
	if err != nil {
		return err
	}
	chat, err := parseOptional("chat", m.Chat, sender)
	if err != nil {
		return err
	}
	phone, err := parseOptional("telefono", m.Phone, sender)
	if err != nil {
		return err
	}
	lid, err := parseOptional("lid", asLID(m.LID), sender)
	if err != nil {
		return err
	}
	name := photos.CleanLine(m.Name, maxName)
	in.From = ticket.Identity{Phone: phone.Phone(), LID: lid.LID(), Chat: chat.String(), Name: name}
	if chat.IsGroup() {
		in.Group, in.GroupName, in.Author = true, photos.CleanLine(m.Group, maxName), name
		in.AuthorKey = cmp.Or(in.From.LID, address.Key(in.From.Phone))
	} else if in.From.Phone == "" && in.From.LID == "" {
		in.From.Phone, in.From.LID = chat.Phone(), chat.LID()
	}
	return nil
}

func asLID(text string) string {
	if text == "" || strings.Contains(text, "@") {
		return text
	}
	return text + "@" + address.LIDServer
}

func parseOptional(field, text string, otherwise address.Address) (address.Address, error) {
	if strings.TrimSpace(text) == "" {
		return otherwise, nil
	}
	return parseAddress(field, text)
}

func parseAddress(field, text string) (address.Address, error) {
	a, err := address.Parse(text)
	if err != nil {
		return address.Address{}, invalid(field, "no es un número ni una dirección de WhatsApp")
	}
	return a, nil
}

func (r *received) addPicture(picture *upload, limit int64) error {
	if picture.size == 0 {
		return nil
	}
	if picture.size > limit {
		return tooLarge("La imagen", limit)
	}
	mime, ok := photos.PictureType(picture.head)
	if !ok {
		return ticket.NewError(ticket.CodeInvalid, "La imagen no es JPEG, PNG, GIF ni WebP.")
	}
	r.add(ticket.Attachment{MIME: mime, Size: picture.size, State: ticket.FileStored}, picture)
	return nil
}

func (r *received) addFile(f *wire.File, file *upload, limit int64) error {
	if file.size > limit {
		return tooLarge("El archivo", limit)
	}
	a := ticket.Attachment{Name: photos.FileName(f.Name), MIME: photos.MediaType(f.MIME)}
	switch {
	case f.State == wire.FilePending:
		a.State = ticket.FilePending
	case f.State == "" && file.size > 0:
		a.State, a.Size, a.MIME = ticket.FileStored, file.size, photos.Type(file.head, f.MIME)
	default:
		a.State, a.Note = ticket.FileUnavailable, photos.CleanLine(f.Note, maxNote)
		if a.Note == "" {
			a.Note = "El archivo llegó vacío."
		}
	}
	if a.State != ticket.FileStored {
		file = nil
	}
	r.add(a, file)
	return nil
}

func (r *received) add(a ticket.Attachment, file *upload) {
	r.Attachments = append(r.Attachments, a)
	r.Files = append(r.Files, file)
}

func invalid(field, complaint string) error {
	return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("El campo «%s» %s.", field, complaint))
}

func tooLarge(what string, limit int64) error {
	return ticket.NewError(ticket.CodeTooLarge, fmt.Sprintf("%s es demasiado grande: el máximo son %.1f MB.", what, float64(limit)/1e6))
}
