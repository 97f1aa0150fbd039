package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"mostrador/internal/ticket"
)

const (
	// retireStep is how many tickets are looked at for one transaction.
	retireStep = 20
	// countLimit bounds what CountExpired counts.
	countLimit = 10_000
)

// Retired counts what is, or would be, deleted because it is old. A count from
// CountExpired that is over 10000 means that there is more.
type Retired struct {
	Tickets int // with their messages and files
	Photos  int // files of tickets that stay
	Log     int // lines
}

// expired are the conditions under which something of a business, $1, is older
// than $2 and goes.
const (
	// A reply that still waits keeps its ticket.
	expiredTickets = `FROM tickets t WHERE t.business_id = $1 AND t.resolved_at > 0 AND t.resolved_at < $2
		AND NOT EXISTS (SELECT 1 FROM messages q WHERE q.ticket_id = t.id AND q.delivery = 'queued')`
	// SQLite joins in the order of CROSS JOIN: from the oldest tickets on, of which
	// few are needed, and not from all files there are.
	expiredPhotos = `FROM tickets t CROSS JOIN messages m CROSS JOIN attachments a
		WHERE m.ticket_id = t.id AND a.message_id = m.id AND t.business_id = $1 AND t.resolved_at > 0 AND t.resolved_at < $2
		AND t.resolved_at >= $3 AND a.state = 'stored' AND m.delivery <> 'queued'`
	// expiredPhoto is the same of one file, $3.
	expiredPhoto = `FROM attachments a CROSS JOIN messages m CROSS JOIN tickets t
		WHERE m.ticket_id = t.id AND a.message_id = m.id AND t.business_id = $1 AND t.resolved_at > 0 AND t.resolved_at < $2
		AND a.id = $3 AND a.state = 'stored' AND m.delivery <> 'queued'`
	expiredAlerts = `FROM alerts l WHERE l.business_id = $1 AND l.cleared_at > 0 AND l.cleared_at < $2`
	expiredAudit  = `FROM audit l WHERE l.business_id = $1 AND l.at < $2`
)

// cutoff is the instant before which things are older than days; nothing is when
// days is 0.
func cutoff(now int64, days int) int64 {
	if days <= 0 {
		return 0
	}
	return now - (time.Duration(days) * 24 * time.Hour).Milliseconds()
}

// CountExpired returns what of a business would be deleted now if keep were set.
func (s *Store) CountExpired(ctx context.Context, business int64, keep Keep) (Retired, error) {
	now := s.now().UnixMilli()
	var r Retired
	var alerts, audit int
	for _, c := range []struct {
		n     *int
		what  string
		days  int
		since []any
	}{
		{&r.Tickets, expiredTickets, keep.Tickets, nil}, {&r.Photos, expiredPhotos, keep.Photos, []any{0}},
		{&alerts, expiredAlerts, keep.Log, nil}, {&audit, expiredAudit, keep.Log, nil},
	} {
		if c.days == 0 {
			continue
		}
		args := append([]any{business, cutoff(now, c.days)}, c.since...)
		query := `SELECT COUNT(*) FROM (SELECT 1 ` + c.what + ` LIMIT ` + strconv.Itoa(countLimit+1) + `) found`
		if err := s.reader.QueryRowContext(ctx, query, args...).Scan(c.n); err != nil {
			return Retired{}, fmt.Errorf("count what is old: %w", explain(err))
		}
	}
	r.Log = alerts + audit
	return r, nil
}

// Retire deletes some of what is older than a business keeps it and returns what
// that was; it is zero when nothing is left to delete. It is one small
// transaction: whoever wants all of it calls it again.
func (s *Store) Retire(ctx context.Context, business int64) (Retired, error) {
	b, err := s.Business(ctx, business)
	if err != nil {
		return Retired{}, err
	}
	for _, step := range []struct {
		days int
		run  func(context.Context, int64, int) (Retired, error)
	}{{b.Keep.Tickets, s.retireTickets}, {b.Keep.Photos, s.retirePhotos}, {b.Keep.Log, s.retireLog}} {
		if step.days == 0 {
			continue
		}
		if r, err := step.run(ctx, business, step.days); err != nil || r != (Retired{}) {
			return r, err
		}
	}
	return Retired{}, nil
}

// retireTickets looks for old tickets where nobody waits for it, and makes sure
// of each within the transaction. A transaction that only shortens a long ticket
// counts as one ticket.
func (s *Store) retireTickets(ctx context.Context, business int64, days int) (Retired, error) {
	old := cutoff(s.now().UnixMilli(), days)
	ids, err := list(ctx, s.reader, scanID, `SELECT t.id `+expiredTickets+` ORDER BY t.resolved_at LIMIT $3`, business, old, retireStep)
	if err != nil {
		return Retired{}, fmt.Errorf("find old tickets: %w", explain(err))
	}
	if len(ids) == 0 {
		return Retired{}, nil
	}
	err = s.write(ctx, "delete old tickets", func(t *tx) error {
		left := eraseStep
		for _, id := range ids {
			var contact int64
			found, err := t.row([]any{&contact}, `SELECT t.contact_id `+expiredTickets+` AND t.id = $3`, business, old, id)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			n, gone, err := t.eraseTicket(id, left)
			if err != nil {
				return err
			}
			if left -= n; !gone || left <= 0 {
				return nil
			}
			if err := t.dropIdle(contact); err != nil {
				return err
			}
		}
		return nil
	})
	return Retired{Tickets: len(ids)}, err
}

// dropIdle deletes a contact of whom nothing else is left and about whom nobody
// noted anything.
func (t *tx) dropIdle(contact int64) error {
	return t.exec(`
		DELETE FROM contacts WHERE id = $1 AND given_name = '' AND blocked_at = 0
			AND NOT EXISTS (SELECT 1 FROM tickets WHERE contact_id = $1) AND NOT EXISTS (SELECT 1 FROM messages WHERE contact_id = $1)
			AND NOT EXISTS (SELECT 1 FROM contact_notes WHERE contact_id = $1)`, contact)
}

// retirePhotos makes the next old files doomed, going through closed tickets
// from the oldest on. It remembers how far it is, so that no step looks at what an
// earlier one has seen to.
func (s *Store) retirePhotos(ctx context.Context, business int64, days int) (Retired, error) {
	old := cutoff(s.now().UnixMilli(), days)
	var from int64
	if err := s.reader.QueryRowContext(ctx, `SELECT photos_gone_until FROM businesses WHERE id = $1`, business).Scan(&from); err != nil {
		return Retired{}, fmt.Errorf("find where files are gone: %w", explain(err))
	}
	type found struct{ id, resolved int64 }
	files, err := list(ctx, s.reader, func(row scanner) (f found, err error) {
		err = row.Scan(&f.id, &f.resolved)
		return f, err
	}, `SELECT a.id, t.resolved_at `+expiredPhotos+` ORDER BY t.resolved_at LIMIT $4`, business, old, from, eraseStep)
	if err != nil {
		return Retired{}, fmt.Errorf("find old files: %w", explain(err))
	}
	until := old
	if len(files) > 0 {
		until = files[len(files)-1].resolved // that ticket may have more of them
	}
	if until <= from && len(files) == 0 {
		return Retired{}, nil
	}
	err = s.write(ctx, "delete old files", func(t *tx) error {
		for _, f := range files {
			if err := t.dropFile(business, old, f.id); err != nil {
				return err
			}
		}
		return t.exec(`UPDATE businesses SET photos_gone_until = $2 WHERE id = $1 AND photos_gone_until = $3`, business, until, from)
	})
	return Retired{Photos: len(files)}, err
}

// lateFiles has retirePhotos look again at the ticket of a message that got files
// after the ticket's were gone.
func (t *tx) lateFiles(business, message int64) error {
	const resolved = `(SELECT t.resolved_at FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.id = $2 AND t.resolved_at > 0)`
	return t.exec(`UPDATE businesses SET photos_gone_until = `+resolved+` WHERE id = $1 AND photos_gone_until > `+resolved, business, message)
}

// dropFile takes the file off an attachment, unless its ticket was reopened
// meanwhile, and leaves word of it.
func (t *tx) dropFile(business, old, attachment int64) error {
	var ticketID int64
	var file string
	found, err := t.row([]any{&ticketID, &file}, `SELECT t.id, COALESCE(a.file, '') `+expiredPhoto, business, old, attachment)
	if err != nil || !found {
		return err
	}
	if file != "" {
		if err := t.exec(`INSERT INTO doomed_files (file) VALUES ($1) ON CONFLICT DO NOTHING`, file); err != nil {
			return err
		}
	}
	if err := t.exec(`UPDATE attachments SET file = NULL, state = $2, note = 'Se borró por antigüedad.' WHERE id = $1`, attachment, ticket.FileUnavailable); err != nil {
		return err
	}
	return t.exec(`UPDATE tickets SET photo = '' WHERE id = $1 AND photo = $2`, ticketID, file)
}

// retireLog deletes the next old lines, looking for them where nobody waits for
// it.
func (s *Store) retireLog(ctx context.Context, business int64, days int) (Retired, error) {
	var r Retired
	old := cutoff(s.now().UnixMilli(), days)
	for table, expired := range map[string]string{"alerts": expiredAlerts, "audit": expiredAudit} {
		ids, err := list(ctx, s.reader, scanID, `SELECT l.id `+expired+` ORDER BY l.id LIMIT $3`, business, old, eraseStep)
		if err != nil {
			return r, fmt.Errorf("find old lines: %w", explain(err))
		}
		if len(ids) == 0 {
			continue
		}
		err = s.write(ctx, "delete old lines", func(t *tx) error {
			for _, id := range ids {
				if err := t.exec(`DELETE FROM `+table+` WHERE id = $1`, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return r, err
		}
		r.Log += len(ids)
	}
	return r, nil
}
