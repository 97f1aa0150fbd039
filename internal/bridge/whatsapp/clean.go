package whatsapp

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"mostrador/internal/wire"
)

// Limits of what a sender may make us carry, in runes. A text of WhatsApp's
// own clients has at most 65,536 characters; the others are ours.
const (
	maxText     = 65536
	maxName     = 200
	maxFileName = 120
)

const unknownMIME = "application/octet-stream"

// clip cuts s to at most n runes, the last of which then is an ellipsis.
func clip(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// valid is s in UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "�") }

// cleanText makes a sender's text valid UTF-8 without NUL, which PostgreSQL
// cannot store.
func cleanText(s string) string {
	return clip(strings.ReplaceAll(valid(s), "\x00", ""), maxText)
}

// cleanLine is cleanText for names: one short line.
func cleanLine(s string) string { return clip(oneLine(s), maxName) }

// oneLine takes control characters out, and those that turn the direction of
// the text around them.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, cleanText(s))
	return strings.Join(strings.Fields(s), " ")
}

// cleanFileName keeps the last element of a sender's file name, without
// anything a file system or a header could take for more than a name.
func cleanFileName(s string) string {
	s = path.Base(strings.ReplaceAll(oneLine(s), `\`, "/"))
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/|?*`, r) {
			return '_'
		}
		return r
	}, s), ". ")
	if extension := path.Ext(s); utf8.RuneCountInString(s) > maxFileName && len(extension) < 10 {
		return strings.TrimSpace(clip(strings.TrimSuffix(s, extension), maxFileName-len(extension))) + extension
	}
	return clip(s, maxFileName)
}

// cleanMIME keeps the bare type of a sender's claim.
func cleanMIME(s string) string {
	bare, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(bare, "/") || len(bare) > maxName {
		return unknownMIME
	}
	return bare
}

// mimeOf is the type that data's first bytes show, else the claimed one.
func mimeOf(data []byte, claimed string) string {
	if found := cleanMIME(http.DetectContentType(data)); found != unknownMIME && found != "text/plain" {
		return found
	}
	return cleanMIME(claimed)
}

// cleanID leaves the ids that WhatsApp's clients make as they are and replaces
// anything else by its hash: the same message still has the same id.
func cleanID(id string) string {
	if id != "" && wire.ValidID(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "X" + strings.ToUpper(hex.EncodeToString(sum[:16]))
}
