package bridge

import (
	"context"
	"time"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/disk"
	"mostrador/internal/metrics"
	"mostrador/internal/ticket"
	"mostrador/internal/version"
	"mostrador/internal/wire"
)

// The bounds of histograms, in seconds.
var (
	calls = []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	aged  = []float64{.1, .5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86400}
)

// meters are everything that the bridge counts. The parts tell them what they do
// through functions in their options and know nothing of them.
type meters struct {
	registry *metrics.Registry
	http     *metrics.HTTP

	events    *metrics.Counter
	puts      *metrics.Counter
	settled   *metrics.Counter
	delivery  *metrics.Histogram
	answers   *metrics.Counter
	answered  *metrics.Histogram
	sends     *metrics.Counter
	sent      *metrics.Histogram
	state     *metrics.Gauge
	connected *metrics.Gauge
	reachable *metrics.Gauge
	messages  *metrics.Gauge
	oldest    *metrics.Gauge
	free      *metrics.Gauge
}

func newMeters() *meters {
	r := metrics.New("bridge", version.String())
	m := &meters{registry: r, http: r.HTTP("mostrador_bridge")}
	m.addQueue(r)
	m.addWhatsApp(r)
	m.free = r.Gauge(metrics.Desc{Name: "mostrador_bridge_disk_free_bytes", Help: "What may still be written to the disk of queue and session."})
	return m
}

func (m *meters) addQueue(r *metrics.Registry) {
	one := func(name string, values []string) []metrics.Label {
		return []metrics.Label{{Name: name, Values: values}}
	}
	m.puts = r.Counter(metrics.Desc{
		Name: "mostrador_bridge_queue_puts_total", Help: "Messages and receipts of WhatsApp, by whether the queue could store them.",
		Labels: one("result", []string{resultStored, resultFailed}),
	})
	m.settled = r.Counter(metrics.Desc{
		Name: "mostrador_bridge_queue_outcomes_total", Help: "Tries to bring what is queued to the server, by what became of them.",
		Labels: one("outcome", uplink.Outcomes()),
	})
	m.delivery = r.Histogram(metrics.Desc{Name: "mostrador_bridge_delivery_seconds", Help: "Time from when the bridge got a message until the server had it."}, aged)
	m.answers = r.Counter(metrics.Desc{
		Name: "mostrador_bridge_server_answers_total", Help: "Answers of the server to what is delivered, by HTTP status; none without an answer.",
		Labels: one("code", uplink.Answers()),
	})
	m.answered = r.Histogram(metrics.Desc{Name: "mostrador_bridge_server_answer_seconds", Help: "Time from a delivery to the server's answer, or to giving up."}, calls)
	m.reachable = r.Gauge(metrics.Desc{Name: "mostrador_bridge_server_reachable", Help: "1 while the last call to the server got an answer."})
	m.messages = r.Gauge(metrics.Desc{
		Name: "mostrador_bridge_queue_messages", Help: "Messages in the queue, by state.",
		Labels: one("state", []string{"waiting", "files", "parked", "damaged"}),
	})
	m.oldest = r.Gauge(metrics.Desc{Name: "mostrador_bridge_queue_oldest_seconds", Help: "Age of the oldest waiting message; 0 without one."})
}

func (m *meters) addWhatsApp(r *metrics.Registry) {
	var names []string
	for _, name := range whatsapp.StateNames() {
		names = append(names, string(name))
	}
	m.events = r.Counter(metrics.Desc{
		Name: "mostrador_bridge_whatsapp_events_total", Help: "Events of WhatsApp, by kind; connected counts logins.",
		Labels: []metrics.Label{{Name: "kind", Values: whatsapp.Events()}},
	})
	m.state = r.Gauge(metrics.Desc{
		Name: "mostrador_bridge_whatsapp_state", Help: "1 for the state that the session with WhatsApp is in, 0 for all others.",
		Labels: []metrics.Label{{Name: "state", Values: names}},
	})
	m.connected = r.Gauge(metrics.Desc{Name: "mostrador_bridge_whatsapp_connected", Help: "1 while messages can be sent and received."})
	m.sends = r.Counter(metrics.Desc{
		Name: "mostrador_bridge_sends_total", Help: "Replies to be sent through WhatsApp, by how that ended.",
		Labels: []metrics.Label{{Name: "result", Values: []string{
			resultSent, string(ticket.CodeInvalid), string(ticket.CodeNotFound), string(ticket.CodeTooLarge), string(ticket.CodeRateLimited),
			string(ticket.CodeUnavailable), string(ticket.CodeTimeout), resultFailed,
		}}},
	})
	m.sent = r.Histogram(metrics.Desc{Name: "mostrador_bridge_send_seconds", Help: "Time from a reply's arrival to WhatsApp's confirmation, or to giving up."}, calls)
}

// Results that are no ticket.Code.
const (
	resultStored = "stored"
	resultSent   = "sent"
	resultFailed = "failed"
)

// stored takes in how a Put of the queue ended.
func (m *meters) stored(err error) {
	if err != nil {
		m.puts.Inc(resultFailed)
		return
	}
	m.puts.Inc(resultStored)
}

// uplink is what the uplink tells.
func (m *meters) uplink() uplink.Meters {
	return uplink.Meters{
		Answered: func(answer string, took time.Duration) {
			m.answers.Inc(answer)
			m.answered.Observe(took.Seconds())
		},
		Settled: func(outcome string, age time.Duration) {
			m.settled.Inc(outcome)
			if outcome == uplink.OutcomeDelivered || outcome == uplink.OutcomeText {
				m.delivery.Observe(age.Seconds())
			}
		},
	}
}

// measure has b looked at before each reading.
func (b *bridge) measure(dir string, now func() time.Time) {
	m := b.meters
	m.registry.Before(func(context.Context) {
		m.state.Only(string(b.session.State().Name))
		m.connected.Flag(b.session.Connected())
		m.reachable.Flag(b.uplink.State().Reachable)
		m.showQueue(b.queue.Stats(), now())
		m.free.Clear()
		if free, err := disk.Free(dir); err == nil {
			m.free.Set(float64(free))
		}
	})
}

func (m *meters) showQueue(s queue.Stats, now time.Time) {
	m.messages.Count(s.Waiting, "waiting")
	m.messages.Count(s.Files, "files")
	m.messages.Count(s.Parked, "parked")
	m.messages.Count(s.Damaged, "damaged")
	age := 0.0
	if !s.Oldest.IsZero() {
		age = max(now.Sub(s.Oldest).Seconds(), 0)
	}
	m.oldest.Set(age)
}

// counted is a session whose sends are counted.
type counted struct {
	api.WhatsApp

	meters *meters
	now    func() time.Time
}

// Send implements api.WhatsApp.
func (c counted) Send(ctx context.Context, message wire.Send) (string, error) {
	began := c.now()
	id, err := c.WhatsApp.Send(ctx, message)
	result := resultSent
	if err != nil {
		if result = string(ticket.CodeOf(err)); result == string(ticket.CodeInternal) {
			result = resultFailed
		}
	}
	c.meters.sends.Inc(result)
	c.meters.sent.Observe(c.now().Sub(began).Seconds())
	return id, err
}
