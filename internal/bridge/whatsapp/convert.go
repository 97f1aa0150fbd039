package whatsapp

import (
	"cmp"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// converter turns events into queue entries. It does no input or output except
// through its functions, each of which only looks into local memory or the
// session's own file.
type converter struct {
	groups  bool
	now     func() time.Time
	self    func(user string) bool                            // is this the business's own number or LID?
	other   func(types.JID) types.JID                         // LID of a number and the reverse; empty when unknown
	subject func(group types.JID) string                      // "" when unknown
	decrypt func(evt *events.Message) (*waE2E.Message, error) // opens an edit encrypted with its target's secret
}

// Kinds of key: a placeholder does not stand in the way of the message it
// holds the place of.
const (
	keyMessage     = "m"
	keyPlaceholder = "p"
	keyCall        = "c"
)

// keyFor is the identity of a message in the queue. Its id is the sender's choice.
func keyFor(info types.MessageInfo, kind string) string {
	return valid(strings.Join([]string{info.Chat.ToNonAD().String(), info.Sender.ToNonAD().String(), cleanID(info.ID), kind}, "|"))
}

// message converts a message; false means it is not for us.
func (c *converter) message(evt *events.Message) (queue.Entry, bool) {
	evt = own(evt)
	if !c.wanted(evt.Info.MessageSource) {
		return queue.Entry{}, false
	}
	said := c.read(evt)
	if said.skip {
		return queue.Entry{}, false
	}
	entry := c.entry(evt.Info, keyMessage)
	m := &entry.Message
	m.Kind, m.Content = wire.KindName(said.kind), cleanText(said.text)
	m.Edited, m.Deleted, m.Reaction, m.File = said.edited, said.deleted, said.reaction, said.file
	if said.replyTo != "" {
		m.ReplyTo = cleanID(said.replyTo)
	}
	if said.media != nil {
		said.media.of(evt.Info)
		entry.Media = said.media.encode()
	}
	return entry, true
}

// own undoes what whatsmeow's ParseWebMessage does to edits that the business's
// phone sent again on request: it gives them the id of their target.
func own(evt *events.Message) *events.Message {
	if evt.SourceWebMsg == nil || evt.RawMessage == nil {
		return evt
	}
	original := &events.Message{Info: evt.Info, RawMessage: evt.RawMessage}
	original.Info.ID = evt.SourceWebMsg.GetKey().GetID()
	return original.UnwrapRaw()
}

// read opens edits encrypted with the secret of the message they change, which
// WhatsApp sends since 2026-05.
func (c *converter) read(evt *events.Message) content {
	secret := evt.Message.GetSecretEncryptedMessage()
	if secret == nil {
		return readContent(evt.Message)
	}
	target := secret.GetTargetMessageKey().GetID()
	opened, err := c.decrypt(evt)
	switch {
	case err != nil || opened == nil:
		return content{kind: ticket.KindOther, replyTo: target, text: "[El mensaje fue editado, pero el cambio no se puede leer aquí: mírelo en el teléfono]"}
	case secret.GetSecretEncType() == waE2E.SecretEncryptedMessage_MESSAGE_EDIT && opened.GetProtocolMessage() == nil:
		return edit(opened, target, 0)
	}
	return readContent(opened)
}

// placeholder converts a message that cannot be decrypted; false means that it
// is not for us or that WhatsApp's own programs would not show it either.
func (c *converter) placeholder(evt *events.UndecryptableMessage) (queue.Entry, bool) {
	if evt.DecryptFailMode == events.DecryptFailHide || !c.wanted(evt.Info.MessageSource) {
		return queue.Entry{}, false
	}
	text := "[Mensaje que todavía no se puede leer: Mostrador ya lo pidió otra vez. Mientras tanto, mírelo en el teléfono.]"
	if evt.UnavailableType == events.UnavailableTypeViewOnce {
		text = "[Foto o video para ver una sola vez: ábralo en el teléfono]"
	}
	return c.unreadable(evt.Info, keyPlaceholder, text), true
}

// deadLetter stands for a message that cannot be converted or stored. It says
// what the stanza itself says of the message.
func (c *converter) deadLetter(info types.MessageInfo) queue.Entry {
	return c.unreadable(info, keyMessage, labelled(deadLetterText, stanzaKinds[cmp.Or(info.MediaType, info.Type)])+"]")
}

// bareDeadLetter is a deadLetter for when even that cannot be made: it needs
// nothing but info.
func (c *converter) bareDeadLetter(info types.MessageInfo) queue.Entry {
	chat := valid(info.Chat.ToNonAD().String())
	return queue.Entry{Key: keyFor(info, keyMessage), Chat: chat, ReceivedAt: c.now().UTC(), Message: wire.Webhook{
		Sender: info.Sender.ToNonAD().String(), Chat: chat, ID: cleanID(info.ID), Own: info.IsFromMe,
		Kind: wire.KindName(ticket.KindUnreadable), Content: deadLetterText + "]", Undecoded: true,
	}}
}

const deadLetterText = "[Mensaje que Mostrador no pudo procesar, mírelo en el teléfono"

// stanzaKinds are the attributes of a stanza that tell what is in it.
var stanzaKinds = map[string]string{
	"text": "texto", "reaction": "reacción", "poll": "encuesta", "url": "texto con un enlace",
	"image": "foto", "video": "video", "gif": "video", "ptv": "video", "audio": "audio", "ptt": "nota de voz",
	"document": "documento", "sticker": "sticker", "location": "ubicación", "livelocation": "ubicación",
	"vcard": "contacto", "contact_array": "contactos",
}

func (c *converter) unreadable(info types.MessageInfo, kind, text string) queue.Entry {
	entry := c.entry(info, kind)
	entry.Message.Kind, entry.Message.Content, entry.Message.Undecoded = wire.KindName(ticket.KindUnreadable), text, true
	return entry
}

// call converts a call that rings at the business's phone.
func (c *converter) call(meta types.BasicCallMeta) (queue.Entry, bool) {
	info := types.MessageInfo{ID: meta.CallID, Timestamp: meta.Timestamp}
	info.Chat, info.Sender, info.SenderAlt = meta.From.ToNonAD(), meta.From.ToNonAD(), meta.CallCreatorAlt
	if !meta.GroupJID.IsEmpty() || !c.wanted(info.MessageSource) {
		return queue.Entry{}, false
	}
	entry := c.entry(info, keyCall)
	entry.Message.Kind, entry.Message.Content = wire.KindName(ticket.KindOther), "📞 Llamó por WhatsApp"
	return entry, true
}

// wanted drops, at the earliest point, what is no customer's message: statuses,
// broadcast lists, channels, bots, WhatsApp itself, notes to oneself and,
// unless asked for, groups.
func (c *converter) wanted(src types.MessageSource) bool {
	switch {
	case src.Chat.User == "" || src.Chat.User == types.PSAJID.User || src.Sender.User == types.PSAJID.User,
		src.Chat.Server == types.BroadcastServer, src.Chat.Server == types.NewsletterServer,
		src.Chat.IsBot(), src.Sender.IsBot():
		return false
	case src.IsGroup || src.Chat.Server == types.GroupServer:
		return c.groups
	case src.IsFromMe:
		return !c.self(src.Chat.User)
	}
	return true
}

// lastYear is the last one that JSON has a form for.
const lastYear = 9999

// entry fills in everything but the content.
func (c *converter) entry(info types.MessageInfo, kind string) queue.Entry {
	message := c.addresses(info.MessageSource)
	message.ID, message.Own = cleanID(info.ID), info.IsFromMe
	if !info.IsFromMe {
		message.Name = cleanLine(info.PushName)
	}
	if at := info.Timestamp.UTC(); at.Unix() > 0 && at.Year() <= lastYear {
		message.Date = &at
	}
	chat := message.Chat
	if message.Group == "" && message.LID != "" && !info.IsGroup {
		// One person writes by number today and by LID tomorrow; their order holds.
		chat = types.NewJID(message.LID, types.HiddenUserServer).String()
	}
	return queue.Entry{Key: keyFor(info, kind), Chat: valid(chat), Message: message, ReceivedAt: c.now().UTC()}
}

// addresses says who the customer is. A message from the business's own phone
// is filed under the one it was written to.
func (c *converter) addresses(src types.MessageSource) wire.Webhook {
	person, other := plain(src.Sender), plain(src.SenderAlt)
	if src.IsFromMe && !src.IsGroup {
		person, other = plain(src.Chat), plain(src.RecipientAlt)
	}
	if other.IsEmpty() {
		other = plain(c.other(person))
	}
	m := wire.Webhook{Sender: person.String(), Chat: plain(src.Chat).String()}
	for _, jid := range []types.JID{other, person} {
		switch jid.Server {
		case types.DefaultUserServer:
			m.Phone = jid.User
		case types.HiddenUserServer:
			m.LID = jid.User
		}
	}
	if src.IsGroup {
		m.Group = cleanLine(c.subject(src.Chat.ToNonAD()))
	}
	return m
}

// plain is the address without its device, on the server people's phones use:
// the others are the same numbers on WhatsApp's own computers.
func plain(jid types.JID) types.JID {
	jid = jid.ToNonAD()
	switch jid.Server {
	case types.HostedServer, types.LegacyUserServer:
		jid.Server = types.DefaultUserServer
	case types.HostedLIDServer:
		jid.Server = types.HiddenUserServer
	}
	return jid
}
