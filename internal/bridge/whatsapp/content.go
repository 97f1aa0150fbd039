package whatsapp

import (
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"

	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// content is what one message says, whoever sent it.
type content struct {
	kind     ticket.Kind
	text     string
	replyTo  string // message it answers, edits, deletes or reacts to
	edited   bool
	deleted  bool
	reaction *string
	media    *reference
	file     *wire.File
	skip     bool // nothing in it for people
}

// readers know one family of messages each; the first that recognises its own
// wins. The families follow whatsmeow's waE2E.Message, version 20260821.
var readers = []func(*waE2E.Message) (content, bool){
	readText, readMedia, readPlace, readContacts, readReaction,
	readAnswer, readPoll, readOffer, readForm, readNote,
}

// maxNesting bounds messages wrapped in messages; WhatsApp nests two deep.
const maxNesting = 8

// readContent never fails: what it does not know becomes a sentence that says
// so, and only what carries nothing for people is skipped.
func readContent(msg *waE2E.Message) content { return readNested(msg, 0) }

func readNested(msg *waE2E.Message, depth int) content {
	if msg == nil {
		return content{skip: true}
	}
	if c, ok := readChange(msg, depth); ok {
		return c
	}
	for _, read := range readers {
		if c, ok := read(msg); ok {
			if c.replyTo == "" {
				c.replyTo = quotedID(msg)
			}
			return c
		}
	}
	if depth < maxNesting {
		if inner := wrapped(msg); inner != nil {
			return readNested(inner, depth+1)
		}
		if inner := msg.GetCommentMessage().GetMessage(); inner != nil {
			c := readNested(inner, depth+1)
			c.replyTo = msg.GetCommentMessage().GetTargetMessageKey().GetID()
			return c
		}
	}
	name := typeName(msg)
	if silent[name] {
		return content{skip: true}
	}
	return content{kind: ticket.KindOther, text: fmt.Sprintf("[Mensaje de un tipo que Mostrador no conoce todavía: %s]", name)}
}

// silent are the fields that WhatsApp's own programs talk to each other with;
// "" is a message with nothing in it. An album is only the header of pictures
// that follow as messages of their own.
var silent = map[protoreflect.Name]bool{
	"":                             true,
	"senderKeyDistributionMessage": true,
	"fastRatchetKeySenderKeyDistributionMessage": true,
	"messageContextInfo":                         true,
	"protocolMessage":                            true,
	"albumMessage":                               true,
	"chat":                                       true,
	"pinInChatMessage":                           true,
	"keepInChatMessage":                          true,
	"stickerSyncRmrMessage":                      true,
	"messageHistoryBundle":                       true,
	"messageHistoryNotice":                       true,
	"groupRootKeyShare":                          true,
	"rootSecretDistributeMessage":                true,
	"limitSharingMessage":                        true,
	"statusLinkPreviewMetadata":                  true,
}

// typeName is the field of msg that says what it is, "" for none. A field
// WhatsApp added after this version has only a number.
func typeName(msg *waE2E.Message) protoreflect.Name {
	var name protoreflect.Name
	msg.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		if name == "" || silent[name] {
			name = field.Name()
		}
		return true
	})
	if unknown := msg.ProtoReflect().GetUnknown(); silent[name] && name != "protocolMessage" && len(unknown) > 0 {
		return "desconocido"
	}
	return name
}

// wrapped returns the message inside one of the many fields that only mark it,
// such as a spoiler or a part of an album; nil without one.
func wrapped(msg *waE2E.Message) *waE2E.Message {
	var inner *waE2E.Message
	msg.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Kind() != protoreflect.MessageKind {
			return true
		}
		if wrapper, ok := value.Message().Interface().(*waE2E.FutureProofMessage); ok {
			inner = wrapper.GetMessage()
		}
		return inner == nil
	})
	return inner
}

// quotedID is the id of the message that msg answers, "" for none.
func quotedID(msg *waE2E.Message) string {
	id := ""
	msg.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Kind() != protoreflect.MessageKind {
			return true
		}
		if part, ok := value.Message().Interface().(interface{ GetContextInfo() *waE2E.ContextInfo }); ok {
			id = part.GetContextInfo().GetStanzaID()
		}
		return id == ""
	})
	return id
}

func readText(msg *waE2E.Message) (content, bool) {
	said := msg.GetConversation()
	if said == "" {
		said = msg.GetExtendedTextMessage().GetText()
	}
	return content{kind: ticket.KindText, text: said}, said != ""
}

// readChange recognises deletions and edits. The type of a ProtocolMessage is
// looked at only when it is there: its default value is a deletion.
func readChange(msg *waE2E.Message, depth int) (content, bool) {
	change := msg.GetProtocolMessage()
	target := change.GetKey().GetID()
	if change == nil || change.Type == nil || target == "" || depth > maxNesting {
		return content{}, false
	}
	switch change.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		return content{kind: ticket.KindDeletion, text: "[Mensaje eliminado por quien lo envió]", replyTo: target, deleted: true}, true
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		return edit(change.GetEditedMessage(), target, depth), true
	}
	return content{}, false
}

// edit makes the content that replaces the text of target.
func edit(edited *waE2E.Message, target string, depth int) content {
	c := content{kind: ticket.KindEdit, replyTo: target, edited: true}
	if text := readNested(edited, depth+1).text; text != "" {
		c.text = text
		return c
	}
	c.edited, c.kind, c.text = false, ticket.KindOther, "[Mensaje editado: el texto nuevo no llegó]"
	return c
}

func readReaction(msg *waE2E.Message) (content, bool) {
	reaction := msg.GetReactionMessage()
	if reaction == nil {
		return content{}, false
	}
	emoji := cleanLine(reaction.GetText())
	c := content{kind: ticket.KindReaction, text: "Reaccionó con " + emoji, replyTo: reaction.GetKey().GetID(), reaction: &emoji}
	if emoji == "" {
		c.text = "Quitó su reacción"
	}
	return c, true
}
