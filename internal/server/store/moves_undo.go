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
	if err := m.save(was[0]); err != nil {
		return err
	}
	if err := m.save(m.target.without(was[0], was[1])); err != nil {
		return err
	}
	return m.log(ActTicketParted)
}

// without is sh after what it got from other went away, given what it was before
// that. What people or the customer changed meanwhile stays changed.
func (sh sheet) without(other, before sheet) sheet {
	merged := before
	merged.absorb(other)
	if sh.Photo == merged.Photo {
		sh.Photo = before.Photo
	}
	if sh.Title == merged.Title {
		sh.Title = before.Title
	}
	if sh.Description == merged.Description {
		sh.Description = before.Description
	}
	if sh.FirstAnswer == merged.FirstAnswer {
		sh.FirstAnswer = before.FirstAnswer
	}
	if sh.Status == merged.Status && sh.Resolved == merged.Resolved {
		sh.Status, sh.Resolved = before.Status, before.Resolved
	}
	sh.Unread = max(0, sh.Unread-other.Unread)
	return sh
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
