package store

import (
	"encoding/json"
	"fmt"

	"mostrador/internal/ticket"
)

// undo takes the move with an id back.
func (m *mover) undo(move int64) error {
	was, err := m.recall(move)
	if err != nil {
		return err
	}
	if err := m.exec(`UPDATE contacts SET updated_at = updated_at WHERE id = $1`, was[0].Contact); err != nil {
		return fmt.Errorf("lock contact: %w", err)
	}
	if _, err := m.lockTicket(m.business, was[1].Number); err != nil {
		return err
	}
	if m.source, err = m.sheet(was[0].Number); err != nil {
		return err
	}
	if m.target, err = m.sheet(was[1].Number); err != nil {
		return err
	}
	if m.source.MergedInto != m.target.Number {
		return errNotUndone
	}
	if err := m.carry(m.target.ID, m.source.ID); err != nil {
		return err
	}
	if _, err := m.say(m.target.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("El ticket #%d se separó de nuevo", m.source.Number)); err != nil {
		return err
	}
	if _, err := m.say(m.source.ID, m.user, ticket.DirectionEvent, ticket.KindOther, fmt.Sprintf("Se separó de nuevo del ticket #%d", m.target.Number)); err != nil {
		return err
	}
	if err := m.part(was); err != nil {
		return err
	}
	return m.log(ActTicketParted)
}

// part makes both tickets what they were, but for what happened meanwhile, now
// that each has its own messages again.
func (m *mover) part(was [2]sheet) error {
	source := was[0]
	back, err := m.talk(source.ID)
	if err != nil {
		return err
	}
	if m.target.Talk, err = m.talk(m.target.ID); err != nil {
		return err
	}
	sent := back.Answers > source.Talk.Answers // a reply that waited when it was moved
	if sent {
		left, err := m.unanswered(source.ID)
		if err != nil {
			return err
		}
		source.answer(back.first, left)
	}
	if err := m.save(source); err != nil {
		return err
	}
	target := m.target.without(was[0], was[1], sent)
	if m.target.Talk.Answers > was[1].Talk.Answers { // of what is unread some was the other's
		left, err := m.unanswered(target.ID)
		if err != nil {
			return err
		}
		target.Unread = min(target.Unread, left)
	}
	return m.save(target)
}

// unanswered counts what the contact wrote in a ticket after its last answer was
// written.
func (t *tx) unanswered(ticketID int64) (n int, err error) {
	_, err = t.row([]any{&n}, `
		SELECT COUNT(*) FROM messages WHERE ticket_id = $1 AND direction = 'in'
			AND id > COALESCE((SELECT MAX(id) FROM messages WHERE ticket_id = $1 AND NOT from_phone AND `+answering+`), 0)
			AND sent_at > COALESCE((SELECT MAX(sent_at) FROM messages WHERE ticket_id = $1 AND from_phone AND `+answering+`), 0)`, ticketID)
	if err != nil {
		return 0, fmt.Errorf("count unanswered messages: %w", err)
	}
	return n, nil
}

// answer is what tx.answered does to a ticket whose first answer was at that
// instant, and in which left messages came after its last one was written.
func (sh *sheet) answer(first int64, left int) {
	sh.Unread = min(sh.Unread, left)
	if sh.FirstAnswer == 0 {
		sh.FirstAnswer = first
	}
	if sh.Status == ticket.StatusPending {
		sh.Status = ticket.StatusInProgress
	}
}

// without is sh after what it got from other went away, given what it was before
// that, and whether a reply of other's was sent while it was here. What people or
// the customer changed meanwhile stays changed.
func (sh sheet) without(other, before sheet, sent bool) sheet {
	merged := before
	merged.absorb(other)
	own := sh.Talk.Answers > before.Talk.Answers
	if sh.FirstAnswer = before.FirstAnswer; own && sh.FirstAnswer == 0 {
		sh.FirstAnswer = sh.Talk.first
	}
	sh.Unread = sh.unreadSince(before, own, sent)
	sh.Status, sh.Resolved = sh.statusSince(before, merged, sent && !own)
	if sh.Photo == merged.Photo {
		sh.Photo = before.Photo
	}
	if sh.Title == merged.Title {
		sh.Title = before.Title
	}
	if sh.Description == merged.Description {
		sh.Description = before.Description
	}
	return sh
}

// unreadSince is how many of sh's own messages nobody answered, given what it was
// before it got others: own tells that it was answered itself since, sent that one
// of the others was.
func (sh sheet) unreadSince(before sheet, own, sent bool) int {
	unread := before.Unread + max(0, sh.Talk.In-before.Talk.In)
	switch {
	case own || sh.Status == ticket.StatusResolved:
		return sh.Unread
	case sent:
		return unread
	}
	return min(unread, sh.Unread)
}

// statusSince is sh's status, and since when it is resolved, given what that was
// before and after it got others, and whether only a reply of theirs was sent since.
func (sh sheet) statusSince(before, merged sheet, sent bool) (ticket.Status, int64) {
	if sent && merged.Status == ticket.StatusPending && sh.Status == ticket.StatusInProgress {
		sh.Status = ticket.StatusPending
	}
	if sh.Status != merged.Status || sh.Resolved != merged.Resolved {
		return sh.Status, sh.Resolved
	}
	if before.Status == ticket.StatusResolved && (sh.Talk.In > before.Talk.In || sh.Talk.Out > before.Talk.Out) {
		// What came since must not end with a conversation that was over long before.
		return sh.Status, sh.Resolved
	}
	return before.Status, before.Resolved
}

var (
	errNoMove    = ticket.NewError(ticket.CodeNotFound, "Esa unión no existe, o hace demasiado que se hizo para deshacerla.")
	errNotUndone = ticket.NewError(ticket.CodeConflict, "Ya no se puede deshacer. Puede separar los mensajes en otro ticket.")
)

// recall marks a move as undone and returns what its tickets were.
func (m *mover) recall(move int64) (was [2]sheet, err error) {
	var before string
	var made, undone int64
	found, err := m.row([]any{&before, &made, &undone}, `
		UPDATE ticket_moves SET undone_at = CASE WHEN undone_at = 0 THEN $3 ELSE undone_at END WHERE id = $1 AND business_id = $2
		RETURNING before, created_at, CASE WHEN undone_at = $3 THEN 0 ELSE undone_at END`, move, m.business, m.now)
	switch {
	case err != nil:
		return was, fmt.Errorf("find move: %w", err)
	case !found:
		return was, errNoMove
	case undone != 0 || m.now-made > undoWithin.Milliseconds():
		return was, errNotUndone
	}
	m.id = move
	if err := json.Unmarshal([]byte(before), &was); err != nil {
		return was, fmt.Errorf("read tickets: %w", err)
	}
	return was, nil
}
