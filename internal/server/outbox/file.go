package outbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// SendFile is Send for a message with a file of size bytes, which is read from
// open while it is sent, so that it is never in memory as a whole. open may be
// called again when the connection broke before anything was sent. A file that
// is not there any more is CodeInvalid: it can never be sent.
func (b *Bridge) SendFile(ctx context.Context, url string, m wire.Send, size int64, open func() (io.ReadCloser, error)) error {
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	head, tail, err := envelope(m)
	if err != nil {
		return err
	}
	body := func() (io.ReadCloser, error) {
		file, err := open()
		if err != nil {
			return nil, err
		}
		return encoded(head, file, tail), nil
	}
	first, err := body()
	if err != nil {
		return unreadable(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+wire.PathSend, first)
	if err != nil {
		return errors.Join(err, first.Close())
	}
	r.GetBody = body
	r.ContentLength = int64(len(head)) + int64(base64.StdEncoding.EncodedLen(int(size))) + int64(len(tail))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(httpx.TraceHeader, m.ID)
	return taken(b.exchange(r))
}

// unreadable is what becomes of a reply whose file cannot be read.
func unreadable(err error) error {
	if ticket.CodeOf(err) == ticket.CodeNotFound {
		return errors.Join(ticket.NewError(ticket.CodeInvalid, "El archivo ya no está en el servidor."), err)
	}
	return errors.Join(ticket.NewError(ticket.CodeUnavailable, "El servidor no puede leer el archivo ahora mismo."), err)
}

// envelope is m as JSON up to where the bytes of its file go, and from there on.
// The file needs a type.
func envelope(m wire.Send) (head, tail string, err error) {
	file := *m.File
	file.Data, m.File = nil, nil
	outer, err := json.Marshal(m)
	if err != nil {
		return "", "", fmt.Errorf("encode message: %w", err)
	}
	inner, err := json.Marshal(file)
	if err != nil {
		return "", "", fmt.Errorf("encode file: %w", err)
	}
	open := func(object []byte) string { return strings.TrimSuffix(string(object), "}") }
	return open(outer) + `,"archivo":` + open(inner) + `,"datos":"`, `"}}`, nil
}

// encoded is head, the base64 of file, and tail. Closing it closes file.
func encoded(head string, file io.ReadCloser, tail string) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		encoder := base64.NewEncoder(base64.StdEncoding, w)
		_, err := io.WriteString(w, head)
		if err == nil {
			_, err = io.Copy(encoder, file)
		}
		if err == nil {
			err = encoder.Close()
		}
		if err == nil {
			_, err = io.WriteString(w, tail)
		}
		_ = w.CloseWithError(errors.Join(err, file.Close())) // never fails
	}()
	return r
}
