package wasim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// MediaKind is the kind of an attachment.
type MediaKind int

// Kinds of attachments.
const (
	MediaImage     MediaKind = iota // picture
	MediaAudio                      // audio file
	MediaVoice                      // voice note
	MediaVideo                      // video
	MediaVideoNote                  // round video note
	MediaDocument                   // file of any type
	MediaSticker                    // webp sticker
)

// Media is an attachment to send.
type Media struct {
	Kind         MediaKind
	Data         []byte
	MIME         string // default: detected from Data
	Name         string // file name, documents only
	Caption      string // images, videos and documents
	DeclaredSize uint64 // size the message claims; 0: the true one
}

// mediaClass is what keys are derived with (whatsmeow download.go).
func (k MediaKind) mediaClass() whatsmeow.MediaType {
	switch k {
	case MediaAudio, MediaVoice:
		return whatsmeow.MediaAudio
	case MediaVideo, MediaVideoNote:
		return whatsmeow.MediaVideo
	case MediaDocument:
		return whatsmeow.MediaDocument
	case MediaImage, MediaSticker:
	}
	return whatsmeow.MediaImage
}

// SendImage sends a picture; its type is told by its content.
func (c *Customer) SendImage(data []byte, caption string) string {
	return c.SendMedia(Media{Kind: MediaImage, Data: data, Caption: caption})
}

// SendMedia sends an attachment.
func (c *Customer) SendMedia(m Media) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	id := newID("3A")
	return c.send(c.s.attach(id, m), SendOptions{ID: id})
}

// attached is what a message says about its encrypted file.
type attached struct {
	url, path        string
	key, sum, encSum []byte
	size             uint64
	mime             string
}

// attach encrypts and stores a file for a message, and makes the message. The
// caller holds s.mu.
func (s *Server) attach(id string, m Media) *waE2E.Message {
	a := attached{key: make([]byte, 32), size: m.DeclaredSize, mime: m.MIME}
	rand.Read(a.key)
	sealed := sealMedia(a.key, m.Kind.mediaClass(), m.Data)
	a.path = s.storeBlob(id, sealed, a.key)
	a.url = "https://" + mediaHost + a.path
	sum, encSum := sha256.Sum256(m.Data), sha256.Sum256(sealed)
	a.sum, a.encSum = sum[:], encSum[:]
	if a.size == 0 {
		a.size = uint64(len(m.Data))
	}
	if a.mime == "" {
		a.mime = http.DetectContentType(m.Data)
	}
	return a.message(m)
}

func (a attached) message(m Media) *waE2E.Message {
	var caption *string
	if m.Caption != "" {
		caption = proto.String(m.Caption)
	}
	switch m.Kind {
	case MediaAudio, MediaVoice:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			URL: &a.url, DirectPath: &a.path, MediaKey: a.key, FileSHA256: a.sum, FileEncSHA256: a.encSum,
			FileLength: &a.size, Mimetype: &a.mime, PTT: proto.Bool(m.Kind == MediaVoice), Seconds: proto.Uint32(3),
		}}
	case MediaVideo, MediaVideoNote:
		video := &waE2E.VideoMessage{
			URL: &a.url, DirectPath: &a.path, MediaKey: a.key, FileSHA256: a.sum, FileEncSHA256: a.encSum,
			FileLength: &a.size, Mimetype: &a.mime, Caption: caption, Seconds: proto.Uint32(3),
		}
		if m.Kind == MediaVideoNote {
			return &waE2E.Message{PtvMessage: video}
		}
		return &waE2E.Message{VideoMessage: video}
	case MediaDocument:
		return a.document(m, caption)
	case MediaSticker:
		return &waE2E.Message{StickerMessage: &waE2E.StickerMessage{
			URL: &a.url, DirectPath: &a.path, MediaKey: a.key, FileSHA256: a.sum, FileEncSHA256: a.encSum,
			FileLength: &a.size, Mimetype: &a.mime,
		}}
	case MediaImage:
	}
	return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
		URL: &a.url, DirectPath: &a.path, MediaKey: a.key, FileSHA256: a.sum, FileEncSHA256: a.encSum,
		FileLength: &a.size, Mimetype: &a.mime, Caption: caption,
	}}
}

// document is wrapped when it has a caption, as phones do.
func (a attached) document(m Media, caption *string) *waE2E.Message {
	msg := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		URL: &a.url, DirectPath: &a.path, MediaKey: a.key, FileSHA256: a.sum, FileEncSHA256: a.encSum,
		FileLength: &a.size, Mimetype: &a.mime, FileName: &m.Name, Title: &m.Name, Caption: caption,
	}}
	if caption == nil {
		return msg
	}
	return &waE2E.Message{DocumentWithCaptionMessage: &waE2E.FutureProofMessage{Message: msg}}
}

// mediaKeys expands the key of a file.
func mediaKeys(key []byte, class whatsmeow.MediaType) (iv, cipher, mac []byte) {
	out := hkdfutil.SHA256(key, nil, []byte(class), 112)
	return out[:16], out[16:48], out[48:80]
}

// macSize is how much of the HMAC follows the ciphertext of a file.
const macSize = 10

func sealMedia(key []byte, class whatsmeow.MediaType, data []byte) []byte {
	iv, cipherKey, macKey := mediaKeys(key, class)
	// Encrypt pads its argument in place, which is the caller's, unless it is
	// clipped; it fails only on keys of a wrong length.
	ciphertext, err := cbcutil.Encrypt(cipherKey, iv, slices.Clip(data))
	if err != nil {
		return nil
	}
	return append(ciphertext, mediaMAC(macKey, iv, ciphertext)...)
}

func mediaMAC(key, iv, ciphertext []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(iv)
	mac.Write(ciphertext)
	return mac.Sum(nil)[:macSize]
}

var errMedia = errors.New("media does not match its message")

// openMedia decrypts a file, checking its MAC and hash.
func openMedia(a attached, class whatsmeow.MediaType, sealed []byte) ([]byte, error) {
	encSum := sha256.Sum256(sealed)
	if len(sealed) <= macSize || !hmac.Equal(encSum[:], a.encSum) {
		return nil, errMedia
	}
	iv, cipherKey, macKey := mediaKeys(a.key, class)
	ciphertext, mac := sealed[:len(sealed)-macSize], sealed[len(sealed)-macSize:]
	if !hmac.Equal(mediaMAC(macKey, iv, ciphertext), mac) {
		return nil, errMedia
	}
	data, err := cbcutil.Decrypt(cipherKey, iv, ciphertext)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); !hmac.Equal(sum[:], a.sum) {
		return nil, errMedia
	}
	return data, nil
}

// openUpload returns the decrypted attachment of a message of the business, nil
// if it has none or it is not on the server. The caller holds s.mu.
func (s *Server) openUpload(msg *waE2E.Message) []byte {
	file, class := attachmentOf(msg)
	if file == nil {
		return nil
	}
	stored := s.blobs[blobName(file.GetDirectPath())]
	if stored == nil {
		s.log.Debug().Msg("attachment was not uploaded")
		return nil
	}
	a := attached{key: file.GetMediaKey(), sum: file.GetFileSHA256(), encSum: file.GetFileEncSHA256()}
	data, err := openMedia(a, class, stored.data)
	if err != nil {
		s.log.Debug().Err(err).Msg("attachment cannot be opened")
		return nil
	}
	return data
}

// attachmentOf finds the file of a message.
func attachmentOf(msg *waE2E.Message) (whatsmeow.DownloadableMessage, whatsmeow.MediaType) {
	m := inner(msg)
	switch {
	case m.GetImageMessage() != nil:
		return m.GetImageMessage(), whatsmeow.MediaImage
	case m.GetVideoMessage() != nil:
		return m.GetVideoMessage(), whatsmeow.MediaVideo
	case m.GetPtvMessage() != nil:
		return m.GetPtvMessage(), whatsmeow.MediaVideo
	case m.GetAudioMessage() != nil:
		return m.GetAudioMessage(), whatsmeow.MediaAudio
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage(), whatsmeow.MediaDocument
	case m.GetStickerMessage() != nil:
		return m.GetStickerMessage(), whatsmeow.MediaImage
	}
	return nil, ""
}

// blobName is the name in a direct path: /o1/v/NAME?query.
func blobName(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}
