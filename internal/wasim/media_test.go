package wasim_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/wasim"
)

// picture has a customer send one, and returns its id and the message.
func picture(t *testing.T) (*wasim.Server, *client, string, *events.Message) {
	t.Helper()
	s, c := linked(t)
	id := s.NewCustomer(wasim.Profile{}).SendImage(jpeg(), "")
	return s, c, id, c.message(id)
}

func TestMediaFaultsAreWhatADownloadSees(t *testing.T) {
	t.Parallel()
	s, c, id, m := picture(t)
	for _, tc := range []struct {
		name  string
		fault wasim.MediaFault
		want  error
	}{
		{"forbidden", wasim.MediaFault{Status: 403}, whatsmeow.ErrMediaDownloadFailedWith403},
		{"not found", wasim.MediaFault{ID: id, Status: 404}, whatsmeow.ErrMediaDownloadFailedWith404},
		{"gone", wasim.MediaFault{Status: 410}, whatsmeow.ErrMediaDownloadFailedWith410},
		{"changed", wasim.MediaFault{Corrupt: true}, whatsmeow.ErrInvalidMediaEncSHA256},
		{"cut short", wasim.MediaFault{Truncate: 7}, whatsmeow.ErrInvalidMediaEncSHA256},
		{"empty", wasim.MediaFault{Truncate: 1 << 20}, whatsmeow.ErrTooShortFile},
	} {
		s.MediaFault(wasim.MediaFault{})
		s.MediaFault(tc.fault)
		if _, err := c.Download(soon(t), m.Message.GetImageMessage()); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
	}
	s.MediaFault(wasim.MediaFault{})
	s.MediaFault(wasim.MediaFault{ID: "another", Status: 404})
	s.MediaFault(wasim.MediaFault{Length: -1})
	if data, err := c.Download(soon(t), m.Message.GetImageMessage()); err != nil || !bytes.Equal(data, jpeg()) {
		t.Errorf("got %d bytes and error %v without a length, want the picture", len(data), err)
	}
}

func TestAServerErrorIsNotTheEndOfADownload(t *testing.T) {
	t.Parallel()
	s, c, _, m := picture(t)
	s.MediaFault(wasim.MediaFault{Status: http.StatusInternalServerError})
	var failed whatsmeow.DownloadHTTPError
	if _, err := c.Download(soon(t), m.Message.GetImageMessage()); !errors.As(err, &failed) || failed.StatusCode != http.StatusInternalServerError {
		t.Errorf("got %v, want status 500", err)
	}
	s.MediaFault(wasim.MediaFault{})
	if _, err := c.Download(soon(t), m.Message.GetImageMessage()); err != nil {
		t.Errorf("got %v after the fault, want the picture", err)
	}
}

func TestABlockedDownloadWaitsUntilItIsReleased(t *testing.T) {
	t.Parallel()
	s, c, id, m := picture(t)
	s.MediaFault(wasim.MediaFault{ID: id, Block: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Download(ctx, m.Message.GetImageMessage()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	done := make(chan error, 1)
	go func() {
		_, err := c.Download(soon(t), m.Message.GetImageMessage())
		done <- err
	}()
	s.MediaFault(wasim.MediaFault{ID: id})
	if err := <-done; err != nil {
		t.Errorf("got %v after release, want the picture", err)
	}
}

func TestALyingLengthCutsTheDownload(t *testing.T) {
	t.Parallel()
	s, _, _, m := picture(t)
	s.MediaFault(wasim.MediaFault{Length: 1 << 30})
	resp, err := s.HTTPClient().Get(m.Message.GetImageMessage().GetURL())
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	defer resp.Body.Close()
	same(t, resp.ContentLength, 1<<30)
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(resp.Body); err == nil {
		t.Error("got a whole body, want it cut")
	}
}

func TestExpiredMediaComesBackWhenThePhoneIsAsked(t *testing.T) {
	t.Parallel()
	s, c, id, m := picture(t)
	s.ExpireMedia(id)
	image := m.Message.GetImageMessage()
	if _, err := c.Download(soon(t), image); !errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410) {
		t.Fatalf("got %v, want %v", err, whatsmeow.ErrMediaDownloadFailedWith410)
	}
	if err := c.SendMediaRetryReceipt(soon(t), &m.Info, image.GetMediaKey()); err != nil {
		t.Fatalf("ask for media: %v", err)
	}
	retry := await(t, c, func(e *events.MediaRetry) bool { return e.MessageID == id })
	news, err := whatsmeow.DecryptMediaRetryNotification(retry, image.GetMediaKey())
	if err != nil || news.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS {
		t.Fatalf("got %v and error %v, want success", news.GetResult(), err)
	}
	image.DirectPath = proto.String(news.GetDirectPath())
	if data, err := c.Download(soon(t), image); err != nil || !bytes.Equal(data, jpeg()) {
		t.Errorf("got %d bytes and error %v, want the picture", len(data), err)
	}
}

func TestLostMediaIsNotOnThePhoneEither(t *testing.T) {
	t.Parallel()
	s, c, id, m := picture(t)
	s.LoseMedia(id)
	if err := c.SendMediaRetryReceipt(soon(t), &m.Info, m.Message.GetImageMessage().GetMediaKey()); err != nil {
		t.Fatalf("ask for media: %v", err)
	}
	retry := await(t, c, func(e *events.MediaRetry) bool { return e.MessageID == id })
	if _, err := whatsmeow.DecryptMediaRetryNotification(retry, m.Message.GetImageMessage().GetMediaKey()); !errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone) {
		t.Errorf("got %v, want %v", err, whatsmeow.ErrMediaNotAvailableOnPhone)
	}
}

func TestAnUploadedFileIsOpenedByTheCustomer(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	up, err := c.Upload(soon(t), []byte("%PDF-1.4 factura"), whatsmeow.MediaDocument)
	if err != nil {
		t.Fatalf("upload: %v", err)
	}
	doc := &waE2E.DocumentMessage{
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileLength: &up.FileLength,
		FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, Caption: proto.String("su factura"),
	}
	for _, id := range []string{"GOOD", "BAD"} {
		if _, err := c.SendMessage(soon(t), ana.JID(), &waE2E.Message{DocumentMessage: doc}, whatsmeow.SendRequestExtra{ID: id}); err != nil {
			t.Fatalf("send: %v", err)
		}
		doc.FileSHA256 = make([]byte, 32)
	}
	got := arrives(t, ana, "GOOD")
	same(t, string(got.Media), "%PDF-1.4 factura")
	same(t, got.Text, "su factura")
	if got := arrives(t, ana, "BAD").Media; got != nil {
		t.Errorf("got %q from a message with a wrong hash, want nothing", got)
	}
}

func TestUploadsCanBeRefused(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	s.RefuseUploads(http.StatusServiceUnavailable)
	if _, err := c.Upload(soon(t), jpeg(), whatsmeow.MediaImage); err == nil {
		t.Error("got no error, want one")
	}
	s.RefuseUploads(0)
	if _, err := c.Upload(soon(t), jpeg(), whatsmeow.MediaImage); err != nil {
		t.Errorf("got %v after the fault, want none", err)
	}
}
