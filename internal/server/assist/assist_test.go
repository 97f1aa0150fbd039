package assist_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/assist"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/llm"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// desk is a store whose doubtful tickets and voice notes a model looks after.
type desk struct {
	*store.Store
	*assist.Assist

	t      *testing.T
	origin store.Origin
	clock  *storetest.Clock
	folder *photos.Folder

	mu     sync.Mutex
	answer func(w http.ResponseWriter, question string)
	asked  []string
}

// each runs body on both engines.
func each(t *testing.T, body func(t *testing.T, d *desk)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) { body(t, open(t, url)) })
}

func open(t *testing.T, url string) *desk {
	t.Helper()
	d := &desk{t: t, clock: storetest.NewClock(start)}
	d.Store = storetest.OpenURL(t, url, func(o *store.Options) {
		o.Now, o.Classify, o.Wishes = d.clock.Now, doubtful, assist.Wishes(assist.WhenUnsure, true)
	})
	d.origin = storetest.Origin(t, d.Store)
	var err error
	if d.folder, err = photos.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.folder.Close() })
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.asked = append(d.asked, string(body))
		w.Header().Set("Content-Type", "application/json")
		d.answer(w, string(body))
	}))
	t.Cleanup(stub.Close)
	e := llm.Endpoint{URL: stub.URL, Model: "m"}
	d.Assist = assist.New(assist.Options{
		Store: d.Store, Photos: d.folder, Jobs: jobs.New(jobs.Options{Store: d.Store, Log: zerolog.Nop()}), Now: d.clock.Now,
		Model: llm.New(llm.Options{Chat: e, Audio: e, Now: d.clock.Now, Log: zerolog.Nop()}),
		Categories: func(context.Context, int64) ([]llm.Category, error) {
			return []llm.Category{{Name: "Impresoras"}, {Name: "Soporte General"}}, nil
		},
	})
	return d
}

// doubtful knows nothing of any text.
func doubtful(_ int64, text string) ticket.Classification {
	c := ticket.Classification{Category: "Soporte General", Source: ticket.SourceModel, Priority: ticket.PriorityNormal, Doubt: ticket.DoubtUnsure}
	if text == "" {
		c.Doubt = ticket.DoubtNoText
	}
	return c
}

// says makes the model answer with text.
func (d *desk) says(text string) {
	content, err := json.Marshal(text)
	if err != nil {
		d.t.Fatal(err)
	}
	d.answers(func(w http.ResponseWriter, _ string) {
		_, _ = io.WriteString(w, `{"text":`+string(content)+`,"choices":[{"message":{"role":"assistant","content":`+string(content)+`}}]}`)
	})
}

func (d *desk) answers(answer func(w http.ResponseWriter, question string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = answer
}

func (d *desk) questions() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

func (d *desk) add(in store.Incoming) store.Stored {
	d.t.Helper()
	in.Origin, in.Direction = d.origin, ticket.DirectionIn
	in.From = ticket.Identity{Phone: "5214772758198", Chat: "5214772758198@s.whatsapp.net", Name: "Ana Pérez"}
	stored, err := d.AddMessage(d.t.Context(), in)
	if err != nil {
		d.t.Fatal(err)
	}
	return stored
}

func (d *desk) write(id, text string) store.Stored {
	d.t.Helper()
	return d.add(store.Incoming{Kind: ticket.KindText, Body: text, WhatsAppID: id})
}

// speak stores a voice note that says data.
func (d *desk) speak(id, data string) store.Stored {
	d.t.Helper()
	file, err := d.folder.Save([]byte(data), "audio/ogg")
	if err != nil {
		d.t.Fatal(err)
	}
	return d.add(store.Incoming{Kind: ticket.KindVoice, WhatsAppID: id, Attachments: []ticket.Attachment{
		{File: file, MIME: "audio/ogg", Size: int64(len(data)), State: ticket.FileStored},
	}})
}

func (d *desk) ticket() store.Listed {
	d.t.Helper()
	l, err := d.Ticket(d.t.Context(), d.origin.Business, 1)
	if err != nil {
		d.t.Fatal(err)
	}
	return l
}

// wanted returns how many rows want something.
func (d *desk) wanted() int {
	d.t.Helper()
	opinions, transcriptions := d.Kinds()
	o, err := opinions.Wanted(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := transcriptions.Wanted(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return len(o) + len(r)
}

func (d *desk) item(id int64) jobs.Item { return jobs.Item{Business: d.origin.Business, ID: id} }

// opine does the job of ticket 1.
func (d *desk) opine() error {
	opinions, _ := d.Kinds()
	return opinions.Work(d.t.Context(), d.item(1))
}

// listen does the job of a message.
func (d *desk) listen(message int64) error {
	_, transcriptions := d.Kinds()
	return transcriptions.Work(d.t.Context(), d.item(message))
}

func (d *desk) wantCategory(category string, source ticket.Source) {
	d.t.Helper()
	if got := d.ticket(); got.Category != category || got.Source != source {
		d.t.Errorf("ticket: got %q by %q, want %q by %q", got.Category, got.Source, category, source)
	}
}

func (d *desk) do(what string, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Errorf("%s: %v", what, err)
	}
}

// refuses makes the model answer with status.
func (d *desk) refuses(status int, header ...string) {
	d.answers(func(w http.ResponseWriter, _ string) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":{"message":"no"}}`)
	})
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("got %q, want %q in it", text, part)
		}
	}
}
