package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mostrador/internal/server/hours"
	"mostrador/internal/ticket"
)

// Bounds of settings. The shortest retention is longer than any weekend: a slip
// of the finger must not delete what is being worked on.
const (
	maxName       = 100 // runes
	maxText       = 4096
	maxJoinWindow = 90 * 24 * time.Hour
	minKeepDays   = 7
	maxKeepDays   = 36500
)

// Business is one of the businesses on this server.
type Business struct {
	ID int64
	Settings
}

// Settings are what a business decides about itself.
type Settings struct {
	Name         string
	ReceivedText string        // what "Notificar recibido" sends
	JoinWindow   time.Duration // a message this soon after the end of a ticket reopens it
	Zone         string        // IANA name; empty until somebody says
	Hours        hours.Week
	Away         bool   // answer with AwayText while closed
	AwayText     string // may be empty only without Away
	Keep         Keep
}

// Keep is after how many days things are deleted; 0 is never.
type Keep struct {
	Tickets int // closed ones, with their messages and files
	Photos  int // files of closed tickets
	Log     int // what is noted about people at the counter and about the laptop
}

const settingsColumns = `name, received_text, join_window_ms, timezone, hours, away, away_text, keep_tickets, keep_photos, keep_log`

func (b *Settings) scan(row scanner) error {
	var window int64
	var week string
	err := row.Scan(&b.Name, &b.ReceivedText, &window, &b.Zone, &week, &b.Away, &b.AwayText, &b.Keep.Tickets, &b.Keep.Photos, &b.Keep.Log)
	if err != nil {
		return err
	}
	b.JoinWindow, b.Hours = time.Duration(window)*time.Millisecond, hours.Week{}
	if err := json.Unmarshal([]byte(week), &b.Hours); err != nil {
		return fmt.Errorf("read hours: %w", err)
	}
	return nil
}

func scanBusiness(row scanner) (b Business, err error) {
	err = b.scan(row)
	return b, err
}

// Business returns one business, or CodeNotFound.
func (s *Store) Business(ctx context.Context, id int64) (Business, error) {
	found, err := list(ctx, s.reader, scanBusiness, `SELECT `+settingsColumns+` FROM businesses WHERE id = $1`, id)
	if err != nil {
		return Business{}, fmt.Errorf("load business: %w", explain(err))
	}
	if len(found) == 0 {
		return Business{}, errNoBusiness
	}
	found[0].ID = id
	return found[0], nil
}

// Founded returns when a business was set up.
func (s *Store) Founded(ctx context.Context, id int64) (time.Time, error) {
	var at int64
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT created_at FROM businesses WHERE id = $1`, id), &at)
	if err == nil && !found {
		err = errNoBusiness
	}
	return instant(at), wrap("find founding", err)
}

var errNoBusiness = ticket.NewError(ticket.CodeNotFound, "Negocio no encontrado")

// Businesses returns the ids of all businesses.
func (s *Store) Businesses(ctx context.Context) ([]int64, error) {
	ids, err := list(ctx, s.reader, scanID, `SELECT id FROM businesses ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list businesses: %w", explain(err))
	}
	return ids, nil
}

// ChangeSettings applies change, which must only change what it is given, to the
// settings of a business and returns them as they are then. user is 0 for a
// program. What makes no sense is CodeInvalid.
func (s *Store) ChangeSettings(ctx context.Context, business, user int64, change func(*Settings)) (Settings, error) {
	var now Settings
	err := s.write(ctx, "change settings", func(t *tx) error {
		found, err := list(t.ctx, t.conn, scanBusiness, `UPDATE businesses SET name = name WHERE id = $1 RETURNING `+settingsColumns, business)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNoBusiness
		}
		before := found[0].Settings
		now = before
		change(&now)
		if err := now.check(); err != nil {
			return err
		}
		if err := t.saveSettings(business, now); err != nil {
			return err
		}
		return t.audit(Act{Business: business, User: user, Action: "settings.changed", Details: changedSettings(before, now)})
	})
	if err != nil {
		return Settings{}, err
	}
	return now, nil
}

func (t *tx) saveSettings(business int64, b Settings) error {
	week, err := json.Marshal(b.Hours)
	if err != nil {
		return fmt.Errorf("write hours: %w", err)
	}
	return t.exec(`
		UPDATE businesses SET name = $2, received_text = $3, join_window_ms = $4, timezone = $5, hours = $6, away = $7, away_text = $8,
			keep_tickets = $9, keep_photos = $10, keep_log = $11 WHERE id = $1`,
		business, b.Name, b.ReceivedText, b.JoinWindow.Milliseconds(), b.Zone, string(week), b.Away, b.AwayText,
		b.Keep.Tickets, b.Keep.Photos, b.Keep.Log)
}

// check puts texts in order and refuses what makes no sense.
func (b *Settings) check() error {
	for _, text := range []*string{&b.Name, &b.ReceivedText, &b.AwayText, &b.Zone} {
		*text = strings.TrimSpace(clean(*text))
	}
	if _, err := hours.Zone(b.Zone); err != nil {
		return err
	}
	if err := b.Hours.Check(); err != nil {
		return err
	}
	if err := b.checkTexts(); err != nil {
		return err
	}
	if b.JoinWindow < 0 || b.JoinWindow > maxJoinWindow {
		return ticket.NewError(ticket.CodeInvalid, "La espera antes de abrir un ticket nuevo va de 0 a 90 días.")
	}
	if b.Away && (b.AwayText == "" || b.Zone == "" || !b.Hours.IsSet()) {
		return ticket.NewError(ticket.CodeInvalid, "Para contestar fuera de horario hacen falta el texto, la zona horaria y el horario.")
	}
	return b.Keep.Check()
}

func (b *Settings) checkTexts() error {
	if b.Name == "" || utf8.RuneCountInString(b.Name) > maxName {
		return ticket.NewError(ticket.CodeInvalid, "El negocio necesita un nombre de hasta 100 letras.")
	}
	if b.ReceivedText == "" || utf8.RuneCountInString(b.ReceivedText) > maxText || utf8.RuneCountInString(b.AwayText) > maxText {
		return ticket.NewError(ticket.CodeInvalid, "Falta un texto, o pasa de 4096 letras.")
	}
	return nil
}

// Check returns CodeInvalid for days that are too few or too many.
func (k Keep) Check() error {
	for _, days := range []int{k.Tickets, k.Photos, k.Log} {
		if days != 0 && (days < minKeepDays || days > maxKeepDays) {
			return ticket.NewError(ticket.CodeInvalid, "Los días que se conserva algo van de 7 a 36500; 0 es para siempre.")
		}
	}
	return nil
}

// changedSettings names what is different, and the days themselves.
func changedSettings(before, now Settings) map[string]any {
	details := map[string]any{}
	for name, different := range map[string]bool{
		"name": before.Name != now.Name, "received_text": before.ReceivedText != now.ReceivedText, "window": before.JoinWindow != now.JoinWindow,
		"zone": before.Zone != now.Zone, "hours": fmt.Sprint(before.Hours) != fmt.Sprint(now.Hours),
		"away": before.Away != now.Away || before.AwayText != now.AwayText,
	} {
		if different {
			details[name] = true
		}
	}
	if before.Keep != now.Keep {
		details["keep_tickets"], details["keep_photos"], details["keep_log"] = now.Keep.Tickets, now.Keep.Photos, now.Keep.Log
	}
	return details
}
