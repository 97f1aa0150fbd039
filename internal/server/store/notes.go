package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// noteLimit is the longest note, in characters.
const noteLimit = 10_000

// AddNote leaves a note for the people at the counter in a ticket's
// conversation; no customer sees it. user is who writes, 0 for a program. It
// returns the message's id. An unknown ticket is CodeNotFound, an empty or very
// long text CodeInvalid.
func (s *Store) AddNote(ctx context.Context, business, number, user int64, text string) (int64, error) {
	text = strings.TrimSpace(clean(text))
	if text == "" || utf8.RuneCountInString(text) > noteLimit {
		return 0, ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("La nota está vacía o pasa de %d letras.", noteLimit))
	}
	var id int64
	err := s.write(ctx, "add note", func(t *tx) error {
		th, err := t.lockTicket(business, number)
		if err != nil {
			return err
		}
		if id, err = t.say(th.id, user, ticket.DirectionNote, ticket.KindText, text); err != nil {
			return err
		}
		t.hint(business, number, HintTicket)
		return t.touch(th.id)
	})
	return id, err
}

// say adds something to a ticket's conversation that is not sent to anybody and
// returns its id.
func (t *tx) say(ticketID, user int64, direction ticket.Direction, kind ticket.Kind, text string) (int64, error) {
	return t.add(`
		INSERT INTO messages (business_id, ticket_id, contact_id, user_id, author, direction, kind, body, sent_at, created_at)
		SELECT business_id, id, contact_id, $2, COALESCE((SELECT name FROM users WHERE id = $2), ''), $3, $4, $5, $6, $6
		FROM tickets WHERE id = $1`, ticketID, reference(user), direction, kind, text, t.now)
}
