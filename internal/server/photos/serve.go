package photos

import (
	"mime"
	"net/http"

	"mostrador/internal/ticket"
)

// cacheControl: a name never gets other bytes, and what it holds is private.
const cacheControl = "private, max-age=31536000, immutable"

// Serve answers r with the stored file of a. Pictures, sounds and films may be
// shown in the page; everything else is a download under its sender's name, so
// that nothing a customer sends runs in the panel. It returns CodeNotFound, and
// has written nothing, when the file is not there.
func (f *Folder) Serve(w http.ResponseWriter, r *http.Request, a ticket.Attachment) error {
	file, err := f.Open(a.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return notFound()
	}
	setHeaders(w.Header(), a)
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

func setHeaders(h http.Header, a ticket.Attachment) {
	contentType, disposition := a.MIME, "inline"
	if !pictures[a.MIME] && !isMedia(a.MIME) {
		contentType, disposition = Octets, "attachment"
	}
	if a.Name != "" {
		if named := mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}); named != "" {
			disposition = named
		}
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", cacheControl)
	h.Set("ETag", `"`+a.File+`"`)
}

func notFound() error { return ticket.NewError(ticket.CodeNotFound, "El archivo no existe.") }
