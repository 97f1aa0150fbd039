package notify_test

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/hours"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/notify"
	"mostrador/internal/server/said"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
	"mostrador/web"
)

// start is a Monday morning in Mexico.
var start = time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)

// heard is what another machine was told.
type heard struct {
	header http.Header
	path   string
	body   string
}

// machine is one somewhere else, with a certificate that only the test believes.
type machine struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	all    []heard
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{status: http.StatusOK}
	m.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.all = append(m.all, heard{r.Header, r.URL.Path, string(body)})
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(m.status)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *machine) answer(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

// take returns what it was told since the last time.
func (m *machine) take() []heard {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.all
	m.all = nil
	return all
}

// bodies returns the texts it was told since the last time.
func (m *machine) bodies() (all []string) {
	for _, h := range m.take() {
		all = append(all, h.body)
	}
	return all
}

// address is the machine as a channel of people.
func (m *machine) address() string {
	return "generic://" + strings.TrimPrefix(m.URL, "https://") + "/avisos"
}

// shop is a business with notices, and a machine that hears them.
type shop struct {
	*store.Store
	*notify.Notify
	t      *testing.T
	clock  *storetest.Clock
	origin store.Origin
	there  *machine
	log    *strings.Builder
}

// each runs body on both engines.
func each(t *testing.T, body func(t *testing.T, s *shop)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) { body(t, openShop(t, url, true)) })
}

func openShop(t *testing.T, url string, local bool) *shop {
	t.Helper()
	s := &shop{t: t, clock: storetest.NewClock(start), there: newMachine(t), log: &strings.Builder{}}
	s.Store = storetest.OpenURL(t, url, func(o *store.Options) {
		o.Now = s.clock.Now
		o.Classify = func(_ int64, text string) ticket.Classification {
			c := ticket.Classification{Category: "General", Source: ticket.SourceRules, Priority: ticket.PriorityNormal}
			if strings.Contains(text, "humo") {
				c.Priority = ticket.PriorityUrgent
			}
			return c
		}
	})
	s.origin = storetest.Origin(t, s.Store)
	roots := x509.NewCertPool()
	roots.AddCert(s.there.Certificate())
	s.Notify = notify.New(notify.Options{
		Languages: func() (said.Languages, error) { return said.Load(web.FS()) }, Store: s.Store, Jobs: jobs.New(jobs.Options{Store: s.Store, Log: zerolog.Nop()}), Now: s.clock.Now, Local: local, Roots: roots, Log: zerolog.New(s.log),
	})
	return s
}

// add is a channel of the business.
func (s *shop) add(c store.Channel) store.Channel {
	s.t.Helper()
	c.Business = s.origin.Business
	if c.Name == "" {
		c.Name = "Jefa"
	}
	c, err := s.AddChannel(s.t.Context(), 0, c)
	if err != nil {
		s.t.Fatalf("add channel: %v", err)
	}
	return c
}

// listen has the machine hear everything that people may.
func (s *shop) listen() store.Channel {
	s.t.Helper()
	return s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address()})
}

// hook has the machine hear of kinds as a webhook.
func (s *shop) hook(kinds ...store.NoticeKind) store.Channel {
	s.t.Helper()
	return s.add(store.Channel{Kind: store.ChannelWebhook, Name: "ERP", Address: s.there.URL + "/gancho", Secret: notify.NewSecret(), Events: kinds})
}

// write is a message of the customer with a phone, and returns the ticket.
func (s *shop) write(phone, id, body string) int64 {
	s.t.Helper()
	stored, err := s.AddMessage(s.t.Context(), store.Incoming{
		Origin: s.origin, From: ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net", Name: "Ana Torres"},
		Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: body, WhatsAppID: id, SentAt: s.clock.Now(),
	})
	if err != nil {
		s.t.Fatalf("add message: %v", err)
	}
	return stored.Ticket
}

// setStatus gives a ticket a status in the name of a program.
func (s *shop) setStatus(number int64, status ticket.Status) {
	s.t.Helper()
	if _, err := s.ChangeTickets(s.t.Context(), s.origin.Business, 0, []int64{number}, store.Change{Status: &status}); err != nil {
		s.t.Fatalf("set status: %v", err)
	}
}

// look finds what is to be told, and tells it after the time given.
func (s *shop) look(after time.Duration) (failures []error) {
	s.t.Helper()
	if err := s.Look(s.t.Context()); err != nil {
		s.t.Fatalf("look: %v", err)
	}
	s.clock.Advance(after)
	return s.Drain(s.t.Context())
}

// settle is look where nothing may fail.
func (s *shop) settle(after time.Duration) {
	s.t.Helper()
	if failures := s.look(after); len(failures) > 0 {
		s.t.Fatalf("tell: got %v, want no failure", failures)
	}
}

// say changes the settings of the notices.
func (s *shop) say(change func(*store.NoticeSettings)) {
	s.t.Helper()
	now, err := s.NoticeSettings(s.t.Context(), s.origin.Business)
	if err != nil {
		s.t.Fatal(err)
	}
	change(&now)
	if err := s.SetNoticeSettings(s.t.Context(), s.origin.Business, 0, now); err != nil {
		s.t.Fatal(err)
	}
}

// openFrom9To18 sets weekdays' hours in Mexico.
func (s *shop) openFrom9To18() {
	s.t.Helper()
	_, err := s.ChangeSettings(s.t.Context(), s.origin.Business, 0, func(b *store.Settings) {
		b.Zone = "America/Mexico_City"
		for day := time.Monday; day <= time.Friday; day++ {
			b.Hours[day] = []hours.Span{{9 * 60, 18 * 60}}
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) channel(id int64) store.Channel {
	s.t.Helper()
	c, err := s.Channel(s.t.Context(), s.origin.Business, id)
	if err != nil {
		s.t.Fatalf("load channel: %v", err)
	}
	return c
}

// wantOne fails unless the machine was told once, with all parts, and returns it.
func (s *shop) wantOne(parts ...string) heard {
	s.t.Helper()
	all := s.there.take()
	if len(all) != 1 {
		s.t.Fatalf("got %d notices %q, want one with %q", len(all), all, parts)
	}
	for _, part := range parts {
		if !strings.Contains(all[0].body, part) {
			s.t.Errorf("got %q, want %q in it", all[0].body, part)
		}
	}
	return all[0]
}

func (s *shop) wantNone() {
	s.t.Helper()
	if all := s.there.take(); len(all) > 0 {
		s.t.Errorf("got %q, want nothing told", all)
	}
}

// beat has the laptop say what troubles it has now.
func (s *shop) beat(troubles ...store.Trouble) {
	s.t.Helper()
	if _, err := s.AddBeat(s.t.Context(), store.Beat{Origin: s.origin}, troubles); err != nil {
		s.t.Fatal(err)
	}
}

// lasting has the laptop say one trouble for so long that it is told.
func (s *shop) lasting(trouble store.Trouble) {
	s.t.Helper()
	s.beat(trouble)
	s.clock.Advance(5 * time.Minute)
	s.beat(trouble)
	if _, err := s.RaiseAlerts(s.t.Context(), store.Alarm{After: 5 * time.Minute, Watching: start}); err != nil {
		s.t.Fatal(err)
	}
	s.settle(0)
}
