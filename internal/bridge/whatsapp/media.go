package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types/events"

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
// upload it again. It returns ErrMediaGone and ErrMediaTooBig when there is no
// point in another try; any other error is worth one later.
func (c *Client) Fetch(ctx context.Context, media []byte) (File, error) {
	ref, err := decodeReference(media)
	if err != nil {
		return File{}, errors.Join(ErrMediaGone, err)
	}
	if ref.Size > uint64(c.opts.MaxMedia) {
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
		if ref.Path, err = c.uploadAgain(ctx, cli, ref); err == nil {
			data, err = download(ctx, cli, ref)
		}
	}
	if err != nil {
		return File{}, err
	}
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

// uploadAgain asks the business's phone for the file and returns its new path.
func (c *Client) uploadAgain(ctx context.Context, cli *whatsmeow.Client, ref *reference) (string, error) {
	info, err := ref.message()
	if err != nil {
		return "", errors.Join(ErrMediaGone, err)
	}
	answer, forget := c.answers.expect(ref.ID)
	defer forget()
	if err := cli.SendMediaRetryReceipt(ctx, info, ref.Key); err != nil {
		return "", fmt.Errorf("ask phone for file: %w", err)
	}
	timer := time.NewTimer(c.opts.tempo.mediaRetry)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("wait for phone: %w", ctx.Err())
	case <-timer.C:
		return "", errPhoneSilent
	case evt := <-answer:
		return newPath(evt, ref.Key)
	}
}

var errPhoneSilent = errors.New("the phone did not upload the file again")

func newPath(evt *events.MediaRetry, key []byte) (string, error) {
	found, err := whatsmeow.DecryptMediaRetryNotification(evt, key)
	switch {
	case errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone), found.GetResult() == waMmsRetry.MediaRetryNotification_NOT_FOUND:
		return "", ErrMediaGone
	case err != nil:
		return "", fmt.Errorf("read phone's answer: %w", err)
	case found.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS:
		return "", fmt.Errorf("phone's answer: %v", found.GetResult()) //nolint:err113 // a value of WhatsApp's
	}
	return found.GetDirectPath(), nil
}

// answers hands the phone's answers to whoever asked. It is safe for
// concurrent use.
type answers struct {
	mu      sync.Mutex
	waiting map[string][]chan *events.MediaRetry
}

func newAnswers() *answers { return &answers{waiting: map[string][]chan *events.MediaRetry{}} }

// expect returns a channel for the answer on message id, and what ends the wait.
func (a *answers) expect(id string) (<-chan *events.MediaRetry, func()) {
	ch := make(chan *events.MediaRetry, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting[id] = append(a.waiting[id], ch)
	return ch, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		rest := a.waiting[id][:0:0]
		for _, other := range a.waiting[id] {
			if other != ch {
				rest = append(rest, other)
			}
		}
		if a.waiting[id] = rest; len(rest) == 0 {
			delete(a.waiting, id)
		}
	}
}

func (a *answers) deliver(evt *events.MediaRetry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, ch := range a.waiting[evt.MessageID] {
		select {
		case ch <- evt:
		default:
		}
	}
}
