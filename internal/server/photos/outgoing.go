package photos

import (
	"bytes"
	"net/http"
	"path"
	"strings"

	"mostrador/internal/ticket"
)

// archives are the formats that are ZIP files inside, by the end of their name.
// A program for a phone is one too, and not among them.
var archives = map[string]string{
	".zip":  "application/zip",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odp":  "application/vnd.oasis.opendocument.presentation",
}

// compound are those that are OLE files inside. An installer is one too.
var compound = map[string]string{".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint"}

// plain are those that are nothing but text.
var plain = map[string]string{".txt": "text/plain", ".csv": "text/csv", ".vcf": "text/vcard", ".ics": "text/calendar", ".log": "text/plain"}

// compoundHead is how OLE files begin.
var compoundHead = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

// Sniffed is how many of a file's first bytes tell its type (http.DetectContentType).
const Sniffed = 512

// Outgoing says what a file is that somebody at the counter wants to send, judged
// by its first Sniffed bytes, and for formats that share a container by its name too.
// Programs, web pages and whatever nobody knows are CodeInvalid: a customer should
// not get them from a shop.
func Outgoing(head []byte, name string) (mime string, kind ticket.Kind, err error) {
	found, ending := MediaType(http.DetectContentType(head)), strings.ToLower(path.Ext(name))
	if found == "application/ogg" {
		found = "audio/ogg"
	}
	switch {
	case pictures[found]:
		return found, ticket.KindImage, nil
	case strings.HasPrefix(found, "audio/"):
		return found, ticket.KindAudio, nil
	case strings.HasPrefix(found, "video/"):
		return found, ticket.KindVideo, nil
	case found == "application/pdf":
		return found, ticket.KindDocument, nil
	case found == "application/zip":
		mime = archives[ending]
	case bytes.HasPrefix(head, compoundHead):
		mime = compound[ending]
	case found == "text/plain":
		mime = plain[ending]
	}
	if mime == "" {
		return "", "", ticket.NewError(ticket.CodeInvalid,
			"Este tipo de archivo no se envía. Use una foto, un audio, un video, un PDF, un documento de oficina, un texto o un ZIP.")
	}
	return mime, ticket.KindDocument, nil
}
