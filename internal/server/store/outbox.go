package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mostrador/internal/ticket"
)

// lateAfter is how long a reply may wait before it goes only with a person's
// word: after a day "we received your equipment" may do more harm than good.
const lateAfter = 24 * time.Hour

// untaken is after how long nobody is thought to have a way to the bridge of a
// reply that is due: who has one looks several times within it.
const untaken = 15 * time.Second

// paceWindow is the time in which a bridge sends at most Terms.PerMinute.
const paceWindow = time.Minute

// shownDelivery is a ticket.Delivery as an expression: hold, which is empty
// unless delivery is 'queued', says what kind of waiting it is.
const shownDelivery = `CASE WHEN hold <> '' THEN hold ELSE delivery END`

// Outgoing is a reply that its holder alone may send until the lease is over.
type Outgoing struct {
	Origin

	Message    int64 // id
	Ticket     int64 // number
	BridgeURL  string
	Chat       string // where the contact is reached now, as user@server
	Text       string
	File       ticket.Attachment // stored; its File is empty without one
	WhatsAppID string
	RefersTo   string
	Attempts   int // this one included
	QueuedAt   time.Time
}

// Terms are the conditions under which replies are handed out.
type Terms struct {
	Lease     time.Duration // how long whoever gets one may take; at most 14 minutes together with FileLease
	FileLease time.Duration // how much longer for one with a file
	PerMinute int           // the most that leave through one bridge in any minute; 0 for no limit
	Gap       time.Duration // after one of them, until the next leaves by itself; counts with PerMinute
	TextsOnly []int64       // bridges whose replies with files ClaimReplies leaves to a later claim
	// NoWay says why this server cannot call a bridge now, a Spanish sentence, or ""
	// when it can. ClaimReplies leaves such a bridge's replies to the others. It is
	// called in the transaction and must not wait. nil: every bridge can be called.
	NoWay func(bridge int64, url string) string
}

// Wait says why a reply cannot be had by ClaimReply now.
type Wait string

// Values of Wait.
const (
	WaitNone        Wait = ""             // it can be had
	WaitOver        Wait = "over"         // it is not queued any more
	WaitBusy        Wait = "busy"         // somebody is sending it
	WaitPace        Wait = "pace"         // enough left through the bridge within a minute
	WaitLimited     Wait = "limited"      // WhatsApp does not let it through for now
	WaitConfirm     Wait = "confirm"      // a person has to confirm it
	WaitTurn        Wait = "turn"         // another one to the same contact goes first
	WaitTurnLimited Wait = "turn_limited" // … which is limited
	WaitTurnConfirm Wait = "turn_confirm" // … which a person has to confirm
)

// noneAhead stands for the hold of the reply that goes first where none does.
const noneAhead = "none"

// The order of replies. Of each contact only the oldest waiting reply may leave,
// whatever it waits for, and only when no other one is being sent: nothing
// overtakes. So a reply that WhatsApp limits, or that wants a person's word,
// holds up the contact's later ones until it is sent, failed or discarded;
// other contacts do not notice. One that is retried after it had failed has its
// old place again: before what still waits, after what has gone meanwhile.
//
// claimable is that as a condition on m; $1 is now. A lease that ends more than a
// quarter of an hour ahead, longer than any, was given before the clock was set
// back, and is over.
const claimable = `m.delivery = 'queued' AND m.hold <> 'confirm' AND NOT (m.lease_until > $1 AND m.lease_until <= $1 + 900000) AND NOT EXISTS (
	SELECT 1 FROM messages o WHERE o.contact_id = m.contact_id AND o.delivery = 'queued'
		AND (o.id < m.id OR o.lease_until > $1 AND o.lease_until <= $1 + 900000))`

// ClaimReply takes one reply for sending, whether its next attempt is due or not.
// When it cannot be had, the Wait says why. A reply that a person has to confirm,
// or that WhatsApp limits, cannot; RetryReply releases it.
func (s *Store) ClaimReply(ctx context.Context, message int64, terms Terms) (Outgoing, Wait, error) {
	var out Outgoing
	var wait Wait
	err := s.write(ctx, "claim reply", func(t *tx) (err error) {
		out, wait, err = t.claimOne(message, terms)
		return err
	})
	if err != nil {
		return Outgoing{}, "", err
	}
	return out, wait, nil
}

func (t *tx) claimOne(message int64, terms Terms) (Outgoing, Wait, error) {
	if err := t.holdLate(); err != nil {
		return Outgoing{}, "", err
	}
	bridge, wait, err := t.waiting(message)
	if err != nil || wait != WaitNone {
		return Outgoing{}, wait, err
	}
	room, err := t.room(bridge, terms, 1, true)
	if err != nil || room == 0 {
		return Outgoing{}, WaitPace, err
	}
	claimed, err := t.claim(bridge, terms, `AND m.hold = '' AND m.id = $4`, message)
	if err != nil {
		return Outgoing{}, "", err
	}
	if len(claimed) == 0 { // taken by another server meanwhile, or given up
		_, wait, err := t.waiting(message)
		return Outgoing{}, cmp.Or(wait, WaitBusy), err
	}
	return claimed[0], WaitNone, nil
}

// waiting finds out what a reply waits for, other than the pace of its bridge.
func (t *tx) waiting(message int64) (bridge int64, wait Wait, err error) {
	var delivery, hold, ahead string
	var lease int64
	found, err := t.row([]any{&bridge, &delivery, &hold, &lease, &ahead}, `
		SELECT m.bridge_id, m.delivery, m.hold, m.lease_until, COALESCE((
			SELECT o.hold FROM messages o WHERE o.contact_id = m.contact_id AND o.delivery = 'queued' AND o.id <> m.id
				AND (o.id < m.id OR o.lease_until > $2) ORDER BY o.id LIMIT 1), $3)
		FROM messages m WHERE m.id = $1 AND m.direction = 'out'`, message, t.now, noneAhead)
	switch {
	case err != nil:
		return 0, "", fmt.Errorf("look at reply: %w", err)
	case !found || delivery != "queued":
		return bridge, WaitOver, nil
	case lease > t.now:
		return bridge, WaitBusy, nil
	case hold != "":
		return bridge, Wait(hold), nil
	case ahead == noneAhead:
		return bridge, WaitNone, nil
	case ahead == "":
		return bridge, WaitTurn, nil
	}
	return bridge, WaitTurn + "_" + Wait(ahead), nil
}

// ClaimReplies takes up to n due replies, the longest due first and at most one
// of each contact, and with Terms.PerMinute at most one of each bridge. When
// another server claims at the same moment there may be none although some are
// due: the next round finds them. A reply whose lease ended without an outcome is
// handed out again, under the same WhatsAppID. Those of a bridge that Terms.NoWay
// has something against stay due, for the server that can call it.
func (s *Store) ClaimReplies(ctx context.Context, n int, terms Terms) ([]Outgoing, error) {
	var claimed []Outgoing
	err := s.write(ctx, "claim replies", func(t *tx) error {
		claimed = nil
		if err := t.holdLate(); err != nil {
			return err
		}
		bridges, err := t.dueBridges()
		if err != nil {
			return err
		}
		for _, b := range bridges {
			some, err := t.claimDue(b, n-len(claimed), terms)
			if err != nil {
				return err
			}
			claimed = append(claimed, some...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// called is a bridge and its configured address.
type called struct {
	id  int64
	url string
}

// dueBridges returns those for which a reply is due.
func (t *tx) dueBridges() ([]called, error) {
	bridges, err := list(t.ctx, t.conn, func(row scanner) (b called, err error) {
		err = row.Scan(&b.id, &b.url)
		return b, err
	}, `SELECT b.id, b.url FROM bridges b WHERE b.id IN (
			SELECT m.bridge_id FROM messages m WHERE `+claimable+` AND m.next_attempt_at <= $1) ORDER BY b.id`, t.now)
	if err != nil {
		return nil, fmt.Errorf("find bridges: %w", err)
	}
	return bridges, nil
}

// claimDue takes up to n due replies of a bridge. Without a way to it taking one
// would only put it off, again and again before the server that has the link looks;
// so it stays due, and is told only what it waits for.
func (t *tx) claimDue(b called, n int, terms Terms) ([]Outgoing, error) {
	if terms.NoWay != nil {
		if reason := terms.NoWay(b.id, b.url); reason != "" {
			return nil, t.tellUntaken(b.id, clean(reason))
		}
	}
	room, err := t.room(b.id, terms, n, false)
	if err != nil {
		return nil, err
	}
	return t.claim(b.id, terms, due(b.id, terms)+` ORDER BY m.next_attempt_at, m.id LIMIT $4`, room)
}

// tellUntaken notes why a bridge's due replies wait, when no other server took
// them either. Their time and their attempts stay as they are.
func (t *tx) tellUntaken(bridge int64, reason string) error {
	ids, err := list(t.ctx, t.conn, scanID, `
		UPDATE messages SET failure = $3 WHERE id IN (
			SELECT m.id FROM messages m WHERE m.bridge_id = $2 AND m.hold = '' AND m.failure <> $3 AND m.next_attempt_at <= $4 AND `+claimable+`) RETURNING id`,
		t.now, bridge, reason, t.now-untaken.Milliseconds())
	if err != nil {
		return fmt.Errorf("tell what replies wait for: %w", err)
	}
	for _, id := range ids {
		if err := t.hintMessage(id); err != nil {
			return err
		}
	}
	return nil
}

// due is the condition on m that ClaimReplies adds to claimable.
func due(bridge int64, terms Terms) string {
	if slices.Contains(terms.TextsOnly, bridge) {
		return `AND m.next_attempt_at <= $1 AND m.kind = 'text'`
	}
	return `AND m.next_attempt_at <= $1`
}

// holdLate makes replies that waited too long ask first. One that somebody is
// sending is left alone.
func (t *tx) holdLate() error {
	err := t.exec(`
		UPDATE messages SET hold = 'confirm' WHERE delivery = 'queued' AND wanted_at <= $1 AND hold <> 'confirm' AND lease_until <= $2`,
		t.now-lateAfter.Milliseconds(), t.now)
	if err != nil {
		return fmt.Errorf("hold late replies: %w", err)
	}
	return nil
}

// room is how many of most replies may leave through a bridge now. Those that a
// person waits for need not keep their distance from the last one. Servers that
// ask at the same moment take turns until their transactions end.
func (t *tx) room(bridge int64, terms Terms, most int, person bool) (int, error) {
	if terms.PerMinute == 0 {
		return most, nil
	}
	var next, left int64
	if _, err := t.row([]any{&next}, `UPDATE bridges SET next_send_at = next_send_at WHERE id = $1 RETURNING next_send_at`, bridge); err != nil {
		return 0, fmt.Errorf("lock pace: %w", err)
	}
	// What lies further ahead was written before the clock was set back.
	if next > t.now && next <= t.now+2*paceWindow.Milliseconds() && !person {
		return 0, nil
	}
	if _, err := t.row([]any{&left}, `SELECT COUNT(*) FROM messages WHERE bridge_id = $1 AND left_at > $2 AND left_at <= $3 AND left_at > 0`,
		bridge, t.now-paceWindow.Milliseconds(), t.now+paceWindow.Milliseconds()); err != nil {
		return 0, fmt.Errorf("count what left: %w", err)
	}
	return min(most, 1, max(0, terms.PerMinute-int(left))), nil
}

// claim hands out those of a bridge's claimable replies that which chooses; arg
// is its $4.
func (t *tx) claim(bridge int64, terms Terms, which string, arg any) ([]Outgoing, error) {
	// The conditions are repeated outside because PostgreSQL checks only those
	// again after waiting for a row that another server claims.
	ids, err := list(t.ctx, t.conn, scanID, `
		UPDATE messages SET lease_until = $3 + CASE WHEN kind = 'text' THEN 0 ELSE CAST($5 AS BIGINT) END, attempts = attempts + 1, sent_at = $1, left_at = $1, hold = ''
		WHERE delivery = 'queued' AND hold <> 'confirm' AND NOT (lease_until > $1 AND lease_until <= $1 + 900000)
		AND id IN (SELECT m.id FROM messages m WHERE m.bridge_id = $2 AND `+claimable+` `+which+`) RETURNING id`,
		t.now, bridge, t.now+terms.Lease.Milliseconds(), arg, terms.FileLease.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("take replies: %w", err)
	}
	if len(ids) > 0 && terms.PerMinute > 0 {
		if err := t.exec(`UPDATE bridges SET next_send_at = $2 WHERE id = $1`, bridge, t.now+terms.Gap.Milliseconds()); err != nil {
			return nil, fmt.Errorf("note pace: %w", err)
		}
	}
	claimed := make([]Outgoing, 0, len(ids))
	for _, id := range ids {
		o, obstacle, err := t.outgoing(id)
		if err == nil && obstacle != noObstacle { // it does not leave, and counts for no pace
			err = t.exec(`UPDATE messages SET left_at = 0 WHERE id = $1`, id)
		}
		switch {
		case err != nil:
		case obstacle == noFile:
			err = t.giveUp(id, "", "El archivo ya no está en el servidor.")
		case obstacle == contactBlocked: // while it was being sent, by somebody who did not say how that ended
			err = errors.Join(t.hintMessage(id), t.exec(takeBack+`id = $1`, id))
		default:
			claimed = append(claimed, o)
		}
		if err != nil {
			return nil, fmt.Errorf("load reply %d: %w", id, err)
		}
	}
	slices.SortFunc(claimed, func(a, b Outgoing) int { return cmp.Compare(a.Message, b.Message) })
	return claimed, nil
}

// obstacle is why a reply must not be sent.
type obstacle string

const (
	noObstacle     obstacle = ""
	noFile         obstacle = "no file" // it had one, which became old and was deleted
	contactBlocked obstacle = "contact blocked"
)

// outgoing loads a reply.
func (t *tx) outgoing(id int64) (o Outgoing, _ obstacle, err error) {
	o.Message = id
	var queued, blocked int64
	var kind ticket.Kind
	_, err = t.row([]any{&o.Business, &o.Bridge, &o.Ticket, &o.BridgeURL, &o.Chat, &o.Text, &o.WhatsAppID, &o.RefersTo, &o.Attempts, &queued,
		&o.File.File, &o.File.Name, &o.File.MIME, &o.File.Size, &kind, &blocked}, `
		SELECT m.business_id, b.id, t.number, b.url, c.chat, m.body, COALESCE(m.wa_id, ''), m.refers_to, m.attempts, m.created_at,
			COALESCE(a.file, ''), COALESCE(a.name, ''), COALESCE(a.mime, ''), COALESCE(a.size, 0), m.kind, c.blocked_at
		FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN contacts c ON c.id = m.contact_id JOIN bridges b ON b.id = m.bridge_id
		LEFT JOIN attachments a ON a.id = (SELECT MIN(id) FROM attachments WHERE message_id = m.id AND state = 'stored')
		WHERE m.id = $1`, id)
	o.QueuedAt = instant(queued)
	switch {
	case blocked != 0:
		return o, contactBlocked, err
	case kind != ticket.KindText && o.File.File == "":
		return o, noFile, err
	}
	return o, noObstacle, err
}
