package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// ChannelKind is how a channel is reached.
type ChannelKind string

// Kinds of channels.
const (
	ChannelAddress ChannelKind = "address" // e-mail, Telegram and the like
	ChannelPush    ChannelKind = "push"    // a browser
	ChannelWebhook ChannelKind = "webhook" // another program
)

// Bounds of channels.
const (
	maxChannels    = 50 // of a business, without browsers
	maxBrowsers    = 10 // of a user; more push the oldest out
	maxChannelName = 60 // runes
	maxReason      = 300
)

// Channel is where notices go.
type Channel struct {
	ID, Business int64
	User         int64 // whose it is; 0 for the business
	Kind         ChannelKind
	Name         string
	Address      string // may hold a password
	Secret       string // of a webhook: what it is signed with; of a browser: its keys
	OldSecret    string // of a webhook: signs too for a while after RotatedAt
	RotatedAt    time.Time
	Events       []NoticeKind // of a webhook
	CreatedAt    time.Time
	OffAt        time.Time // zero while it is on
	GaveUp       bool      // it is off because nothing got through for days
	LastOKAt     time.Time
	LastErrorAt  time.Time
	LastError    string // Spanish sentence
	FailingSince time.Time
	NextAt       time.Time // until then what happens is gathered
}

// On reports whether notices go there.
func (c Channel) On() bool { return c.OffAt.IsZero() }

const channelColumns = `c.id, c.business_id, COALESCE(c.user_id, 0), c.kind, c.name, c.address, c.secret, c.old_secret, c.rotated_at, c.events,
	c.created_at, c.off_at, c.gave_up, c.last_ok_at, c.last_error_at, c.last_error, c.failing_since, c.next_at`

func scanChannel(row scanner) (c Channel, err error) {
	var events string
	var rotated, created, off, ok, failed, failing, next int64
	err = row.Scan(&c.ID, &c.Business, &c.User, &c.Kind, &c.Name, &c.Address, &c.Secret, &c.OldSecret, &rotated, &events,
		&created, &off, &c.GaveUp, &ok, &failed, &c.LastError, &failing, &next)
	if err != nil {
		return c, err
	}
	c.RotatedAt, c.CreatedAt, c.OffAt, c.LastOKAt = instant(rotated), instant(created), instant(off), instant(ok)
	c.LastErrorAt, c.FailingSince, c.NextAt = instant(failed), instant(failing), instant(next)
	if err := json.Unmarshal([]byte(events), &c.Events); err != nil {
		return c, fmt.Errorf("read events: %w", err)
	}
	return c, nil
}

var errNoChannel = ticket.NewError(ticket.CodeNotFound, "Ese canal ya no existe.")

// Channels returns those of a business, the oldest first: all that are the
// business's or of people who may still log in.
func (s *Store) Channels(ctx context.Context, business int64) ([]Channel, error) {
	all, err := list(ctx, s.reader, scanChannel, `
		SELECT `+channelColumns+` FROM channels c LEFT JOIN users u ON u.id = c.user_id
		WHERE c.business_id = $1 AND COALESCE(u.disabled_at, 0) = 0 ORDER BY c.id`, business)
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", explain(err))
	}
	return all, nil
}

// Channel returns one of a business, or CodeNotFound.
func (s *Store) Channel(ctx context.Context, business, id int64) (Channel, error) {
	found, err := list(ctx, s.reader, scanChannel, `SELECT `+channelColumns+` FROM channels c WHERE c.business_id = $1 AND c.id = $2`, business, id)
	if err != nil {
		return Channel{}, fmt.Errorf("load channel: %w", explain(err))
	}
	if len(found) == 0 {
		return Channel{}, errNoChannel
	}
	return found[0], nil
}

func (c *Channel) check() error {
	cleanAll(&c.Name, &c.Address, &c.Secret, &c.OldSecret)
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" || utf8.RuneCountInString(c.Name) > maxChannelName {
		return ticket.NewError(ticket.CodeInvalid, "El canal necesita un nombre de hasta 60 letras.")
	}
	return checkEvents(c.Events, forPrograms)
}

// AddChannel stores c in the name of the user by, 0 for a program, ignoring its
// ID, CreatedAt and results. A browser that was there already, of whomever, is
// replaced. Too many are CodeConflict, a user of another business CodeNotFound.
// The first channel of a business hears only of what comes after it.
func (s *Store) AddChannel(ctx context.Context, by int64, c Channel) (Channel, error) {
	if err := c.check(); err != nil {
		return Channel{}, err
	}
	events, err := marshalEvents(c.Events)
	if err != nil {
		return Channel{}, err
	}
	err = s.write(ctx, "add channel", func(t *tx) error {
		if err := t.roomForChannel(c); err != nil {
			return err
		}
		if err := t.begin(c); err != nil {
			return err
		}
		c.CreatedAt = instant(t.now)
		if c.ID, err = t.add(`INSERT INTO channels (business_id, user_id, kind, name, address, secret, events, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.Business, reference(c.User), c.Kind, c.Name, c.Address, c.Secret, events, t.now); err != nil {
			return err
		}
		return t.auditChannel(by, c, "settings.channelAdded")
	})
	return c, err
}

// roomForChannel makes room for a browser, and refuses anything else where there
// is none.
func (t *tx) roomForChannel(c Channel) error {
	if c.User != 0 {
		found, err := t.row([]any{new(int64)}, `SELECT id FROM users WHERE id = $1 AND business_id = $2 AND disabled_at = 0`, c.User, c.Business)
		if err != nil {
			return err
		}
		if !found {
			return errNoUser
		}
	}
	if c.Kind == ChannelPush {
		return t.dropChannels(`kind = 'push' AND (address = $1 OR id IN (SELECT id FROM channels WHERE kind = 'push' AND user_id = $2 ORDER BY id DESC LIMIT 100 OFFSET $3))`,
			c.Address, c.User, maxBrowsers-1)
	}
	var n int
	if _, err := t.row([]any{&n}, `SELECT COUNT(*) FROM channels WHERE business_id = $1 AND kind <> 'push'`, c.Business); err != nil {
		return err
	}
	if n >= maxChannels {
		return ticket.NewError(ticket.CodeConflict, fmt.Sprintf("Ya hay %d canales: borre uno antes.", maxChannels))
	}
	return nil
}

// dropChannels deletes the channels that where chooses, with what waits for them.
func (t *tx) dropChannels(where string, args ...any) error {
	ids, err := list(t.ctx, t.conn, scanID, `SELECT id FROM channels WHERE `+where, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.exec(`DELETE FROM notices WHERE channel_id = $1`, id); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM channels WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// listening is the condition on channels that somebody hears them: they are on, and
// the business's or of people who may still log in. Channels lists no others, so
// what is noted for those would never be looked at.
const listening = `channels.off_at = 0 AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = channels.user_id AND users.disabled_at <> 0)`

// begin has the first channel of a business that is listening, and the first that wants
// messages, hear from now on only. It comes before c is stored.
func (t *tx) begin(c Channel) error {
	var on, messages int
	_, err := t.row([]any{&on, &messages}, `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN events LIKE $2 THEN 1 ELSE 0 END), 0) FROM channels WHERE business_id = $1 AND `+listening,
		c.Business, `%"`+string(NoticeMessage)+`"%`)
	if err != nil {
		return err
	}
	if messages == 0 && slices.Contains(c.Events, NoticeMessage) || on == 0 {
		if err := t.exec(`INSERT INTO notice_settings (business_id) VALUES ($1) ON CONFLICT DO NOTHING`, c.Business); err != nil {
			return err
		}
		if err := t.exec(`UPDATE notice_settings SET message_cursor = (SELECT COALESCE(MAX(id), 0) FROM messages) WHERE business_id = $1`, c.Business); err != nil {
			return err
		}
	}
	if on > 0 {
		return nil
	}
	if err := t.exec(`DELETE FROM notice_events WHERE business_id = $1`, c.Business); err != nil {
		return err
	}
	return t.exec(`
		UPDATE notice_settings SET ticket_cursor = (SELECT last_ticket_number FROM businesses WHERE id = $1),
			wait_cursor = (SELECT last_ticket_number FROM businesses WHERE id = $1) WHERE business_id = $1`, c.Business)
}

// auditChannel writes down what somebody did to a channel; browsers are nobody
// else's business.
func (t *tx) auditChannel(by int64, c Channel, action string) error {
	if c.Kind == ChannelPush {
		return nil
	}
	return t.audit(Act{Business: c.Business, User: by, Action: action, Details: map[string]any{"name": c.Name}})
}

// ChangeChannel applies change, which must only change what it is given, to the
// name, events, secrets and OffAt of a channel. Switching it on forgets what went
// wrong. An unknown one is CodeNotFound.
func (s *Store) ChangeChannel(ctx context.Context, business, by, id int64, change func(*Channel)) (Channel, error) {
	var now Channel
	err := s.write(ctx, "change channel", func(t *tx) error {
		found, err := list(t.ctx, t.conn, scanChannel, `SELECT `+channelColumns+` FROM channels c WHERE c.business_id = $1 AND c.id = $2`+t.lock, business, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoChannel
		}
		now = found[0]
		change(&now)
		if err := now.check(); err != nil {
			return err
		}
		return t.saveChannel(by, found[0], &now)
	})
	return now, err
}

func (t *tx) saveChannel(by int64, before Channel, now *Channel) error {
	events, err := marshalEvents(now.Events)
	if err != nil {
		return err
	}
	if now.On() {
		if err := t.begin(*now); err != nil {
			return err
		}
	}
	switch {
	case now.On() && !before.On():
		now.GaveUp, now.FailingSince, now.LastError, now.LastErrorAt = false, time.Time{}, "", time.Time{}
	case !now.On() && before.On():
		if err := t.exec(`DELETE FROM notices WHERE channel_id = $1`, now.ID); err != nil {
			return err
		}
	}
	err = t.exec(`
		UPDATE channels SET name = $2, events = $3, secret = $4, old_secret = $5, rotated_at = $6, off_at = $7, gave_up = $8, failing_since = $9, last_error = $10, last_error_at = $11 WHERE id = $1`,
		now.ID, now.Name, events, now.Secret, now.OldSecret, millis(now.RotatedAt), millis(now.OffAt), now.GaveUp, millis(now.FailingSince), now.LastError, millis(now.LastErrorAt))
	if err != nil {
		return err
	}
	return t.auditChannel(by, *now, "settings.channelChanged")
}

// RemoveChannel deletes a channel and what waits for it. An unknown one is
// CodeNotFound.
func (s *Store) RemoveChannel(ctx context.Context, business, by, id int64) error {
	return s.write(ctx, "remove channel", func(t *tx) error {
		found, err := list(t.ctx, t.conn, scanChannel, `SELECT `+channelColumns+` FROM channels c WHERE c.business_id = $1 AND c.id = $2`+t.lock, business, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoChannel
		}
		if err := t.dropChannels(`id = $1`, id); err != nil {
			return err
		}
		return t.auditChannel(by, found[0], "settings.channelRemoved")
	})
}

// ChannelWorked notes that something reached a channel, and that what happens
// until next is to be gathered.
func (s *Store) ChannelWorked(ctx context.Context, id int64, next time.Time) error {
	return s.write(ctx, "note notice sent", func(t *tx) error { return t.worked(id, next) })
}

func (t *tx) worked(channel int64, next time.Time) error {
	return t.exec(`UPDATE channels SET last_ok_at = $2, failing_since = 0, last_error = '', last_error_at = 0, next_at = $3 WHERE id = $1`, channel, t.now, millis(next))
}

// ChannelFailed notes why something did not reach a channel, and switches it off
// when nothing has for the time given; what waits for it is forgotten then.
// reason is a Spanish sentence without secrets.
func (s *Store) ChannelFailed(ctx context.Context, id int64, reason string, patience time.Duration) (off bool, err error) {
	if utf8.RuneCountInString(reason) > maxReason {
		reason = string([]rune(reason)[:maxReason])
	}
	err = s.write(ctx, "note notice failed", func(t *tx) error {
		err := t.exec(`UPDATE channels SET last_error_at = $2, last_error = $3, failing_since = CASE WHEN failing_since = 0 THEN $2 ELSE failing_since END WHERE id = $1`,
			id, t.now, clean(reason))
		if err != nil {
			return err
		}
		off, err = t.changed(`UPDATE channels SET off_at = $2, gave_up = TRUE WHERE id = $1 AND off_at = 0 AND failing_since <= $3`, id, t.now, t.now-patience.Milliseconds())
		if err != nil || !off {
			return err
		}
		return t.exec(`DELETE FROM notices WHERE channel_id = $1`, id)
	})
	return off, err
}
