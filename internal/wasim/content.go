package wasim

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// inner unwraps the envelopes a client may send a message in.
func inner(m *waE2E.Message) *waE2E.Message {
	for _, next := range []*waE2E.Message{
		m.GetEphemeralMessage().GetMessage(),
		m.GetDocumentWithCaptionMessage().GetMessage(),
		m.GetViewOnceMessage().GetMessage(),
		m.GetEditedMessage().GetMessage(),
	} {
		if next != nil {
			return inner(next)
		}
	}
	return m
}

// textOf returns what a phone shows as the text of a message.
func textOf(m *waE2E.Message) string {
	m = inner(m)
	for _, text := range []string{
		m.GetConversation(),
		m.GetExtendedTextMessage().GetText(),
		m.GetImageMessage().GetCaption(),
		m.GetVideoMessage().GetCaption(),
		m.GetDocumentMessage().GetCaption(),
		m.GetReactionMessage().GetText(),
	} {
		if text != "" {
			return text
		}
	}
	if edited := m.GetProtocolMessage().GetEditedMessage(); edited != nil {
		return textOf(edited)
	}
	return ""
}

// contextOf returns what a message says about the one it replies to, or nil.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	m = inner(m)
	for _, info := range []*waE2E.ContextInfo{
		m.GetExtendedTextMessage().GetContextInfo(),
		m.GetImageMessage().GetContextInfo(),
		m.GetVideoMessage().GetContextInfo(),
		m.GetAudioMessage().GetContextInfo(),
		m.GetDocumentMessage().GetContextInfo(),
		m.GetStickerMessage().GetContextInfo(),
	} {
		if info != nil {
			return info
		}
	}
	return nil
}

// attributesOf returns the type and mediatype attributes phones put on a
// message (whatsmeow send.go getTypeFromMessage, version 20260821).
func attributesOf(m *waE2E.Message) (kind, media string) {
	m = inner(m)
	switch {
	case m.GetReactionMessage() != nil:
		return "reaction", ""
	case m.GetPollCreationMessage() != nil, m.GetPollUpdateMessage() != nil:
		return "poll", ""
	case m.GetImageMessage() != nil:
		return "media", "image"
	case m.GetVideoMessage() != nil:
		return "media", "video"
	case m.GetPtvMessage() != nil:
		return "media", "ptv"
	case m.GetAudioMessage().GetPTT():
		return "media", "ptt"
	case m.GetAudioMessage() != nil:
		return "media", "audio"
	case m.GetDocumentMessage() != nil:
		return "media", "document"
	case m.GetStickerMessage() != nil:
		return "media", "sticker"
	case m.GetLocationMessage() != nil:
		return "media", "location"
	case m.GetContactMessage() != nil:
		return "media", "vcard"
	}
	return "text", ""
}
