package whatsapp_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
)

// patience bounds every wait of these tests; nothing should come near it.
const patience = time.Minute

const maxMedia = 1 << 20

// TestMain sets libsignal's logger before any goroutine can read it.
func TestMain(m *testing.M) {
	whatsapp.SetUpLibraries()
	os.Exit(m.Run())
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func simulator(t *testing.T) *wasim.Server {
	t.Helper()
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{})
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close simulator: %v", err)
		}
	})
	return s
}

// box is a queue in memory that can be made to fail.
type box struct {
	mu      sync.Mutex
	entries []queue.Entry
	fail    func(queue.Entry) error // consulted before an entry is kept
	changed chan struct{}
}

func newBox() *box { return &box{changed: make(chan struct{})} }

func (b *box) put(e queue.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(e); err != nil {
			return err
		}
	}
	b.entries = append(b.entries, e)
	close(b.changed)
	b.changed = make(chan struct{})
	return nil
}

func (b *box) failWith(f func(queue.Entry) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = f
}

func (b *box) all() []queue.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]queue.Entry(nil), b.entries...)
}

// next is closed when the next entry is kept.
func (b *box) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// wait returns the first entry that match accepts, past or future.
func (b *box) wait(t *testing.T, what string, match func(queue.Entry) bool) queue.Entry {
	t.Helper()
	ctx := soon(t)
	for {
		b.mu.Lock()
		for _, e := range b.entries {
			if match(e) {
				b.mu.Unlock()
				return e
			}
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("no entry: %s; got %d others", what, len(b.all()))
		}
	}
}

// id waits for the entry of one message.
func (b *box) id(t *testing.T, id string) queue.Entry {
	t.Helper()
	return b.wait(t, "message "+id, func(e queue.Entry) bool { return e.Message.ID == id })
}

// session is a Client that runs against a simulator.
type session struct {
	*whatsapp.Client
	t    *testing.T
	wa   *wasim.Server
	box  *box
	opts whatsapp.Options
	stop func()
}

// warnings shows warnings in the test's log while the test runs: whatsmeow's
// goroutines may say something later still.
func warnings(t *testing.T) zerolog.Logger {
	t.Helper()
	out := &testLog{t: t}
	t.Cleanup(out.end)
	return zerolog.New(out).Level(zerolog.WarnLevel)
}

type testLog struct {
	mu sync.Mutex
	t  *testing.T // nil once the test is over
}

func (l *testLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.t != nil {
		l.t.Logf("%s", line)
	}
	return len(line), nil
}

func (l *testLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.t = nil
}

func options(t *testing.T, wa *wasim.Server, b *box) whatsapp.Options {
	t.Helper()
	hc := wa.HTTPClient()
	return whatsapp.Hurry(whatsapp.Options{
		Dir: filepath.Join(t.TempDir(), "sesion_wa"), Put: b.put, MaxMedia: maxMedia, Log: warnings(t),
		Network: whatsapp.Network{WebSocket: hc, Media: hc, PreLogin: hc},
	})
}

// start runs a session that is not paired yet.
func start(t *testing.T, change ...func(*whatsapp.Options)) *session {
	t.Helper()
	wa, b := simulator(t), newBox()
	o := options(t, wa, b)
	for _, f := range change {
		f(&o)
	}
	return resume(t, wa, b, o)
}

// resume runs a session from its folder.
func resume(t *testing.T, wa *wasim.Server, b *box, o whatsapp.Options) *session {
	t.Helper()
	c, err := whatsapp.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	s := &session{Client: c, t: t, wa: wa, box: b, opts: o}
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

// paired runs a session that is connected.
func paired(t *testing.T, change ...func(*whatsapp.Options)) *session {
	t.Helper()
	s := start(t, change...)
	s.scan()
	s.until(whatsapp.StateConnected)
	return s
}

// scan points the business's phone at the code shown.
func (s *session) scan() {
	s.t.Helper()
	shown := s.await("a code", func(st whatsapp.State) bool { return st.QR != "" })
	if err := s.wa.Phone().ScanQR(soon(s.t), shown.QR); err != nil {
		s.t.Fatalf("scan: %v", err)
	}
}

func (s *session) until(name whatsapp.StateName) whatsapp.State {
	s.t.Helper()
	return s.await(string(name), func(st whatsapp.State) bool { return st.Name == name })
}

// await returns the first state from now on that match accepts.
func (s *session) await(what string, match func(whatsapp.State) bool) whatsapp.State {
	s.t.Helper()
	changes, end := s.Changes()
	defer end()
	ctx := soon(s.t)
	for {
		if st := s.State(); match(st) {
			return st
		}
		select {
		case <-changes:
		case <-ctx.Done():
			s.t.Fatalf("state: got %+v, want %s", s.State(), what)
		}
	}
}

// clock is one that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
