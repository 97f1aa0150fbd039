package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"mostrador/internal/wire"
)

// trouble is what a gate does to requests for a while. The zero value is none.
type trouble struct {
	kind  troubleKind
	code  int           // of troubleStatus
	delay time.Duration // of troubleSlow and troubleLate
	share float64       // of the requests that it hits, from 0 to 1
}

type troubleKind int

const (
	troubleNone       troubleKind = iota
	troubleStatus                 // answers with code by itself
	troublePage                   // answers 200 with somebody else's page
	troubleSlow                   // passes on after delay, if the caller still waits
	troubleLate                   // passes on after delay, though the caller has long left
	troubleRefuse                 // cuts the connection before anything is passed on
	troubleHalfBody               // passes half of the request on and cuts both connections
	troubleLoseAnswer             // passes on and cuts the connection instead of answering
	troubleHalfAnswer             // cuts the connection in the middle of the answer
)

// forwardTime bounds one call behind a gate.
const forwardTime = 30 * time.Second

// errHalf is the end of a request that is cut in the middle.
var errHalf = errors.New("cut in the middle")

// gate stands in front of one of the two programs, makes trouble for whoever
// calls it and writes down what came through. Its methods are safe for
// concurrent use.
type gate struct {
	name    string
	target  string // host:port
	address string // own, host:port
	web     *http.Server
	client  *http.Client
	open    sync.WaitGroup // requests being served, their caller may be gone

	mu     sync.Mutex
	random *rand.Rand
	now    trouble
	until  time.Time
	cuts   int
	mixed  int // answers that were not the program's
	passed map[string]*passage
	calls  int           // about messages
	called chan struct{} // closed and replaced when there is one more

	links   map[*passing]bool // links of the bridge on their way through
	noLinks time.Time         // until when there are none
}

// passage is how often the program behind a gate was asked about one id.
type passage struct {
	calls    int
	accepted int // 2xx
	repeats  int // answers that called it a duplicate
	notes    []string
}

func newGate(name, target string, seed uint64) (*gate, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	g := &gate{
		name: name, target: target, address: ln.Addr().String(),
		random: rand.New(rand.NewPCG(seed, seed)), passed: map[string]*passage{}, called: make(chan struct{}), links: map[*passing]bool{}, //nolint:gosec // replayable on purpose
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	g.web = &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	g.open.Go(func() { _ = g.web.Serve(ln) }) // ends with close
	return g, nil
}

// close ends the gate and everything that goes through it.
func (g *gate) close() {
	_ = g.web.Close()
	g.cutLinks(time.Hour)
	g.open.Wait()
	g.client.CloseIdleConnections()
}

// trouble makes t happen for a while, instead of what happened before.
func (g *gate) trouble(t trouble, hold time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now, g.until = t, time.Now().Add(hold)
}

// draw returns what happens to one request.
func (g *gate) draw() trouble {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Now().After(g.until) || g.random.Float64() >= g.now.share {
		return trouble{}
	}
	switch g.now.kind {
	case troubleStatus, troublePage:
		g.mixed++
	case troubleRefuse, troubleHalfBody, troubleLoseAnswer, troubleHalfAnswer:
		g.cuts++
	case troubleNone, troubleSlow, troubleLate:
	}
	return g.now
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.open.Add(1)
	defer g.open.Done()
	if r.URL.Path == wire.PathLink {
		g.passLink(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller was killed or gave up
	}
	id, t := idOf(body), g.draw()
	g.announce(id)
	switch t.kind {
	case troubleRefuse:
		g.note(id, "cut before %s passed on", g.name)
		panic(http.ErrAbortHandler)
	case troubleStatus:
		if t.code == http.StatusNotFound && r.URL.Path == wire.PathReceipt {
			t.code = http.StatusBadGateway // a server that does not know receipts does not get them again
		}
		g.note(id, "%s answered %d by itself", g.name, t.code)
		http.Error(w, `{"detail":"Falla de la tormenta."}`, t.code)
		return
	case troublePage:
		g.note(id, "%s answered with a foreign page", g.name)
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Wi-Fi del hotel</title>")
		return
	case troubleSlow, troubleLate:
		if !hold(r.Context(), t) {
			g.note(id, "the caller left before %s passed on", g.name)
			panic(http.ErrAbortHandler)
		}
	case troubleNone, troubleHalfBody, troubleLoseAnswer, troubleHalfAnswer:
	}
	g.forward(w, r, id, body, t)
}

// announce wakes whoever waits for calls about messages.
func (g *gate) announce(id string) {
	if id == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls++
	close(g.called)
	g.called = make(chan struct{})
}

// await returns when n more calls about messages came, or ctx is done.
func (g *gate) await(ctx context.Context, n int) {
	for first := -1; ; {
		g.mu.Lock()
		calls, called := g.calls, g.called
		g.mu.Unlock()
		if first < 0 {
			first = calls
		}
		if calls-first >= n {
			return
		}
		select {
		case <-called:
		case <-ctx.Done():
			return
		}
	}
}

// hold delays a request; false when it is not to be passed on any more.
func hold(ctx context.Context, t trouble) bool {
	left := ctx.Done()
	if t.kind == troubleLate {
		left = nil
	}
	timer := time.NewTimer(t.delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-left:
		return false
	}
}

func (g *gate) forward(w http.ResponseWriter, r *http.Request, id string, body []byte, t trouble) {
	status, header, answer, err := g.call(r, body, t.kind == troubleHalfBody)
	if err != nil || t.kind == troubleHalfBody {
		g.note(id, "no answer of %s (request cut in the middle: %v)", g.name, t.kind == troubleHalfBody)
		panic(http.ErrAbortHandler)
	}
	g.count(id, status, answer)
	for key, values := range header {
		w.Header()[key] = values
	}
	if t.kind == troubleLoseAnswer {
		g.note(id, "answer %d of %s cut off", status, g.name)
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	if t.kind == troubleHalfAnswer {
		g.note(id, "answer %d of %s cut in the middle", status, g.name)
		_, _ = w.Write(answer[:len(answer)/2]) //nolint:gosec // the answer of a program of ours
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(answer) //nolint:gosec // of a program of ours; the caller may be gone
}

// call makes the request to the program behind the gate. The program does not
// see whether the caller still waits: nor would it behind a network.
func (g *gate) call(r *http.Request, body []byte, half bool) (status int, header http.Header, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), forwardTime)
	defer cancel()
	var content io.Reader = bytes.NewReader(body)
	if half {
		content = io.MultiReader(bytes.NewReader(body[:len(body)/2]), &broken{})
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, "http://"+g.target+r.URL.RequestURI(), content) //nolint:gosec // to a program of ours
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header, req.ContentLength = r.Header.Clone(), int64(len(body))
	resp, err := g.client.Do(req) //nolint:gosec // to a program of ours
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, answer, err
}

// broken is a body that ends before its time.
type broken struct{}

// Read implements io.Reader.
func (*broken) Read([]byte) (int, error) { return 0, errHalf }

// idOf is the id of the message that a body is about, "" without one.
func idOf(body []byte) string {
	var m struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(body, &m) // most bodies are no messages
	return m.ID
}

// of returns the passage of an id. The caller holds g.mu.
func (g *gate) of(id string) *passage {
	p := g.passed[id]
	if p == nil {
		p = &passage{}
		g.passed[id] = p
	}
	return p
}

// maxNotes bounds the story of one id.
const maxNotes = 40

func (g *gate) note(id, format string, args ...any) {
	if id == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.of(id)
	if len(p.notes) < maxNotes {
		p.notes = append(p.notes, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
	}
}

// count notes an answer of the program.
func (g *gate) count(id string, status int, answer []byte) {
	if id == "" {
		return
	}
	var reply wire.WebhookReply
	_ = json.Unmarshal(answer, &reply)
	g.mu.Lock()
	p := g.of(id)
	p.calls++
	if status/100 == 2 {
		p.accepted++
	}
	if reply.Duplicate {
		p.repeats++
	}
	g.mu.Unlock()
	g.note(id, "%s answered %d, repeat %v", g.name, status, reply.Duplicate)
}

// totals returns what the gate has done and seen so far: connections cut,
// answers of its own, and calls about an id that the program had accepted before.
func (g *gate) totals() (cuts, mixed, repeats int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.passed {
		repeats += max(0, p.accepted-1)
	}
	return g.cuts, g.mixed, repeats
}

// story returns what happened to an id at this gate.
func (g *gate) story(id string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.passed[id]; p != nil {
		return p.notes
	}
	return nil
}
