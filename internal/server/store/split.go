package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// SplitTicket opens a new ticket for what follows from one message on, that
// message included; both say where the other one is. Replies that wait to be sent
// go along. The first message of a ticket, where nothing would stay, is
// CodeConflict; what is no message of the ticket CodeNotFound. MergeTickets
// brings both together again.
func (s *Store) SplitTicket(ctx context.Context, business, user, number, message int64) (Move, error) {
	var m mover
	err := s.write(ctx, "split ticket", func(t *tx) error {
		m = mover{tx: t, business: business, user: user}
		if err := m.meet(number, number); err != nil {
			return err
		}
		at, err := m.cutAt(message)
		if err != nil {
			return err
		}
		return m.split(at, message, s.classify)
	})
	if err != nil {
		return Move{}, err
	}
	return m.move(), nil
}

// later selects the messages of a ticket from one on in the order of a
// conversation; $3 is its second, $4 its id.
const later = `ticket_id = $2 AND (sent_at / 1000 > $3 OR sent_at / 1000 = $3 AND id >= $4)`

// cutAt is the second of a message at which its ticket may be split.
func (m *mover) cutAt(message int64) (second int64, err error) {
	var before int64
	found, err := m.row([]any{&second, &before}, `
		SELECT m.sent_at / 1000, (SELECT COUNT(*) FROM messages o WHERE o.ticket_id = m.ticket_id AND o.direction IN ('in', 'out')
			AND (o.sent_at / 1000 < m.sent_at / 1000 OR o.sent_at / 1000 = m.sent_at / 1000 AND o.id < m.id))
		FROM messages m WHERE m.id = $1 AND m.ticket_id = $2 AND m.direction <> 'event'`, message, m.source.ID)
	switch {
	case err != nil:
		return 0, fmt.Errorf("find message: %w", err)
	case !found:
		return 0, ticket.NewError(ticket.CodeNotFound, "Mensaje no encontrado")
	case before == 0:
		return 0, ticket.NewError(ticket.CodeConflict, "Antes de este mensaje no hay nada: el ticket quedaría vacío.")
	}
	return second, nil
}

func (m *mover) split(second, message int64, classify func(int64, string) ticket.Classification) error {
	unread := m.source.Unread
	if err := m.openRest(second); err != nil {
		return err
	}
	if err := m.remember(`SELECT CAST($1 AS BIGINT), id FROM messages WHERE `+later, m.source.ID, second, message); err != nil {
		return err
	}
	if err := m.carry(m.source.ID, m.target.ID); err != nil {
		return err
	}
	for _, sh := range []*sheet{&m.source, &m.target} {
		if err := m.look(sh, unread); err != nil {
			return err
		}
	}
	if m.source.FirstAnswer == 0 && m.source.Status != ticket.StatusResolved {
		m.source.Status = ticket.StatusPending
	}
	m.target.Status = ticket.StatusPending
	if m.target.FirstAnswer != 0 {
		m.target.Status = ticket.StatusInProgress
	}
	if err := m.sort(classify); err != nil {
		return err
	}
	if _, err := m.say(m.source.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("Lo que sigue está en el ticket #%d", m.target.Number)); err != nil {
		return err
	}
	if err := m.save(m.source); err != nil {
		return err
	}
	if err := m.save(m.target); err != nil {
		return err
	}
	return m.log(ActTicketSplit)
}

// openRest makes the new ticket, which has nothing yet, and says in it, ahead of
// what comes from that second on, where it is from.
func (m *mover) openRest(second int64) error {
	m.target = sheet{Contact: m.source.Contact, Status: ticket.StatusPending}
	var err error
	if m.target.Number, err = m.nextNumber(m.business, m.now); err != nil {
		return fmt.Errorf("number ticket: %w", err)
	}
	m.target.ID, err = m.add(`
		INSERT INTO tickets (business_id, number, contact_id, bridge_id, title, description, status, priority, category,
			category_source, confidence, words, photo, unread, assignee_id, created_at, updated_at)
		SELECT business_id, $2, contact_id, bridge_id, '', '', $3, priority, category, category_source, confidence, words, '', 0, assignee_id, $4, $4
		FROM tickets WHERE id = $1`, m.source.ID, m.target.Number, m.target.Status, m.now)
	if err != nil {
		return fmt.Errorf("open ticket: %w", err)
	}
	m.hint(m.business, m.target.Number, HintOpened)
	event, err := m.say(m.target.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("Viene del ticket #%d", m.source.Number))
	if err != nil {
		return err
	}
	return m.exec(`UPDATE messages SET sent_at = $2 WHERE id = $1`, event, (second-1)*1000)
}

// look sums up a ticket from the messages it has now. Of unread messages that
// both parts had together it has no more than the customer wrote after the last
// answer.
func (m *mover) look(sh *sheet, unread int) error {
	talk, err := m.talk(sh.ID)
	if err != nil {
		return err
	}
	waiting, err := m.unanswered(sh.ID)
	if err != nil {
		return err
	}
	sh.FirstAnswer, sh.Unread, sh.Photo = talk.first, min(unread, waiting), ""
	if _, err := m.row([]any{&sh.Photo}, firstPicture, sh.ID); err != nil {
		return fmt.Errorf("find picture: %w", err)
	}
	return nil
}

// sort says what each part is about now.
func (m *mover) sort(classify func(int64, string) ticket.Classification) error {
	for _, sh := range []*sheet{&m.source, &m.target} {
		text, err := m.burst(sh.ID)
		if err != nil {
			return err
		}
		if sh == &m.source {
			sh.Description = text
			continue
		}
		c := sorted(classify, m.business, text)
		sh.Description, sh.Title = text, c.Title
		if err := m.exec(`
			UPDATE tickets SET priority = $2, category = $3, category_source = $4, confidence = $5, words = $6, doubt = $7,
				candidates = $8, priority_reason = $9, priority_words = $10 WHERE id = $1`,
			sh.ID, c.Priority, c.Category, c.Source, c.Confidence, wordList(c.Words), c.Doubt, candidateList(c.Candidates), c.Reason,
			wordList(c.ReasonWords)); err != nil {
			return fmt.Errorf("sort ticket: %w", err)
		}
	}
	return nil
}
