package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/metrics"
	"mostrador/internal/server/api"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/version"
)

// The bounds of histograms, in seconds.
var (
	quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5} // what nobody waits for
	slow  = []float64{.1, .5, 1, 2.5, 5, 10, 30, 60}                             // what waits for other machines
	aged  = []float64{1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86400}               // what lies in queues
)

// meters are everything that the server counts. The parts tell them what they do
// through functions in their options and know nothing of them.
type meters struct {
	registry *metrics.Registry
	http     *metrics.HTTP

	webhooks    *metrics.Counter
	webhookTook *metrics.Histogram
	messageAge  *metrics.Histogram
	classified  *metrics.Counter
	llmCalls    *metrics.Counter
	llmTook     *metrics.Histogram
	replies     *metrics.Counter
	replyTook   *metrics.Histogram
	replyAge    *metrics.Histogram
	commits     *metrics.Histogram
	callers     *metrics.Histogram
	unstored    *metrics.Counter
	jobs        *metrics.Counter
	jobTook     *metrics.Histogram

	levels levels
}

func newMeters() *meters {
	r := metrics.New("server", version.String())
	m := &meters{registry: r, http: r.HTTP("mostrador_server"), levels: newLevels(r)}
	m.addMessages(r)
	m.addReplies(r)
	m.addRest(r)
	return m
}

func (m *meters) addMessages(r *metrics.Registry) {
	m.webhooks = r.Counter(metrics.Desc{
		Name: "mostrador_server_webhooks_total", Help: "Messages that a bridge with a good token brought, by what became of them.",
		Labels: []metrics.Label{{Name: "result", Values: api.WebhookResults()}},
	})
	m.webhookTook = r.Histogram(metrics.Desc{Name: "mostrador_server_webhook_seconds", Help: "Time from a webhook to its answer, or to the decision that there is an error."}, quick)
	m.messageAge = r.Histogram(metrics.Desc{Name: "mostrador_server_message_age_seconds", Help: "Time from when a customer wrote, by WhatsApp's clock, until the message was stored."}, aged)
	m.classified = r.Counter(metrics.Desc{
		Name: "mostrador_server_classifications_total", Help: "Decisions about what a text is about, by what decided and whether it was sure: the built-in classifier always, then the language model if it was asked.",
		Labels: []metrics.Label{
			{Name: "engine", Values: []string{string(ticket.SourceRules), string(ticket.SourceModel), string(ticket.SourceLLM)}},
			{Name: "certainty", Values: []string{"sure", string(ticket.DoubtUnsure), string(ticket.DoubtNoText), string(ticket.DoubtVoice)}},
		},
	})
	m.llmCalls = r.Counter(metrics.Desc{
		Name: "mostrador_server_llm_calls_total", Help: "Requests to the language model, by how they ended.",
		Labels: []metrics.Label{{Name: "result", Values: []string{"ok", "refused", "failed", "timeout", "unreachable"}}},
	})
	m.llmTook = r.Histogram(metrics.Desc{Name: "mostrador_server_llm_seconds", Help: "Time from a request to the language model to its answer."}, slow)
}

func (m *meters) addReplies(r *metrics.Registry) {
	m.replies = r.Counter(metrics.Desc{
		Name: "mostrador_server_reply_attempts_total", Help: "Attempts to hand a reply to the laptop, by how they ended.",
		Labels: []metrics.Label{{Name: "result", Values: outbox.Results()}},
	})
	m.replyTook = r.Histogram(metrics.Desc{Name: "mostrador_server_reply_attempt_seconds", Help: "Time of one attempt to hand a reply to the laptop."}, slow)
	m.replyAge = r.Histogram(metrics.Desc{Name: "mostrador_server_reply_age_seconds", Help: "Time from when a reply was written until it was sent."}, aged)
}

func (m *meters) addRest(r *metrics.Registry) {
	m.commits = r.Histogram(metrics.Desc{Name: "mostrador_server_database_commit_seconds", Help: "Time from the beginning of a transaction until it is on disk."}, quick)
	m.callers = r.Histogram(metrics.Desc{Name: "mostrador_server_database_commit_callers", Help: "How many callers shared a transaction."}, []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512})
	m.unstored = r.Counter(metrics.Desc{Name: "mostrador_server_database_errors_total", Help: "Transactions that the database could not store: disk full, locked, damaged, not reachable."})
	kind := metrics.Label{Name: "kind"}
	m.jobs = r.Counter(metrics.Desc{
		Name: "mostrador_server_jobs_total", Help: "Attempts at background work, by how they ended.",
		Labels: []metrics.Label{kind, {Name: "result", Values: jobs.Results()}},
	})
	m.jobTook = r.Histogram(metrics.Desc{Name: "mostrador_server_job_seconds", Help: "Time of one attempt at background work.", Labels: []metrics.Label{kind}}, slow)
}

// api is what the API tells.
func (m *meters) api(token string) api.Meters {
	return api.Meters{
		Show: m.registry.Handler(token, httpx.WriteProblem), Requested: m.http.Observe,
		Received: func(result string, took, age time.Duration) {
			m.webhooks.Inc(result)
			m.webhookTook.Observe(took.Seconds())
			if age >= 0 {
				m.messageAge.Observe(age.Seconds())
			}
		},
	}
}

// store is what the database tells.
func (m *meters) store() store.Meters {
	return store.Meters{
		Committed: func(callers int, took time.Duration) {
			m.commits.Observe(took.Seconds())
			m.callers.Observe(float64(callers))
		},
		Failed: func() { m.unstored.Inc() },
	}
}

// tried is what the outbox tells.
func (m *meters) tried(result string, took, age time.Duration) {
	m.replies.Inc(result)
	m.replyTook.Observe(took.Seconds())
	if result == outbox.ResultSent {
		m.replyAge.Observe(age.Seconds())
	}
}

// worked is what the background work tells.
func (m *meters) worked(kind, result string, took time.Duration) {
	m.jobs.Inc(kind, result)
	m.jobTook.Observe(took.Seconds(), kind)
}

// decided counts what the classifier, or a language model, made of a text.
func (m *meters) decided(c ticket.Classification) {
	certainty := "sure"
	if c.Doubt != "" {
		certainty = string(c.Doubt)
	}
	m.classified.Inc(string(c.Source), certainty)
}

// model is a transport to the language model that counts.
type model struct{ *meters }

// RoundTrip implements http.RoundTripper.
func (m model) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := http.DefaultTransport.RoundTrip(r)
	result := "ok"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		result = "timeout"
	case err != nil:
		result = "unreachable"
	case resp.StatusCode >= http.StatusInternalServerError:
		result = "failed"
	case resp.StatusCode >= http.StatusBadRequest:
		result = "refused"
	}
	m.llmCalls.Inc(result)
	m.llmTook.Observe(time.Since(began).Seconds())
	return resp, err
}
