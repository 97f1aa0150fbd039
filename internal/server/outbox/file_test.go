package outbox_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// withFiles gives the desk a folder of files.
func (d *desk) withFiles() *photos.Folder {
	d.t.Helper()
	folder, err := photos.Open(d.t.TempDir())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = folder.Close() })
	d.openOutbox(folder.Open)
	return folder
}

// queueFile queues a file of somebody at the counter.
func (d *desk) queueFile(folder *photos.Folder, number int64, data []byte, text string) int64 {
	d.t.Helper()
	name, err := folder.Save(data, "image/png")
	if err != nil {
		d.t.Fatal(err)
	}
	q, err := d.store.QueueReply(d.t.Context(), store.Reply{
		Business: d.origin.Business, Ticket: number, Text: text, WhatsAppID: "3EB0" + name[:6], Kind: ticket.KindImage,
		File: &ticket.Attachment{File: name, Name: `a "b"</script>}.png`, MIME: "image/png", Size: int64(len(data)), State: ticket.FileStored},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return q.Message
}

func TestAFileArrivesWholeWhateverItsSize(t *testing.T) {
	d := open(t, "http://laptop.test:9000")
	folder := d.withFiles()
	n := d.customer(1)
	for _, size := range []int{1, 2, 3, 4, 1000, 1 << 20} {
		data := bytes.Repeat([]byte{0xff, 0, '"', '\n', 7}, size/5+1)[:size]
		d.queueFile(folder, n, data, `dice "hola"`)
		if got := d.sweep(); got != 1 {
			t.Fatalf("%d bytes: got %d sent, want 1", size, got)
		}
		m := d.laptop.sent[len(d.laptop.sent)-1]
		if m.File == nil || sha256.Sum256(m.File.Data) != sha256.Sum256(data) || m.File.Name != `a "b"</script>}.png` || m.Text != `dice "hola"` {
			t.Errorf("%d bytes: got %+v", size, m)
		}
	}
}

func TestTheLaptopIsToldHowMuchComes(t *testing.T) {
	var length, read int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		length = r.ContentLength
		read, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	defer server.Close()
	err := outbox.NewBridge(nil, "secret token").SendFile(t.Context(), server.URL, wire.Send{To: "1", File: &wire.File{MIME: "text/plain"}}, 5,
		func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("hola\n")), nil })
	if err != nil || length != read || length < 8 {
		t.Errorf("got %d announced and %d read, %v", length, read, err)
	}
}

func TestAFileThatIsGoneFailsAndOneThatCannotBeReadWaits(t *testing.T) {
	d := open(t, "http://laptop.test:9000")
	folder := d.withFiles()
	n := d.customer(1)
	d.queueFile(folder, n, []byte("x"), "")
	last := d.last(n)
	if err := folder.Remove(last.Attachments[0].File); err != nil {
		t.Fatal(err)
	}
	d.sweep()
	if got := d.last(n); got.Delivery != ticket.DeliveryFailed || got.Failure != "El archivo ya no está en el servidor." {
		t.Errorf("got %q because %q, want it given up", got.Delivery, got.Failure)
	}
	d.openOutbox(func(string) (*os.File, error) { return nil, errors.New("disk on fire") })
	d.queueFile(folder, n, []byte("y"), "")
	d.sweep()
	if got := d.last(n); got.Delivery != ticket.DeliveryQueued || strings.Contains(got.Failure, "fire") {
		t.Errorf("got %q because %q, want it to wait", got.Delivery, got.Failure)
	}
	if got := len(d.laptop.sent); got != 0 {
		t.Errorf("got %d messages, want none", got)
	}
}

func TestAFileIsTriedAgainUnderTheSameID(t *testing.T) {
	d := open(t, "http://laptop.test:9000")
	folder := d.withFiles()
	n := d.customer(1)
	message := d.queueFile(folder, n, []byte("una foto"), "")
	d.laptop.behave(refuse(http.StatusGatewayTimeout, `{"error":"sin confirmar"}`))
	d.sweep()
	d.laptop.behave(nil)
	if err := d.Retry(t.Context(), store.Named{Business: d.origin.Business, Ticket: n, Message: message}); err != nil {
		t.Fatal(err)
	}
	sent := d.laptop.sent
	if len(sent) != 2 || sent[0].ID != sent[1].ID || !bytes.Equal(sent[0].File.Data, sent[1].File.Data) {
		t.Errorf("got %+v, want the same message twice", sent)
	}
}

func TestAKeyNamesOneMessageOfOneTicket(t *testing.T) {
	id := outbox.MessageID(1, 2, "k")
	if id != outbox.MessageID(1, 2, "k") || len(id) != 22 || !strings.HasPrefix(id, "3EB0") {
		t.Errorf("got %q, want an id like whatsmeow's, the same each time", id)
	}
	for _, other := range []string{outbox.MessageID(2, 2, "k"), outbox.MessageID(1, 3, "k"), outbox.MessageID(1, 2, "l"), outbox.MessageID(1, 2, "")} {
		if other == id {
			t.Errorf("got %q twice", id)
		}
	}
}
