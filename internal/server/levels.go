package server

import (
	"context"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/disk"
	"mostrador/internal/metrics"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/store"
	"mostrador/internal/server/watch"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// backupLook is how often the copies are looked at, which may lie far away.
const backupLook = 5 * time.Minute

// levels are how everything stands, looked up at each reading.
type levels struct {
	waiting, failed, oldest           *metrics.Gauge
	alerts                            *metrics.Gauge
	beatAge, states                   *metrics.Gauge
	queue, queueOldest                *metrics.Gauge
	panels                            *metrics.Gauge
	size, log, free                   *metrics.Gauge
	jobs                              *metrics.Gauge
	backupAt, backupSize, backupFails *metrics.Gauge
}

func newLevels(r *metrics.Registry) levels {
	gauge := func(name, help string, labels ...metrics.Label) *metrics.Gauge {
		return r.Gauge(metrics.Desc{Name: "mostrador_server_" + name, Help: help, Labels: labels})
	}
	waiting := []string{string(ticket.DeliveryQueued), string(ticket.DeliveryLimited), string(ticket.DeliveryConfirm)}
	return levels{
		waiting:     gauge("replies_waiting", "Replies that have not left, by what they wait for.", metrics.Label{Name: "state", Values: waiting}),
		failed:      gauge("replies_failed", "Replies that were given up and that nobody has sent again or discarded."),
		oldest:      gauge("replies_oldest_seconds", "How long the oldest waiting reply has waited; 0 without one."),
		alerts:      gauge("alerts", "Alerts that are up in the panel, by kind.", metrics.Label{Name: "kind", Values: []string{store.AlertSilence, watch.KindWhatsApp, watch.KindProblem, store.AlertBackup}}),
		beatAge:     gauge("bridge_heartbeat_age_seconds", "How long ago the bridge that has been silent longest gave a sign of life; nothing before the first ever."),
		states:      gauge("bridges", "Bridges by what they last said of their session with WhatsApp.", metrics.Label{Name: "state", Values: wire.SessionStates()}),
		queue:       gauge("bridge_queue_messages", "Messages that lie at the laptops, as these last said.", metrics.Label{Name: "state", Values: []string{"waiting", "files", "parked", "damaged"}}),
		queueOldest: gauge("bridge_queue_oldest_seconds", "Age of the oldest message that waits at a laptop, as these last said."),
		panels:      gauge("panel_clients", "Open panels."),
		size:        gauge("database_bytes", "Size of the database."),
		log:         gauge("database_log_bytes", "Size of SQLite's log, not yet written into the database."),
		free:        gauge("disk_free_bytes", "What may still be written to the disk of the database and of the photos.", metrics.Label{Name: "disk", Values: []string{"database", "photos"}}),
		jobs:        gauge("jobs_waiting", "Background work that is wanted and not done, by kind.", metrics.Label{Name: "kind"}),
		backupAt:    gauge("backup_last_success_timestamp_seconds", "When the newest copy that counts was made; nothing while there is none."),
		backupSize:  gauge("backup_last_success_bytes", "Size of that copy."),
		backupFails: gauge("backup_failing", "1 when the last try to make a copy failed, 0 otherwise; nothing when no copies are wanted."),
	}
}

// measure has p looked at before each reading.
func (p *parts) measure(photoDir string, log zerolog.Logger) {
	var copies memo
	if p.backup != nil {
		copies.read = p.backup.State
	}
	p.meters.registry.Before(func(ctx context.Context) {
		l := p.meters.levels
		f, err := p.store.Figures(ctx)
		if err != nil {
			log.Warn().Err(err).Msg("database could not be measured")
		}
		l.showStore(f, err == nil, p.now())
		l.panels.Count(p.live.Count())
		for kind, n := range p.jobs.Waiting(ctx) {
			l.jobs.Count(n, kind)
		}
		if path := p.store.Path(); path != "" {
			showFree(l.free, filepath.Dir(path), "database")
		}
		showFree(l.free, photoDir, "photos")
		if p.backup == nil {
			return
		}
		state, err := copies.get(ctx, p.now())
		if err != nil {
			log.Warn().Err(err).Msg("backups could not be listed")
		}
		l.showBackup(state, err == nil)
	})
}

func showFree(g *metrics.Gauge, dir, which string) {
	if free, err := disk.Free(dir); err == nil {
		g.Set(float64(free), which)
	}
}

// showStore shows what the database says, or nothing when it says nothing.
func (l levels) showStore(f store.Figures, known bool, now time.Time) {
	for _, g := range []*metrics.Gauge{l.waiting, l.failed, l.oldest, l.alerts, l.states, l.queue, l.queueOldest, l.beatAge, l.size, l.log} {
		g.Clear()
	}
	if !known {
		return
	}
	for _, g := range []*metrics.Gauge{l.waiting, l.alerts, l.states, l.queue, l.queueOldest, l.oldest} {
		g.Zero()
	}
	for delivery, n := range f.Waiting {
		l.waiting.Count(n, string(delivery))
	}
	for kind, n := range f.Alerts {
		l.alerts.Count(n, kind)
	}
	l.failed.Count(f.Failed)
	if !f.Oldest.IsZero() {
		l.oldest.Set(now.Sub(f.Oldest).Seconds())
	}
	l.size.Set(float64(f.Size))
	l.log.Set(float64(f.Log))
	l.showBeats(f.Beats, now)
}

func (l levels) showBeats(beats []store.Beat, now time.Time) {
	states, sum := map[string]int{}, store.Report{}
	var silent time.Duration
	for _, b := range beats {
		states[b.State]++
		silent = max(silent, now.Sub(b.At))
		sum.Waiting, sum.Files, sum.Parked, sum.Damaged = sum.Waiting+b.Report.Waiting, sum.Files+b.Report.Files, sum.Parked+b.Report.Parked, sum.Damaged+b.Report.Damaged
		sum.Oldest = max(sum.Oldest, b.Report.Oldest)
	}
	for state, n := range states {
		l.states.Count(n, state)
	}
	if len(beats) > 0 {
		l.beatAge.Set(silent.Seconds())
	}
	l.queue.Count(sum.Waiting, "waiting")
	l.queue.Count(sum.Files, "files")
	l.queue.Count(sum.Parked, "parked")
	l.queue.Count(sum.Damaged, "damaged")
	l.queueOldest.Set(sum.Oldest.Seconds())
}

func (l levels) showBackup(s backup.State, known bool) {
	for _, g := range []*metrics.Gauge{l.backupAt, l.backupSize, l.backupFails} {
		g.Clear()
	}
	if !known {
		return
	}
	l.backupFails.Flag(s.Failure != "")
	if s.Count > 0 {
		l.backupAt.Set(float64(s.Last.At.Unix()))
		l.backupSize.Set(float64(s.Last.Size))
	}
}

// memo keeps how copies stand for a while. It is not safe for concurrent use.
type memo struct {
	read  func(ctx context.Context) (backup.State, error)
	state backup.State
	at    time.Time
}

func (m *memo) get(ctx context.Context, now time.Time) (backup.State, error) {
	if age := now.Sub(m.at); !m.at.IsZero() && age >= 0 && age < backupLook {
		return m.state, nil
	}
	state, err := m.read(ctx)
	if err != nil {
		return backup.State{}, err
	}
	m.state, m.at = state, now
	return state, nil
}
