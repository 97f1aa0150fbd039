package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"go.mau.fi/whatsmeow"

	"mostrador/internal/ticket"
)

// File is a downloaded attachment. MIME is what the content shows, else what
// the sender claimed; Name has no folders and may be empty.
type File struct {
	Data []byte
	MIME string
	Name string
}

// Errors of Fetch that no further try can cure. Each is a ticket.Error with
// the sentence to show.
var (
	ErrMediaGone   = ticket.NewError(ticket.CodeNotFound, "El archivo ya no está disponible en WhatsApp: pida que lo envíen otra vez.")
	ErrMediaTooBig = ticket.NewError(ticket.CodeTooLarge, "El archivo es demasiado grande: véalo en el teléfono.")
)

// overhead is what encryption adds to a file: padding and a shortened MAC.
const overhead = 16 + 10

// Fetch downloads the file of a message, as queue.Entry.Media describes it.
// When WhatsApp's servers no longer have it, the business's phone is asked to
// upload it again, and asked again ever more rarely while it does not answer: a
// phone that is off answers when it is on. Fetch returns ErrMediaGone and ErrMediaTooBig when there is no
// point in another try, and a ticket.Error with CodeUnavailable, without having tried, while there is no
// connection; any other error is worth a try later.
func (c *Client) Fetch(ctx context.Context, media []byte) (File, error) {
	ref, err := decodeReference(media)
	if err != nil {
		return File{}, errors.Join(ErrMediaGone, err)
	}
	if ref.Size > uint64(max(c.opts.MaxMedia, 0)) {
		return File{}, ErrMediaTooBig
	}
	cli := c.current.Load()
	if cli == nil || !c.Connected() {
		return File{}, unavailable(c.State())
	}
	ctx, cancel := context.WithTimeout(withLimit(ctx, c.opts.MaxMedia+overhead), c.opts.tempo.fetch)
	defer cancel()
	data, err := download(ctx, cli, ref)
	if expired(err) {
		data, err = c.fromPhone(ctx, cli, ref)
	}
	if err != nil {
		return File{}, err
	}
	c.answers.forget(ref.ID)
	if int64(len(data)) > c.opts.MaxMedia {
		return File{}, ErrMediaTooBig
	}
	return File{Data: data, MIME: mimeOf(data, ref.MIME), Name: ref.Name}, nil
}

func download(ctx context.Context, cli *whatsmeow.Client, ref *reference) ([]byte, error) {
	// The path is the sender's; whatsmeow would try an unreadable one five times.
	if _, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mmg.whatsapp.net"+ref.Path, nil); err != nil || !strings.HasPrefix(ref.Path, "/") {
		return nil, ErrMediaGone
	}
	data, err := cli.Download(ctx, ref)
	var status whatsmeow.DownloadHTTPError
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, errOverLimit), errors.As(err, &status) && status.StatusCode == http.StatusRequestEntityTooLarge:
		return nil, ErrMediaTooBig
	}
	return nil, fmt.Errorf("download file: %w", err)
}

// expired reports whether only the phone can still have the file.
func expired(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}
