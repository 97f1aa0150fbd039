package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// AlertSilence is the kind of the alert about a bridge that stopped beating. It
// ends with the next beat whatever that says.
const AlertSilence = "silence"

// AlertBackup is the kind of the alert about copies that are not made any more.
// It stands beside the default bridge, whose beats say nothing of it.
const AlertBackup = "backup"

// Trouble is something that is wrong with a bridge, in words for people.
type Trouble struct {
	Kind     string // the same for as long as it is the same trouble
	Sentence string // Spanish
	Solution string // Spanish sentence on what to do
}

// Alert is a Trouble that has lasted long enough to tell people about it.
type Alert struct {
	Trouble
	Origin

	ID       int64
	Since    time.Time // when the trouble began
	RaisedAt time.Time
}

// Alarm says which troubles are alerts by now.
type Alarm struct {
	// After is how long a bridge may be silent or in trouble.
	After time.Duration
	// Watching is since when beats would have been noticed: silence before it
	// does not count, nor what was last said before it.
	Watching time.Time
	// Silence is what to tell people about a silent bridge; its Kind is ignored.
	Silence Trouble
}

// RaiseAlerts raises what a is about and returns the alerts that were not up
// before. However many servers do this at once, each alert is raised once. A
// bridge that never beat is never silent.
func (s *Store) RaiseAlerts(ctx context.Context, a Alarm) (raised []Alert, err error) {
	err = s.write(ctx, "raise alerts", func(t *tx) error {
		latest := t.now - a.After.Milliseconds()
		raised = nil
		if millis(a.Watching) <= latest {
			if raised, err = t.raiseSilence(a.Silence, latest); err != nil {
				return err
			}
		}
		ripe, err := list(t.ctx, t.conn, scanAlert, `
			UPDATE alerts SET raised_at = $1 WHERE raised_at = 0 AND cleared_at = 0 AND since <= $2
			AND EXISTS (SELECT 1 FROM beats b WHERE b.bridge_id = alerts.bridge_id AND b.beat_at > $2 AND b.beat_at >= $3)
			RETURNING `+alertColumns, t.now, latest, millis(a.Watching))
		if err != nil {
			return err
		}
		raised = append(raised, ripe...)
		return t.alertEvents(NoticeTrouble, raised)
	})
	return raised, err
}

func (t *tx) raiseSilence(words Trouble, latest int64) (raised []Alert, err error) {
	// The update changes nothing; it makes PostgreSQL wait for a beat that is
	// being stored and look at it again.
	silent, err := list(t.ctx, t.conn, func(row scanner) (a Alert, err error) {
		var at int64
		err = row.Scan(&a.Business, &a.Bridge, &at)
		a.Since = instant(at)
		return a, err
	}, `UPDATE beats SET beat_at = beat_at WHERE beat_at <= $1
		AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.bridge_id = beats.bridge_id AND a.kind = $2 AND a.cleared_at = 0)
		RETURNING business_id, bridge_id, beat_at`, latest, AlertSilence)
	if err != nil {
		return nil, fmt.Errorf("find silent bridges: %w", err)
	}
	for _, a := range silent {
		fresh, err := list(t.ctx, t.conn, scanAlert, `
			INSERT INTO alerts (business_id, bridge_id, kind, sentence, solution, since, raised_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (bridge_id, kind) WHERE cleared_at = 0 DO NOTHING RETURNING `+alertColumns,
			a.Business, a.Bridge, AlertSilence, clean(words.Sentence), clean(words.Solution), millis(a.Since), t.now)
		if err != nil {
			return nil, fmt.Errorf("raise silence: %w", err)
		}
		raised = append(raised, fresh...)
	}
	return raised, nil
}

// settleTroubles makes the open troubles of a bridge those that it complains about now.
func (t *tx) settleTroubles(o Origin, troubles []Trouble) (cleared []Alert, err error) {
	open, err := list(t.ctx, t.conn, scanAlert, `SELECT `+alertColumns+` FROM alerts WHERE bridge_id = $1 AND kind <> $2 AND cleared_at = 0 ORDER BY id`, o.Bridge, AlertBackup)
	if err != nil {
		return nil, err
	}
	for _, a := range open {
		if slices.ContainsFunc(troubles, func(now Trouble) bool { return now.Kind == a.Kind }) {
			continue
		}
		if a.RaisedAt.IsZero() {
			err = t.exec(`DELETE FROM alerts WHERE id = $1`, a.ID)
		} else {
			cleared = append(cleared, a)
			err = t.exec(`UPDATE alerts SET cleared_at = $2 WHERE id = $1`, a.ID, t.now)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, now := range troubles {
		err := t.exec(`
			INSERT INTO alerts (business_id, bridge_id, kind, sentence, solution, since) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (bridge_id, kind) WHERE cleared_at = 0 DO UPDATE SET sentence = excluded.sentence, solution = excluded.solution`,
			o.Business, o.Bridge, now.Kind, clean(now.Sentence), clean(now.Solution), t.now)
		if err != nil {
			return nil, err
		}
	}
	return cleared, t.alertEvents(NoticeRecovered, cleared)
}

// alertEvents notes for the channels that alerts were raised or are over.
func (t *tx) alertEvents(kind NoticeKind, alerts []Alert) error {
	for _, a := range alerts {
		if err := t.event(a.Business, kind, 0, a.Sentence+"\n"+a.Solution); err != nil {
			return err
		}
	}
	return nil
}

// OpenAlerts returns the alerts of a business that are up, the oldest first.
// Whoever wants to tell people about alerts starts here.
func (s *Store) OpenAlerts(ctx context.Context, business int64) ([]Alert, error) {
	open, err := list(ctx, s.reader, scanAlert, `
		SELECT `+alertColumns+` FROM alerts WHERE business_id = $1 AND cleared_at = 0 AND raised_at > 0 ORDER BY id`, business)
	return open, wrap("list open alerts", err)
}

// ClearAlerts takes every alert about a bridge down, for a server that is told
// not to watch.
func (s *Store) ClearAlerts(ctx context.Context) error {
	return s.write(ctx, "clear alerts", func(t *tx) error {
		return t.exec(`UPDATE alerts SET cleared_at = $1 WHERE cleared_at = 0 AND raised_at > 0 AND kind <> $2`, t.now, AlertBackup)
	})
}

// RaiseAlert raises an alert that no beat is about, and reports whether it was
// not up before. One that is up gets the new words and keeps its beginning.
func (s *Store) RaiseAlert(ctx context.Context, o Origin, trouble Trouble, since time.Time) (fresh bool, err error) {
	err = s.write(ctx, "raise alert", func(t *tx) error {
		fresh, err = t.changed(`UPDATE alerts SET sentence = $3, solution = $4 WHERE bridge_id = $1 AND kind = $2 AND cleared_at = 0`,
			o.Bridge, trouble.Kind, clean(trouble.Sentence), clean(trouble.Solution))
		if fresh = !fresh; err != nil || !fresh {
			return err
		}
		t.hint(o.Business, 0, HintBridge)
		fresh, err = t.changed(`
			INSERT INTO alerts (business_id, bridge_id, kind, sentence, solution, since, raised_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (bridge_id, kind) WHERE cleared_at = 0 DO NOTHING`,
			o.Business, o.Bridge, trouble.Kind, clean(trouble.Sentence), clean(trouble.Solution), millis(since), t.now)
		if err != nil || !fresh {
			return err
		}
		return t.alertEvents(NoticeTrouble, []Alert{{Trouble: trouble, Origin: o}})
	})
	return fresh, err
}

// ClearAlert takes the alert of that kind down and reports whether it was up.
func (s *Store) ClearAlert(ctx context.Context, o Origin, kind string) (was bool, err error) {
	err = s.write(ctx, "clear alert", func(t *tx) error {
		a := Alert{Origin: o}
		was, err = t.row([]any{&a.Sentence}, `UPDATE alerts SET cleared_at = $3 WHERE bridge_id = $1 AND kind = $2 AND cleared_at = 0 RETURNING sentence`, o.Bridge, kind, t.now)
		if err != nil || !was {
			return err
		}
		t.hint(o.Business, 0, HintBridge)
		return t.alertEvents(NoticeRecovered, []Alert{a})
	})
	return was, err
}

const alertColumns = `id, business_id, bridge_id, kind, sentence, solution, since, raised_at`

func scanAlert(row scanner) (a Alert, err error) {
	var since, raised int64
	err = row.Scan(&a.ID, &a.Business, &a.Bridge, &a.Kind, &a.Sentence, &a.Solution, &since, &raised)
	a.Since, a.RaisedAt = instant(since), instant(raised)
	return a, err
}
