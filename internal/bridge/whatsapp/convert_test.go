package whatsapp

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/wire"
)

var (
	anaPhone = types.NewJID("5214771112233", types.DefaultUserServer)
	anaLID   = types.NewJID("90000000000001", types.HiddenUserServer)
	ownPhone = types.NewJID("5215550000001", types.DefaultUserServer)
	ownLID   = types.NewJID("80000000000001", types.HiddenUserServer)
	workshop = types.NewJID("120363000000000001", types.GroupServer)
	arrived  = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	written  = time.Date(2026, 11, 23, 17, 59, 0, 0, time.UTC)
)

// known is a converter of a business that has met Ana.
func known() *converter {
	return &converter{
		groups: true, now: func() time.Time { return arrived },
		self: func(user string) bool { return user == ownPhone.User || user == ownLID.User },
		other: func(jid types.JID) types.JID {
			switch jid {
			case anaPhone:
				return anaLID
			case anaLID:
				return anaPhone
			}
			return types.EmptyJID
		},
		subject: func(group types.JID) string {
			if group == workshop {
				return "Taller"
			}
			return ""
		},
		decrypt: func(*events.Message) (*waE2E.Message, error) { return nil, errors.New("no secret") },
	}
}

// stranger is a converter that knows nobody.
func stranger() *converter {
	c := known()
	c.other = func(types.JID) types.JID { return types.EmptyJID }
	return c
}

func device(jid types.JID, n uint16) types.JID {
	jid.Device = n
	return jid
}

func from(src types.MessageSource, msg *waE2E.Message) *events.Message {
	return (&events.Message{
		Info:       types.MessageInfo{MessageSource: src, ID: "3EB0AA", PushName: "Ana", Timestamp: written},
		RawMessage: msg,
	}).UnwrapRaw()
}

func TestAddressesSayWhoTheCustomerIsAndWhereToAnswer(t *testing.T) {
	for _, c := range []struct {
		name  string
		who   *converter
		src   types.MessageSource
		want  wire.Webhook
		chat  string // of the entry
		noMsg bool
	}{
		{name: "by phone", who: stranger(), src: types.MessageSource{Chat: anaPhone, Sender: device(anaPhone, 7), SenderAlt: anaLID},
			want: wire.Webhook{Sender: anaPhone.String(), Chat: anaPhone.String(), Phone: anaPhone.User, LID: anaLID.User, Name: "Ana"}, chat: anaLID.String()},
		{name: "by LID", who: stranger(), src: types.MessageSource{Chat: anaLID, Sender: anaLID, SenderAlt: device(anaPhone, 3)},
			want: wire.Webhook{Sender: anaLID.String(), Chat: anaLID.String(), Phone: anaPhone.User, LID: anaLID.User, Name: "Ana"}, chat: anaLID.String()},
		{name: "phone only, never met", who: stranger(), src: types.MessageSource{Chat: anaPhone, Sender: anaPhone},
			want: wire.Webhook{Sender: anaPhone.String(), Chat: anaPhone.String(), Phone: anaPhone.User, Name: "Ana"}, chat: anaPhone.String()},
		{name: "LID only, never met", who: stranger(), src: types.MessageSource{Chat: anaLID, Sender: anaLID},
			want: wire.Webhook{Sender: anaLID.String(), Chat: anaLID.String(), LID: anaLID.User, Name: "Ana"}, chat: anaLID.String()},
		{name: "LID only, met before", who: known(), src: types.MessageSource{Chat: anaLID, Sender: anaLID},
			want: wire.Webhook{Sender: anaLID.String(), Chat: anaLID.String(), Phone: anaPhone.User, LID: anaLID.User, Name: "Ana"}, chat: anaLID.String()},
		{name: "typed on the business's phone", who: known(), src: types.MessageSource{Chat: anaPhone, Sender: ownPhone, IsFromMe: true},
			want: wire.Webhook{Sender: anaPhone.String(), Chat: anaPhone.String(), Phone: anaPhone.User, LID: anaLID.User, Own: true}, chat: anaLID.String()},
		{name: "typed on the business's phone, by LID", who: stranger(), src: types.MessageSource{Chat: anaLID, Sender: ownLID, RecipientAlt: anaPhone, IsFromMe: true},
			want: wire.Webhook{Sender: anaLID.String(), Chat: anaLID.String(), Phone: anaPhone.User, LID: anaLID.User, Own: true}, chat: anaLID.String()},
		{name: "group", who: stranger(), src: types.MessageSource{Chat: workshop, Sender: device(anaLID, 2), SenderAlt: anaPhone, IsGroup: true},
			want: wire.Webhook{Sender: anaLID.String(), Chat: workshop.String(), Phone: anaPhone.User, LID: anaLID.User, Name: "Ana", Group: "Taller"}, chat: workshop.String()},
		{name: "hosted by WhatsApp", who: stranger(), src: types.MessageSource{Chat: types.NewJID(anaPhone.User, types.HostedServer), Sender: types.NewJID(anaPhone.User, types.HostedServer)},
			want: wire.Webhook{Sender: anaPhone.String(), Chat: anaPhone.String(), Phone: anaPhone.User, Name: "Ana"}, chat: anaPhone.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.who.message(from(c.src, text("hola")))
			if !ok {
				t.Fatal("got nothing, want an entry")
			}
			c.want.ID, c.want.Date, c.want.Kind, c.want.Content = "3EB0AA", &written, "texto", "hola"
			want := queue.Entry{Key: got.Key, Chat: c.chat, Message: c.want, ReceivedAt: arrived}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("entry (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoCustomersMessageIsDropped(t *testing.T) {
	alone := known()
	alone.groups = false
	for name, c := range map[string]struct {
		who *converter
		src types.MessageSource
	}{
		"status":         {known(), types.MessageSource{Chat: types.StatusBroadcastJID, Sender: anaPhone, IsGroup: true}},
		"broadcast list": {known(), types.MessageSource{Chat: types.NewJID("123", types.BroadcastServer), Sender: anaPhone, IsGroup: true}},
		"channel":        {known(), types.MessageSource{Chat: types.NewJID("123", types.NewsletterServer), Sender: types.NewJID("123", types.NewsletterServer)}},
		"bot":            {known(), types.MessageSource{Chat: types.MetaAIJID, Sender: types.MetaAIJID}},
		"new bot":        {known(), types.MessageSource{Chat: types.NewMetaAIJID, Sender: types.NewMetaAIJID}},
		"WhatsApp":       {known(), types.MessageSource{Chat: types.PSAJID, Sender: types.PSAJID}},
		"note to self":   {known(), types.MessageSource{Chat: ownLID, Sender: ownPhone, IsFromMe: true}},
		"nobody":         {known(), types.MessageSource{}},
		"group":          {alone, types.MessageSource{Chat: workshop, Sender: anaPhone, IsGroup: true}},
	} {
		if got, ok := c.who.message(from(c.src, text("hola"))); ok {
			t.Errorf("%s: got %+v, want nothing", name, got)
		}
	}
}

func TestAFileIsDescribedForLater(t *testing.T) {
	src := types.MessageSource{Chat: anaLID, Sender: device(anaLID, 4)}
	base := reference{Path: "/v/t1?x", Key: []byte("key"), SHA: []byte("sha"), EncSHA: []byte("enc"), Size: 7, ID: "3EB0AA", Chat: anaLID.String(), Sender: device(anaLID, 4).String()}
	url, size := proto.String("/v/t1?x"), proto.Uint64(7)
	for _, c := range []struct {
		kind string
		as   whatsmeow.MediaType
		mime string
		name string
		text string
		msg  *waE2E.Message
	}{
		{"imagen", whatsmeow.MediaImage, "image/jpeg", "", "mire", &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("mire"), Mimetype: proto.String("image/jpeg"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
		{"video", whatsmeow.MediaVideo, "video/mp4", "", "", &waE2E.Message{VideoMessage: &waE2E.VideoMessage{Mimetype: proto.String("video/mp4"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
		{"video", whatsmeow.MediaVideo, "video/mp4", "", "", &waE2E.Message{PtvMessage: &waE2E.VideoMessage{Mimetype: proto.String("video/mp4"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
		{"audio", whatsmeow.MediaAudio, "audio/mpeg", "", "", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{Mimetype: proto.String("audio/mpeg"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
		{"nota_de_voz", whatsmeow.MediaAudio, "audio/ogg", "", "", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true), Mimetype: proto.String("audio/ogg; codecs=opus"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
		{"documento", whatsmeow.MediaDocument, "application/pdf", "factura.pdf", "aquí", &waE2E.Message{DocumentWithCaptionMessage: wrap(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Caption: proto.String("aquí"), FileName: proto.String("../../etc/factura.pdf"), Mimetype: proto.String("application/pdf"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}})}},
		{"sticker", whatsmeow.MediaImage, unknownMIME, "", "", &waE2E.Message{StickerMessage: &waE2E.StickerMessage{Mimetype: proto.String("\x00nonsense"), DirectPath: url, MediaKey: []byte("key"), FileSHA256: []byte("sha"), FileEncSHA256: []byte("enc"), FileLength: size}}},
	} {
		entry, ok := stranger().message(from(src, c.msg))
		if !ok || entry.Message.Kind != c.kind || entry.Message.Content != c.text {
			t.Errorf("%s: got %+v, %v", c.kind, entry.Message, ok)
		}
		got, err := decodeReference(entry.Media)
		if err != nil {
			t.Fatalf("%s: %v", c.kind, err)
		}
		want := base
		want.Type, want.MIME, want.Name = c.as, c.mime, c.name
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s: reference (-want +got):\n%s", c.kind, diff)
		}
	}
}

func TestAPlaceholderDoesNotStandInTheWayOfItsMessage(t *testing.T) {
	src := types.MessageSource{Chat: anaLID, Sender: anaLID}
	message, _ := known().message(from(src, text("hola")))
	place, ok := known().placeholder(&events.UndecryptableMessage{Info: from(src, nil).Info})
	if !ok || !place.Message.Undecoded || place.Message.ID != message.Message.ID || place.Key == message.Key || place.Chat != message.Chat {
		t.Errorf("got %+v beside %+v, want the same id and chat under another key", place, message)
	}
	if again, _ := known().message(from(src, text("hola"))); again.Key != message.Key {
		t.Errorf("key of a repeat: got %q, want %q", again.Key, message.Key)
	}
	once, _ := known().placeholder(&events.UndecryptableMessage{Info: from(src, nil).Info, IsUnavailable: true, UnavailableType: events.UnavailableTypeViewOnce})
	if !strings.Contains(once.Message.Content, "una sola vez") {
		t.Errorf("view once: got %q, want it explained", once.Message.Content)
	}
	if got, ok := known().placeholder(&events.UndecryptableMessage{Info: from(src, nil).Info, DecryptFailMode: events.DecryptFailHide}); ok {
		t.Errorf("hidden: got %+v, want nothing", got)
	}
}

func TestAnEncryptedEditIsOpened(t *testing.T) {
	src := types.MessageSource{Chat: anaLID, Sender: anaLID}
	sealed := from(src, &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
		TargetMessageKey: key("T"), SecretEncType: waE2E.SecretEncryptedMessage_MESSAGE_EDIT.Enum(),
	}})
	for name, c := range map[string]struct {
		opened *waE2E.Message
		err    error
		text   string
		edited bool
	}{
		"bare text":       {opened: text("mejor"), text: "mejor", edited: true},
		"protocol edit":   {opened: change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", text("mejor")), text: "mejor", edited: true},
		"without the key": {err: whatsmeow.ErrOriginalMessageSecretNotFound, text: "[El mensaje fue editado, pero el cambio no se puede leer aquí: mírelo en el teléfono]"},
		"nothing inside":  {text: "[El mensaje fue editado, pero el cambio no se puede leer aquí: mírelo en el teléfono]"},
	} {
		who := known()
		who.decrypt = func(*events.Message) (*waE2E.Message, error) { return c.opened, c.err }
		got, ok := who.message(sealed)
		if m := got.Message; !ok || m.Content != c.text || m.Edited != c.edited || m.ReplyTo != "T" {
			t.Errorf("%s: got %+v, want %q, edited %v", name, m, c.text, c.edited)
		}
	}
}

func TestAnEditThatThePhoneSentAgainKeepsItsOwnID(t *testing.T) {
	raw := &waE2E.Message{EditedMessage: wrap(change(waE2E.ProtocolMessage_MESSAGE_EDIT, "TARGET", text("mejor")))}
	web := &waWeb.WebMessageInfo{Key: &waCommon.MessageKey{RemoteJID: proto.String(anaLID.String()), ID: proto.String("EDIT")}, Message: raw, MessageTimestamp: proto.Uint64(uint64(written.Unix()))}
	evt, err := (&whatsmeow.Client{}).ParseWebMessage(types.EmptyJID, web)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := stranger().message(evt)
	if m := got.Message; m.ID != "EDIT" || m.ReplyTo != "TARGET" || !m.Edited || m.Content != "mejor" {
		t.Errorf("got %+v, want an edit of TARGET", m)
	}
}

func TestACallIsNoted(t *testing.T) {
	got, ok := known().call(types.BasicCallMeta{From: device(anaLID, 1), CallID: "CALL", Timestamp: written})
	if m := got.Message; !ok || m.Content != "📞 Llamó por WhatsApp" || m.Phone != anaPhone.User || m.ID != "CALL" {
		t.Errorf("got %+v, %v, want Ana's call", m, ok)
	}
	if got, ok := known().call(types.BasicCallMeta{From: anaLID, GroupJID: workshop}); ok {
		t.Errorf("call of a group: got %+v, want nothing", got)
	}
}

func TestHostileNamesAreMadeHarmless(t *testing.T) {
	evt := from(types.MessageSource{Chat: anaLID, Sender: anaLID}, text("a\x00b\xffc"))
	evt.Info.ID, evt.Info.PushName = "../../id con espacio", "  Ana\n\u202e\x07López  "
	got, _ := stranger().message(evt)
	if m := got.Message; m.Content != "ab�c" || m.Name != "Ana López" || strings.ContainsAny(m.ID, "./ ") || m.ID != cleanID(evt.Info.ID) {
		t.Errorf("got %+v, want clean text, name and id", m)
	}
	for in, want := range map[string]string{
		`C:\fotos\mi foto.jpg`: "mi foto.jpg", "../../.bashrc": "bashrc", "a/b\x00c.pdf": "bc.pdf", "": "", "..": "", "con?q=1": "con_q=1",
		strings.Repeat("ñ", 300) + ".pdf": strings.Repeat("ñ", maxFileName-5) + "….pdf",
	} {
		if got := cleanFileName(in); got != want {
			t.Errorf("file name %q: got %q, want %q", in, got, want)
		}
	}
	if got := utf8.RuneCountInString(cleanText(strings.Repeat("x", 1<<20))); got != maxText {
		t.Errorf("length of a long text: got %d runes, want %d", got, maxText)
	}
}

func FuzzNoMessageBreaksTheConverter(f *testing.F) {
	for _, m := range []*waE2E.Message{
		text("hola"), change(waE2E.ProtocolMessage_MESSAGE_EDIT, "T", text("x")), {PollCreationMessage: poll()},
		{ContactMessage: &waE2E.ContactMessage{Vcard: proto.String(card)}}, {SpoilerMessage: wrap(text("x"))},
		{ImageMessage: &waE2E.ImageMessage{DirectPath: proto.String("/x"), MediaKey: []byte("k")}},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, "3EB0", "Ana", false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, id, name string, own bool) {
		var msg waE2E.Message
		if proto.Unmarshal(raw, &msg) != nil {
			return
		}
		evt := from(types.MessageSource{Chat: anaLID, Sender: anaLID, IsFromMe: own}, &msg)
		evt.Info.ID, evt.Info.PushName = id, name
		got, ok := stranger().message(evt)
		if !ok {
			return
		}
		m := got.Message
		for field, s := range map[string]string{"content": m.Content, "id": m.ID, "name": m.Name, "reply": m.ReplyTo} {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Errorf("%s: got %q, want clean UTF-8", field, s)
			}
		}
		if m.Phone != "" || m.ID == "" || len(m.ID) > wire.MaxID || m.Content == "" && got.Media == nil && m.File == nil {
			t.Errorf("got %+v, want an id, something to show, and no LID as phone", m)
		}
		if got.Media != nil {
			if _, err := decodeReference(got.Media); err != nil {
				t.Errorf("reference: %v", err)
			}
		}
	})
}
