package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// laptop is a bridge whose behaviour a test replaces.
type laptop struct {
	mu     sync.Mutex
	handle http.HandlerFunc
	sent   []wire.Send
}

func (l *laptop) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	handle := l.handle
	var m wire.Send
	body, err := io.ReadAll(r.Body)
	if err == nil && r.URL.Path == wire.PathSend {
		err = json.Unmarshal(body, &m)
		l.sent = append(l.sent, m)
	}
	l.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body)) // for handle, which may be asked for several at once
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	if handle != nil {
		handle(w, r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if w.Code == http.StatusOK && w.Body.Len() == 0 {
		_, _ = io.WriteString(w, `{"ok":true}`)
	}
	return w.Result(), nil
}

func (l *laptop) behave(handle http.HandlerFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handle = handle
}

func (l *laptop) texts() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var texts []string
	for _, m := range l.sent {
		texts = append(texts, m.Text)
	}
	return strings.Join(texts, " ")
}

func refuse(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// desk is an outbox over a real database with some tickets in it.
type desk struct {
	*outbox.Outbox
	t      *testing.T
	store  *store.Store
	origin store.Origin
	clock  *storetest.Clock
	laptop *laptop
	log    *bytes.Buffer
}

func open(t *testing.T, url string) *desk {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "tickets.db"), url, storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)))
}

func openAt(t *testing.T, path, url string, c *storetest.Clock) *desk {
	t.Helper()
	d := &desk{t: t, clock: c, laptop: &laptop{}, log: &bytes.Buffer{}}
	d.store = storetest.OpenURL(t, path, func(o *store.Options) { o.Now = c.Now })
	var err error
	if d.origin, err = d.store.Setup(t.Context(), store.Setup{BusinessName: "Taller", BridgeURL: url}); err != nil {
		t.Fatal(err)
	}
	d.openOutbox(nil)
	return d
}

// openOutbox makes the outbox, which reads files with files.
func (d *desk) openOutbox(files func(string) (*os.File, error)) {
	d.Outbox = outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(d.laptop, "secret token"), Open: files, Now: d.clock.Now,
		Random: func() float64 { return 0 }, Log: zerolog.New(zerolog.SyncWriter(d.log)),
	})
}

// customer makes a ticket of the nth customer and returns its number.
func (d *desk) customer(n int) int64 {
	d.t.Helper()
	phone := fmt.Sprintf("52147727581%02d", n)
	stored, err := d.store.AddMessage(d.t.Context(), store.Incoming{
		Origin: d.origin, From: ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net"},
		Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola",
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return stored.Ticket
}

func (d *desk) queue(number int64, text string) int64 {
	d.t.Helper()
	q, err := d.store.QueueReply(d.t.Context(), store.Reply{Business: d.origin.Business, Ticket: number, Text: text, WhatsAppID: "3EB0" + text})
	if err != nil {
		d.t.Fatal(err)
	}
	return q.Message
}

func (d *desk) sweep() int {
	d.t.Helper()
	n, err := d.Sweep(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// last returns the newest message of a ticket.
func (d *desk) last(number int64) ticket.Message {
	d.t.Helper()
	all, err := d.store.Conversation(d.t.Context(), d.origin.Business, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return all[len(all)-1]
}

func TestADeliveredReplyCarriesTheTokenTheIDAndTheChat(t *testing.T) {
	d := open(t, "http://laptop.test:9000")
	n := d.customer(1)
	var url, token string
	d.laptop.behave(func(_ http.ResponseWriter, r *http.Request) {
		url, token = r.URL.String(), r.Header.Get("Authorization")
	})
	if err := d.Deliver(t.Context(), d.queue(n, "uno")); err != nil {
		t.Fatal(err)
	}
	if url != "http://laptop.test:9000/enviar-mensaje" || token != "Bearer secret token" {
		t.Errorf("got %q with %q, want the bridge's address and the token", url, token)
	}
	if got := d.laptop.sent[0]; got.To != "5214772758101@s.whatsapp.net" || got.Text != "uno" || got.ID != "3EB0uno" {
		t.Errorf("got %+v, want the customer, the text and the id", got)
	}
	if got := d.last(n); got.Delivery != ticket.DeliverySent || got.Failure != "" {
		t.Errorf("got %+v, want it sent", got)
	}
	if strings.Contains(d.log.String(), "secret token") || strings.Contains(d.log.String(), "52147") {
		t.Errorf("got log %s, want neither token nor number", d.log)
	}
}

func TestEveryAnswerOfTheBridgeHasItsOutcome(t *testing.T) {
	for _, tt := range []struct {
		name     string
		handle   http.HandlerFunc
		code     ticket.Code
		delivery ticket.Delivery
		reason   string
	}{
		{"not on WhatsApp", refuse(422, `{"error":"No está en WhatsApp"}`), ticket.CodeInvalid, ticket.DeliveryFailed, "No está en WhatsApp"},
		{"bad parameters", refuse(400, `{"error":"Faltan parámetros"}`), ticket.CodeInvalid, ticket.DeliveryFailed, "Faltan parámetros"},
		{"refused without a word", refuse(422, ``), ticket.CodeInvalid, ticket.DeliveryFailed, "WhatsApp no acepta este mensaje."},
		{"disconnected", refuse(503, `{"error":"WhatsApp desconectado","solucion":"Vincule\u0007 de nuevo"}`), ticket.CodeUnavailable, ticket.DeliveryQueued, "WhatsApp desconectado. Vincule  de nuevo"},
		{"wrong token", refuse(401, `{"error":"No autorizado"}`), ticket.CodeUnavailable, ticket.DeliveryQueued, "API_TOKEN"},
		{"not confirmed", refuse(504, `{"error":"Sin confirmar"}`), ticket.CodeTimeout, ticket.DeliveryQueued, "Sin confirmar"},
		{"broken", refuse(500, `<html>`), ticket.CodeUnavailable, ticket.DeliveryQueued, "(500)"},
		{"another program", refuse(404, `not found`), ticket.CodeUnavailable, ticket.DeliveryQueued, "(404)"},
		{"a hotel's login page", refuse(200, `<html>`), ticket.CodeUnavailable, ticket.DeliveryQueued, "(200)"},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://evil.test/", http.StatusFound)
		}, ticket.CodeUnavailable, ticket.DeliveryQueued, "(302)"},
		{"a flood of text", refuse(503, `{"error":"`+strings.Repeat("ñ", 5000)+`"}`), ticket.CodeUnavailable, ticket.DeliveryQueued, strings.Repeat("ñ", 300)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, "http://laptop.test")
			d.laptop.behave(tt.handle)
			n := d.customer(1)
			err := d.Deliver(t.Context(), d.queue(n, "uno"))
			if got := ticket.CodeOf(err); got != tt.code {
				t.Errorf("got %q (%v), want %q", got, err, tt.code)
			}
			if got := d.last(n); got.Delivery != tt.delivery || !strings.Contains(got.Failure, tt.reason) || len([]rune(got.Failure)) > 300 {
				t.Errorf("got %q because %q, want %q because %q", got.Delivery, got.Failure, tt.delivery, tt.reason)
			}
			if len(d.laptop.sent) != 1 {
				t.Errorf("got %d requests, want 1", len(d.laptop.sent))
			}
		})
	}
}

func TestWithoutAnAddressRepliesWaitForIt(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "tickets.db"), storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	d := openAt(t, path, "", c)
	n := d.customer(1)
	err := d.Deliver(t.Context(), d.queue(n, "uno"))
	if ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(d.last(n).Failure, "IP_LAPTOP") {
		t.Errorf("got %v and %q, want IP_LAPTOP named", err, d.last(n).Failure)
	}
	c.Advance(time.Hour)
	again := openAt(t, path, "http://laptop.test", c)
	if got := again.sweep(); got != 1 || again.laptop.texts() != "uno" {
		t.Errorf("got %d sent (%s), want the reply after the restart", got, again.laptop.texts())
	}
}

func TestARepeatUsesTheSameIDAndWaitsLongerEachTime(t *testing.T) {
	d := open(t, "http://laptop.test")
	d.laptop.behave(refuse(503, `{}`))
	d.queue(d.customer(1), "uno")
	var waits []time.Duration
	start := d.clock.Now()
	for len(waits) < 8 {
		before := len(d.laptop.sent)
		if d.sweep() != 0 {
			t.Fatal("got a reply sent, want none")
		}
		if len(d.laptop.sent) > before {
			waits = append(waits, d.clock.Now().Sub(start))
			start = d.clock.Now()
		}
		d.clock.Advance(time.Second)
	}
	want := []time.Duration{0, 5, 10, 20, 40, 80, 120, 120}
	for i, wait := range waits {
		if wait != want[i]*time.Second {
			t.Errorf("try %d came after %v, want %v", i+1, wait, want[i]*time.Second)
		}
	}
	for _, m := range d.laptop.sent {
		if m.ID != "3EB0uno" {
			t.Errorf("got id %q, want the same at every try", m.ID)
		}
	}
}

func TestAReplyThatADeadServerHeldIsSentUnderTheSameID(t *testing.T) {
	d := open(t, "http://laptop.test")
	m := d.queue(d.customer(1), "uno")
	if _, wait, err := d.store.ClaimReply(t.Context(), m, store.Terms{Lease: time.Minute}); wait != store.WaitNone || err != nil {
		t.Fatalf("claim: got %q, %v, want it", wait, err)
	}
	if got := d.sweep(); got != 0 {
		t.Errorf("got %d sent while another server holds it, want none", got)
	}
	if err := d.Deliver(t.Context(), m); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("got %v, want it said that it waits", err)
	}
	d.clock.Advance(2 * time.Minute)
	if got := d.sweep(); got != 1 || d.laptop.sent[0].ID != "3EB0uno" {
		t.Errorf("got %d sent (%+v), want the one under its id", got, d.laptop.sent)
	}
}

func TestBackoffIsBoundedAndSpread(t *testing.T) {
	for _, tt := range []struct {
		attempts int
		random   float64
		want     time.Duration
	}{
		{0, 0, 5 * time.Second}, {1, 0, 5 * time.Second}, {1, 1, 6 * time.Second}, {2, 0.5, 11 * time.Second},
		{6, 0, 2 * time.Minute}, {1_000_000_000, 1, 144 * time.Second},
	} {
		if got := outbox.Backoff(tt.attempts, tt.random); got != tt.want {
			t.Errorf("Backoff(%d, %v): got %v, want %v", tt.attempts, tt.random, got, tt.want)
		}
	}
}

func TestRepliesOfOneCustomerKeepTheirOrderAndOthersDoNotWait(t *testing.T) {
	d := open(t, "http://laptop.test")
	a, b := d.customer(1), d.customer(2)
	for _, text := range []string{"a1", "a2", "a3"} {
		d.queue(a, text)
	}
	d.queue(b, "b1")
	d.laptop.behave(func(w http.ResponseWriter, r *http.Request) {
		var m wire.Send
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Text == "a1" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	if got := d.sweep(); got != 1 {
		t.Fatalf("got %d sent, want b1 alone", got)
	}
	d.laptop.behave(nil)
	d.clock.Advance(time.Minute)
	if got := d.sweep(); got != 3 {
		t.Errorf("got %d sent, want the three that waited", got)
	}
	if got := d.laptop.texts(); !strings.HasSuffix(got, "a1 a2 a3") {
		t.Errorf("got %q, want a1 a2 a3 in order", got)
	}
}

func TestCallersOfTheSameReplyShareOneTry(t *testing.T) {
	d := open(t, "http://laptop.test")
	m := d.queue(d.customer(1), "uno")
	entered, release := make(chan struct{}), make(chan struct{})
	d.laptop.behave(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-release
	})
	errs := make(chan error, 5)
	go func() { errs <- d.Deliver(t.Context(), m) }()
	<-entered
	for range cap(errs) - 1 {
		go func() { errs <- d.Deliver(t.Context(), m) }()
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := d.Deliver(gone, m); err == nil {
		t.Error("got no error for a caller that had gone, want one")
	}
	close(release)
	sent := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			sent++
		} else if ticket.CodeOf(err) != ticket.CodeUnavailable {
			t.Error(err)
		}
	}
	if got := d.laptop.texts(); got != "uno" || sent == 0 {
		t.Errorf("got %q sent and %d callers content, want one message", got, sent)
	}
}

func TestACallerThatHangsUpDoesNotStopTheDelivery(t *testing.T) {
	d := open(t, "http://laptop.test")
	n := d.customer(1)
	m := d.queue(n, "uno")
	ctx, hangUp := context.WithCancel(t.Context())
	d.laptop.behave(func(http.ResponseWriter, *http.Request) { hangUp() })
	if err := d.Deliver(ctx, m); err != nil {
		t.Error(err)
	}
	if got := d.last(n).Delivery; got != ticket.DeliverySent {
		t.Errorf("got %q, want %q", got, ticket.DeliverySent)
	}
}

func TestTheWorkerSendsWhatIsQueuedAndStopsWhenTold(t *testing.T) {
	d := open(t, "http://laptop.test")
	d.queue(d.customer(1), "uno")
	sent := make(chan struct{}, 8)
	d.laptop.behave(func(http.ResponseWriter, *http.Request) { sent <- struct{}{} })
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	<-sent
	d.queue(d.customer(2), "dos")
	d.Wake()
	<-sent
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run: got %v, want nil", err)
	}
}

func TestStoppingInTheMiddleOfASendPutsTheReplyBack(t *testing.T) {
	d := open(t, "http://laptop.test")
	n := d.customer(1)
	d.queue(n, "uno")
	ctx, stop := context.WithCancel(t.Context())
	d.laptop.behave(func(http.ResponseWriter, *http.Request) { stop() })
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if got := d.last(n); got.Delivery != ticket.DeliveryQueued {
		t.Errorf("got %q, want it queued", got.Delivery)
	}
	d.laptop.behave(nil)
	d.clock.Advance(10 * time.Second)
	if got := d.sweep(); got != 1 {
		t.Errorf("got %d sent after the restart, want 1", got)
	}
}

func TestASignOfLifeBringsRepliesForwardButNotTooOften(t *testing.T) {
	d := open(t, "http://laptop.test")
	d.laptop.behave(refuse(503, `{}`))
	d.queue(d.customer(1), "uno")
	tries := func() int { d.sweep(); return len(d.laptop.sent) }
	if got := tries(); got != 1 {
		t.Fatalf("got %d tries, want 1", got)
	}
	for range 5 {
		d.Alive(d.origin.Bridge)
		if got := tries(); got != 2 {
			t.Errorf("got %d tries, want one more and no more", got)
		}
	}
	d.clock.Advance(6 * time.Second)
	d.Alive(d.origin.Bridge)
	if got := tries(); got != 3 {
		t.Errorf("later: got %d tries, want 3", got)
	}
	d.clock.Advance(-20 * time.Minute)
	d.Alive(d.origin.Bridge)
	if got := tries(); got != 4 {
		t.Errorf("after the clock was set back: got %d tries, want 4", got)
	}
}

func TestASilentBridgeIsATimeoutAndADeadOneIsNot(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(release) })
	b := outbox.NewBridge(nil, "x")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := b.Send(ctx, silent.URL, wire.Send{}); ticket.CodeOf(err) != ticket.CodeTimeout {
		t.Errorf("silent: got %v, want %q", err, ticket.CodeTimeout)
	}
	dead := httptest.NewServer(nil)
	dead.Close()
	if err := b.Send(t.Context(), dead.URL, wire.Send{}); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("dead: got %v, want %q", err, ticket.CodeUnavailable)
	}
	off := outbox.NewBridge(transport(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	}), "x")
	if err := off.Send(t.Context(), "http://laptop.test", wire.Send{}); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("switched off: got %v, want %q", err, ticket.CodeUnavailable)
	}
	if _, err := b.Health(t.Context(), dead.URL); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("health of a dead one: got %v, want %q", err, ticket.CodeUnavailable)
	}
}

func TestTheContractsFiveSecondsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := outbox.NewBridge(transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), "x")
		start := time.Now()
		if err := b.Send(t.Context(), "http://laptop.test", wire.Send{}); ticket.CodeOf(err) != ticket.CodeTimeout {
			t.Errorf("got %v, want %q", err, ticket.CodeTimeout)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("got an answer after %v, want 5s", took)
		}
		if _, err := b.Health(t.Context(), "http://laptop.test"); ticket.CodeOf(err) != ticket.CodeTimeout {
			t.Errorf("health: got %v, want %q", err, ticket.CodeTimeout)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestANewWayToTheLaptopBringsWhatWaitsAtOnce(t *testing.T) {
	d := open(t, "http://old.test")
	const reason = "La laptop no está enlazada."
	way := ""
	d.Outbox = outbox.New(outbox.Options{
		Store: d.store, Bridge: outbox.NewBridge(d.laptop, "secret token"), Now: d.clock.Now, Random: func() float64 { return 0 }, Log: zerolog.Nop(),
		Way: func(bridge int64, url string) (string, error) {
			if bridge != d.origin.Bridge || url != "http://old.test" {
				t.Errorf("got bridge %d at %s, want those of the reply", bridge, url)
			}
			if way == "" {
				return "", ticket.NewError(ticket.CodeUnavailable, reason)
			}
			return way, nil
		},
	})
	d.Alive(d.origin.Bridge) // which a link right after it must not be taken for
	n := d.customer(1)
	m := d.queue(n, "uno")
	if got := d.sweep(); got != 0 {
		t.Fatalf("got %d sent without a way, want none", got)
	}
	if err := d.Deliver(t.Context(), m); ticket.CodeOf(err) != ticket.CodeUnavailable || d.last(n).Failure != reason {
		t.Errorf("got %v and %q, want the reason", err, d.last(n).Failure)
	}
	way = "http://1.enlace.invalid"
	if got := d.sweep(); got != 0 {
		t.Errorf("got %d sent, want it to wait for its time or a new way", got)
	}
	d.Reached(d.origin.Bridge)
	if got := d.sweep(); got != 1 || d.laptop.texts() != "uno" {
		t.Errorf("got %d sent (%s), want the reply", got, d.laptop.texts())
	}
}
