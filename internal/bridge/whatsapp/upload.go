package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/wire"
)

// shown lists the types that WhatsApp's programs show in the chat. Anything
// else, and sound with a text, which WhatsApp does not know, is a document.
var shown = map[string]whatsmeow.MediaType{
	"image/jpeg": whatsmeow.MediaImage,
	"image/png":  whatsmeow.MediaImage,
	"video/mp4":  whatsmeow.MediaVideo,
	"audio/mpeg": whatsmeow.MediaAudio,
	"audio/mp4":  whatsmeow.MediaAudio,
	"audio/ogg":  whatsmeow.MediaAudio,
}

// upload stores the file at WhatsApp and builds the message that shows it.
func upload(ctx context.Context, cli *whatsmeow.Client, m wire.Send, quote *waE2E.ContextInfo) (*waE2E.Message, error) {
	kind := mimeOf(m.File.Data, m.File.MIME)
	as, ok := shown[kind]
	if !ok || as == whatsmeow.MediaAudio && m.Text != "" {
		as = whatsmeow.MediaDocument
	}
	up, err := cli.Upload(ctx, m.File.Data, as)
	if err != nil {
		return nil, fmt.Errorf("upload file: %w", err)
	}
	return attach(as, kind, m, up, quote), nil
}

func attach(as whatsmeow.MediaType, kind string, m wire.Send, up whatsmeow.UploadResponse, quote *waE2E.ContextInfo) *waE2E.Message {
	var caption *string
	if m.Text != "" {
		caption = proto.String(m.Text)
	}
	switch as {
	case whatsmeow.MediaImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			Caption: caption, Mimetype: proto.String(kind), ContextInfo: quote,
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		}}
	case whatsmeow.MediaVideo:
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{
			Caption: caption, Mimetype: proto.String(kind), ContextInfo: quote,
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		}}
	case whatsmeow.MediaAudio:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			Mimetype: proto.String(kind), ContextInfo: quote,
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
			FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
		}}
	}
	name := cleanFileName(m.File.Name)
	if name == "" {
		name = "archivo"
	}
	return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		Caption: caption, Mimetype: proto.String(kind), ContextInfo: quote, FileName: &name, Title: &name,
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey,
		FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength,
	}}
}
