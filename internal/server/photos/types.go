package photos

import (
	"mime"
	"net/http"
	"strings"
)

// Octets is the type of a file about which nothing is known.
const Octets = "application/octet-stream"

// maxType bounds a declared type; the longest in common use (OOXML) has 73
// characters.
const maxType = 100

// pictures are the types a browser may show as an image: all that WhatsApp
// sends, and none that can carry a script.
var pictures = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp",
	"audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/wave": ".wav",
	"video/mp4": ".mp4", "video/webm": ".webm", "video/3gpp": ".3gp", "application/pdf": ".pdf",
}

func extension(mime string) string {
	if ext, ok := extensions[mime]; ok {
		return ext
	}
	return ".bin"
}

// PictureType returns the type of a picture that a browser may show, judged by
// its bytes alone; ok is false for everything else, SVG and HTML included.
func PictureType(data []byte) (mime string, ok bool) {
	mime = http.DetectContentType(data)
	return mime, pictures[mime]
}

// Type returns the type to keep for a file whose sender declared one: what the
// bytes say where they say it, else the declaration. The result never makes a
// picture, sound or film of bytes that are known to be something else.
func Type(data []byte, declared string) string {
	found := MediaType(http.DetectContentType(data))
	declared = MediaType(declared)
	switch {
	case found == "application/ogg" && !isMedia(declared):
		return "audio/ogg"
	case isMedia(declared) && (found == "application/ogg" || found == Octets || isMedia(found)):
		return declared // one container holds sound or film, and many formats are not recognised
	case declared == "" || pictures[found] || isMedia(found) || found == "application/pdf":
		return found
	case isMedia(declared) || strings.HasPrefix(declared, "image/"):
		return found
	}
	return declared
}

// MediaType returns the type/subtype of a declared type in lower case, without
// parameters, or "" when it is none.
func MediaType(declared string) string {
	kind, _, err := mime.ParseMediaType(declared)
	if err != nil || len(kind) > maxType || strings.Count(kind, "/") != 1 {
		return ""
	}
	return kind
}

func isMedia(mime string) bool {
	return strings.HasPrefix(mime, "audio/") || strings.HasPrefix(mime, "video/")
}
