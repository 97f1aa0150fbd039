package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// NoticeKind is what a notice is about. Its values are the words that users,
// webhooks and the database have for it.
type NoticeKind string

// Kinds of notices. People may hear of all but NoticeChanged and NoticeMessage,
// which are for programs.
const (
	NoticeOpened    NoticeKind = "ticket.creado"
	NoticeWaiting   NoticeKind = "ticket.espera" // no answer yet, for too long
	NoticeChanged   NoticeKind = "ticket.cambiado"
	NoticeMessage   NoticeKind = "mensaje.recibido"
	NoticeFailed    NoticeKind = "mensaje.fallo" // a reply was given up
	NoticeTrouble   NoticeKind = "puente.problema"
	NoticeRecovered NoticeKind = "puente.recuperado"
	NoticeTest      NoticeKind = "prueba"
)

// forPeople and forPrograms are what each may ask for.
var (
	forPeople   = []NoticeKind{NoticeOpened, NoticeWaiting, NoticeTrouble, NoticeRecovered, NoticeFailed}
	forPrograms = append(slices.Clone(forPeople), NoticeChanged, NoticeMessage)
)

// Bounds of what is said about notices.
const (
	minutesOfDay   = 24 * 60
	maxNoticeWait  = 7 * 24 * time.Hour
	defaultWait    = time.Hour
	maxEventDetail = 500 // runes
)

// NoticeWishes are what somebody wants to hear of, and when not.
type NoticeWishes struct {
	Events []NoticeKind
	// QuietFrom and QuietTo are minutes after midnight in the business's time
	// zone; from the first to the second nothing is told. Equal: never quiet.
	QuietFrom, QuietTo int
	Urgent             bool // what is urgent is told all the same
}

// NoticeSettings are what a business decides about its notices; its wishes are
// for the channels that are nobody's own.
type NoticeSettings struct {
	NoticeWishes

	Language string        // of notices to nobody in particular, one of Languages
	Push     bool          // browsers may be told, through their makers
	Detail   bool          // names and titles go along
	Wait     time.Duration // of opening hours until a first answer is late, whole minutes; 0: never
}

func (w *NoticeWishes) check(allowed []NoticeKind) error {
	for _, minute := range []int{w.QuietFrom, w.QuietTo} {
		if minute < 0 || minute >= minutesOfDay {
			return ticket.NewError(ticket.CodeInvalid, "Las horas de silencio van de 00:00 a 23:59.")
		}
	}
	return checkEvents(w.Events, allowed)
}

func checkEvents(events, allowed []NoticeKind) error {
	for i, kind := range events {
		if !slices.Contains(allowed, kind) || slices.Contains(events[:i], kind) {
			return ticket.NewError(ticket.CodeInvalid, "Uno de los avisos no existe o está dos veces.")
		}
	}
	return nil
}

// NoticeSettings returns a business's, or those of one that never said anything.
func (s *Store) NoticeSettings(ctx context.Context, business int64) (NoticeSettings, error) {
	wishes, err := s.NoticeWishes(ctx, business, 0)
	if err != nil {
		return NoticeSettings{}, err
	}
	now := NoticeSettings{NoticeWishes: wishes, Language: Languages[0], Wait: defaultWait}
	var wait int64
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT language, push, detail, wait_minutes FROM notice_settings WHERE business_id = $1`, business), &now.Language, &now.Push, &now.Detail, &wait)
	if err != nil {
		return NoticeSettings{}, fmt.Errorf("load notice settings: %w", explain(err))
	}
	if found {
		now.Wait = time.Duration(wait) * time.Minute
	}
	return now, nil
}

// SetNoticeSettings replaces a business's, in the name of user. What makes no
// sense is CodeInvalid.
func (s *Store) SetNoticeSettings(ctx context.Context, business, user int64, now NoticeSettings) error {
	if err := now.check(forPeople); err != nil {
		return err
	}
	if err := checkLanguage(now.Language); err != nil {
		return err
	}
	if now.Wait < 0 || now.Wait > maxNoticeWait {
		return ticket.NewError(ticket.CodeInvalid, "La espera va de 0 a 10080 minutos, que son siete días.")
	}
	return s.write(ctx, "set notice settings", func(t *tx) error {
		if err := t.setNoticeWishes(business, 0, now.NoticeWishes); err != nil {
			return err
		}
		err := t.exec(`
			INSERT INTO notice_settings (business_id, push, detail, wait_minutes, language) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (business_id) DO UPDATE SET language = excluded.language, push = excluded.push, detail = excluded.detail, wait_minutes = excluded.wait_minutes,
				wait_cursor = CASE WHEN notice_settings.wait_minutes > 0 THEN notice_settings.wait_cursor
					ELSE (SELECT last_ticket_number FROM businesses WHERE id = excluded.business_id) END`,
			business, now.Push, now.Detail, int64(now.Wait/time.Minute), now.Language)
		if err != nil {
			return err
		}
		return t.audit(Act{Business: business, User: user, Action: "settings.changed", Details: map[string]any{"notices": true}})
	})
}

// NoticeWishes returns those of a user, or of a business as user 0. Who never
// said anything wants everything, and the urgent at night too.
func (s *Store) NoticeWishes(ctx context.Context, business, user int64) (NoticeWishes, error) {
	var events string
	var w NoticeWishes
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT events, quiet_from, quiet_to, urgent FROM notice_wishes WHERE business_id = $1 AND user_id = $2`, business, user),
		&events, &w.QuietFrom, &w.QuietTo, &w.Urgent)
	if err == nil && found {
		err = json.Unmarshal([]byte(events), &w.Events)
	}
	if err != nil {
		return NoticeWishes{}, fmt.Errorf("load notice wishes: %w", explain(err))
	}
	if !found {
		return NoticeWishes{Events: slices.Clone(forPeople), Urgent: true}, nil
	}
	return w, nil
}

// SetNoticeWishes replaces those of a user. What makes no sense is CodeInvalid.
func (s *Store) SetNoticeWishes(ctx context.Context, business, user int64, w NoticeWishes) error {
	if err := w.check(forPeople); err != nil {
		return err
	}
	return s.write(ctx, "set notice wishes", func(t *tx) error { return t.setNoticeWishes(business, user, w) })
}

func (t *tx) setNoticeWishes(business, user int64, w NoticeWishes) error {
	events, err := marshalEvents(w.Events)
	if err != nil {
		return err
	}
	return t.exec(`
		INSERT INTO notice_wishes (business_id, user_id, events, quiet_from, quiet_to, urgent) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (business_id, user_id) DO UPDATE SET events = excluded.events, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, urgent = excluded.urgent`,
		business, user, events, w.QuietFrom, w.QuietTo, w.Urgent)
}

func marshalEvents(events []NoticeKind) (string, error) {
	if events == nil {
		events = []NoticeKind{}
	}
	text, err := json.Marshal(events)
	if err != nil {
		return "", fmt.Errorf("write events: %w", err)
	}
	return string(text), nil
}

// PushKeys returns the keys with which a business signs what it sends to
// browsers. The first time they are those that fresh makes.
func (s *Store) PushKeys(ctx context.Context, business int64, fresh func() (private, public string, err error)) (private, public string, err error) {
	found, err := one(s.reader.QueryRowContext(ctx, `SELECT push_private, push_public FROM notice_settings WHERE business_id = $1 AND push_public <> ''`, business), &private, &public)
	if err != nil {
		return "", "", fmt.Errorf("load push keys: %w", explain(err))
	}
	if found {
		return private, public, nil
	}
	newPrivate, newPublic, err := fresh()
	if err != nil {
		return "", "", fmt.Errorf("make push keys: %w", err)
	}
	err = s.write(ctx, "keep push keys", func(t *tx) error {
		if err := t.exec(`INSERT INTO notice_settings (business_id) VALUES ($1) ON CONFLICT DO NOTHING`, business); err != nil {
			return err
		}
		if err := t.exec(`UPDATE notice_settings SET push_private = $2, push_public = $3 WHERE business_id = $1 AND push_public = ''`, business, newPrivate, newPublic); err != nil {
			return err
		}
		_, err := t.row([]any{&private, &public}, `SELECT push_private, push_public FROM notice_settings WHERE business_id = $1`, business)
		return err
	})
	return private, public, err
}

// event notes what happened for the channels of a business, if any is listening.
func (t *tx) event(business int64, kind NoticeKind, number int64, detail string) error {
	if utf8.RuneCountInString(detail) > maxEventDetail {
		detail = string([]rune(detail)[:maxEventDetail])
	}
	return t.exec(`
		INSERT INTO notice_events (business_id, kind, ticket, detail, at)
		SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT 1 FROM channels WHERE business_id = $1 AND `+listening+`)`,
		business, kind, number, clean(detail), t.now)
}
