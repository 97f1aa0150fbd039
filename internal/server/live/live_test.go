package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/live"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// desk is a hub behind a real server. Everybody who comes with a cookie is a
// person of the business it names, until refuse is set.
type desk struct {
	*live.Hub
	t      testing.TB
	url    string
	refuse atomic.Bool
	stop   context.CancelFunc
}

func (d *desk) identify(r *http.Request) (auth.Identity, error) {
	cookie, err := r.Cookie("sesion")
	if err != nil || d.refuse.Load() {
		return auth.Identity{}, ticket.NewError(ticket.CodeUnauthorized, "no")
	}
	business := int64(1)
	if cookie.Value == "otro" {
		business = 2
	}
	return auth.Identity{Origin: store.Origin{Business: business}, Name: cookie.Value}, nil
}

func open(t testing.TB, change func(*live.Options)) *desk {
	t.Helper()
	d := &desk{t: t}
	o := live.Options{Identify: d.identify, Log: zerolog.Nop(), PingEvery: time.Hour}
	if change != nil {
		change(&o)
	}
	d.Hub = live.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	d.stop = cancel
	var wg sync.WaitGroup
	wg.Go(func() { _ = d.Run(ctx) })
	t.Cleanup(wg.Wait)
	t.Cleanup(cancel)
	write := func(w http.ResponseWriter, r *http.Request, err error) { httpx.WriteProblem(w, r, err) }
	server := httptest.NewServer(httpx.Handle(write, func(w http.ResponseWriter, r *http.Request) error {
		id, err := d.identify(r)
		if err != nil {
			return err
		}
		return d.Accept(w, r.WithContext(auth.With(r.Context(), id)))
	}))
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// panel is one connection to a desk.
type panel struct {
	*websocket.Conn
	t testing.TB
}

func (d *desk) panel(name string, headers ...string) *panel {
	d.t.Helper()
	conn, _, err := d.dial(name, headers...)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = conn.CloseNow() })
	p := &panel{Conn: conn, t: d.t}
	if got := p.next(); got.Kind != live.KindHello {
		d.t.Fatalf("first event: got %+v, want a greeting", got)
	}
	return p
}

func (d *desk) dial(name string, headers ...string) (*websocket.Conn, *http.Response, error) {
	header := http.Header{"Cookie": {"sesion=" + name}}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	return websocket.Dial(d.t.Context(), d.url, &websocket.DialOptions{HTTPHeader: header})
}

func (p *panel) next() live.Event {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, data, err := p.Read(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	var e live.Event
	if err := json.Unmarshal(data, &e); err != nil {
		p.t.Fatal(err)
	}
	return e
}

func (p *panel) wantClosed() websocket.StatusCode {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := p.Read(ctx); err != nil {
			if ctx.Err() != nil {
				p.t.Fatal("the connection is still open")
			}
			return websocket.CloseStatus(err)
		}
	}
}

func TestWhatChangesReachesEveryPanelOfItsBusinessInOrder(t *testing.T) {
	d := open(t, nil)
	ana, luis, other := d.panel("ana"), d.panel("luis"), d.panel("otro")
	d.Changed([]store.Hint{
		{Business: 1, Ticket: 7, Kind: store.HintOpened}, {Business: 1, Ticket: 7, Kind: store.HintTicket},
		{Business: 1, Ticket: 7, Kind: store.HintTicket}, {Business: 2, Kind: store.HintBridge},
	})
	for _, p := range []*panel{ana, luis} {
		for version, want := range []live.Kind{live.KindOpened, live.KindTicket} {
			if got := p.next(); got != (live.Event{Kind: want, Ticket: 7, Version: uint64(version) + 1}) {
				t.Errorf("got %+v, want %s as version %d", got, want, version+1)
			}
		}
	}
	if got := other.next(); got != (live.Event{Kind: live.KindBridge, Version: 1}) {
		t.Errorf("other business: got %+v, want only its own", got)
	}
	d.Publish(1, live.Event{Kind: "presencia", Ticket: 7, Data: map[string]string{"quien": "Ana"}})
	if got := ana.next(); got.Version != 3 || got.Kind != "presencia" {
		t.Errorf("got %+v, want version 3", got)
	}
	if late := d.panel("ana"); late == nil || len(d.Clients(1)) != 3 {
		t.Errorf("got %d panels, want 3", len(d.Clients(1)))
	}
}

func TestWhatAPanelSendsIsHandedOnAndItsEndIsNoticed(t *testing.T) {
	heard, left := make(chan string, 1), make(chan uint64, 1)
	d := open(t, func(o *live.Options) {
		o.Receive = func(c *live.Client, message []byte) { heard <- c.Identity.Name + " " + string(message) }
		o.Left = func(c *live.Client) { left <- c.ID }
	})
	ana := d.panel("ana")
	id := d.Clients(1)[0].ID
	if err := ana.Write(t.Context(), websocket.MessageText, []byte("escribe")); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "ana escribe" {
		t.Errorf("got %q, want who and what", got)
	}
	if err := ana.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	if got := <-left; got != id {
		t.Errorf("left: got %d, want %d", got, id)
	}
	luis := d.panel("luis")
	if err := luis.Write(t.Context(), websocket.MessageText, make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	if got := luis.wantClosed(); got != websocket.StatusMessageTooBig {
		t.Errorf("a flood: got close code %d, want %d", got, websocket.StatusMessageTooBig)
	}
}

func TestAStrangersPageMayNotConnect(t *testing.T) {
	d := open(t, func(o *live.Options) { o.Origins = []string{"https://panel.example"} })
	host := strings.TrimPrefix(d.url, "http://")
	for _, tt := range []struct {
		headers []string
		want    int
	}{
		{nil, 101},
		{[]string{"Origin", "http://" + host}, 101},
		{[]string{"Origin", "https://panel.example"}, 101},
		{[]string{"Origin", "https://mostrador.example", "Sec-Fetch-Site", "same-origin"}, 101}, // a proxy with another name
		{[]string{"Origin", "https://malo.example"}, 403},
		{[]string{"Origin", "http://" + host, "Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", "%zz"}, 403},
	} {
		conn, resp, err := d.dial("ana", tt.headers...)
		if resp == nil || resp.StatusCode != tt.want {
			t.Errorf("%q: got %v, %v, want %d", tt.headers, resp, err, tt.want)
		}
		if conn != nil {
			_ = conn.CloseNow()
		}
	}
	resp, err := http.DefaultClient.Do(request(t, d.url))
	if err != nil || resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no websocket: got %v, %v, want 422", resp, err)
	}
	_ = resp.Body.Close()
}

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "sesion=ana")
	return r
}

func TestASessionThatEndsTakesItsPanelsWithIt(t *testing.T) {
	for name, end := range map[string]func(*desk){
		"told":    func(d *desk) { d.Changed([]store.Hint{{Kind: store.HintPeople}}) },
		"noticed": func(*desk) {},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(o *live.Options) {
				if name == "noticed" {
					o.PingEvery = 20 * time.Millisecond
				}
			})
			p := d.panel("ana")
			d.refuse.Store(true)
			end(d)
			if got := p.wantClosed(); got != websocket.StatusPolicyViolation {
				t.Errorf("got close code %d, want %d", got, websocket.StatusPolicyViolation)
			}
			storetest.Eventually(t, "the hub forgets it", func() bool { return len(d.Clients(1)) == 0 })
		})
	}
}

func TestAPanelThatDoesNotAnswerPingsIsForgotten(t *testing.T) {
	d := open(t, func(o *live.Options) { o.PingEvery, o.WriteWithin = 20*time.Millisecond, 100*time.Millisecond })
	d.panel("ana") // reads no more, and so answers nothing
	storetest.Eventually(t, "the hub forgets it", func() bool { return len(d.Clients(1)) == 0 })
}

func TestAPanelHearsNowAndAgainThatTheLineIsAliveAndWhatTheVersionIs(t *testing.T) {
	d := open(t, func(o *live.Options) { o.PingEvery = 20 * time.Millisecond })
	p := d.panel("ana")
	d.Publish(1, live.Event{Kind: live.KindBridge})
	for version, beats := uint64(0), 0; beats < 2; {
		switch got := p.next(); {
		case got.Kind == live.KindBridge:
			version = got.Version
		case got.Kind != live.KindBeat || got.Version != version:
			t.Fatalf("got %+v, want beats of version %d", got, version)
		case version == 1:
			beats++
		}
	}
}

func TestADatabaseThatIsAwayEndsNoSession(t *testing.T) {
	asked := make(chan struct{}, 100)
	d := open(t, nil)
	d.Identify = func(*http.Request) (auth.Identity, error) {
		asked <- struct{}{}
		return auth.Identity{}, errors.New("database away")
	}
	p := d.panel("ana")
	d.Changed([]store.Hint{{Kind: store.HintPeople}})
	<-asked
	d.Publish(1, live.Event{Kind: live.KindBridge})
	if got := p.next(); got.Kind != live.KindBridge {
		t.Errorf("got %+v, want it to hear on", got)
	}
}

func TestAPanelThatDoesNotReadIsCutOffAndHarmsNobody(t *testing.T) {
	d := open(t, func(o *live.Options) { o.WriteWithin = 5 * time.Second })
	stuck, quick := d.panel("ana"), d.panel("luis")
	_ = stuck
	quick.SetReadLimit(1 << 22)
	big := strings.Repeat("x", 1<<20)
	for sent := range 24 { // more than sockets hold, and less than a queue
		d.Publish(1, live.Event{Kind: "prueba", Data: big})
		if got := quick.next(); got.Version != uint64(sent)+1 {
			t.Fatalf("the other one: got version %d, want %d", got.Version, sent+1)
		}
	}
	storetest.Eventually(t, "the stuck one is cut off", func() bool { return len(d.Clients(1)) == 1 })
}

func TestAPanelThatFallsBehindIsToldToReadEverythingAgain(t *testing.T) {
	d := open(t, func(o *live.Options) { o.WriteWithin = time.Minute })
	p := d.panel("ana")
	p.SetReadLimit(1 << 22)
	big := strings.Repeat("x", 1<<18)
	const events = 300 // more than sockets and the queue hold
	for range events {
		d.Publish(1, live.Event{Kind: "prueba", Data: big})
	}
	last := uint64(0)
	resynced := false
	for last < events {
		e := p.next()
		if e.Version <= last {
			t.Fatalf("got version %d after %d, want them to rise", e.Version, last)
		}
		if e.Version != last+1 && e.Kind != live.KindAll {
			t.Fatalf("got %s as version %d after %d, want to be told of the gap", e.Kind, e.Version, last)
		}
		resynced = resynced || e.Kind == live.KindAll
		last = e.Version
	}
	if !resynced {
		t.Error("got every event, want a gap: the queue is bounded")
	}
}

func TestWhenTooMuchChangedEverybodyReadsEverythingAgain(t *testing.T) {
	d := open(t, nil)
	ana, other := d.panel("ana"), d.panel("otro")
	d.Changed([]store.Hint{{Kind: store.HintEverything}})
	for _, p := range []*panel{ana, other} {
		if got := p.next(); got.Kind != live.KindAll {
			t.Errorf("got %+v, want to be told to read everything", got)
		}
	}
}

func TestWhoStaysAndWhoComesBackHearOnWhenOthersLeave(t *testing.T) {
	d := open(t, nil)
	leave := func(p *panel) {
		t.Helper()
		before := d.Count()
		_ = p.CloseNow()
		storetest.Eventually(t, "the hub forgets it", func() bool { return d.Count() < before })
	}
	wantHeard := func(by *panel, ticket int64) {
		t.Helper()
		d.Changed([]store.Hint{{Business: 1, Ticket: ticket, Kind: store.HintTicket}})
		if got := by.next(); got.Ticket != ticket {
			t.Errorf("got %+v, want ticket %d", got, ticket)
		}
	}
	ana, luis, other := d.panel("ana"), d.panel("luis"), d.panel("otro")
	leave(ana)
	wantHeard(luis, 7)
	leave(luis)
	leave(other)
	d.Changed([]store.Hint{{Business: 1, Ticket: 8, Kind: store.HintTicket}})
	wantHeard(d.panel("ana"), 9)
}

func TestAHubThatStopsCutsEverybodyOff(t *testing.T) {
	d := open(t, nil)
	p := d.panel("ana")
	d.stop()
	p.wantClosed()
	storetest.Eventually(t, "nobody gets in any more", func() bool {
		conn, _, err := d.dial("ana")
		if err != nil {
			return true
		}
		defer func() { _ = conn.CloseNow() }()
		_, _, err = conn.Read(t.Context())
		return err != nil
	})
}
