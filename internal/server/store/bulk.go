package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mostrador/internal/ticket"
)

// bulkLimit is the most tickets that one call of ChangeTickets takes.
const bulkLimit = 500

var errTooManyTickets = ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("Son demasiados tickets a la vez: elija hasta %d.", bulkLimit))

// Change is what a person decides about tickets. A nil field leaves things as
// they are.
type Change struct {
	Status   *ticket.Status
	Priority *ticket.Priority
	Category *string
	Assignee *int64 // user id; 0 for nobody
}

// Before is what ChangeTickets found of a ticket that it changed.
type Before struct {
	Number   int64
	Status   ticket.Status
	Priority ticket.Priority
	Category string
	Assignee int64 // user id; 0 for nobody

	// Correction is what UndoCategories takes back; 0 when the classifier learned
	// nothing from the change.
	Correction int64
}

// ChangeTickets changes up to 500 tickets at once, all or none, and leaves an
// event in the conversation of each that says in Spanish what user, 0 for a
// program, did. It returns what the changed ones were before, in the order of
// their numbers; what is set already is not touched. An unknown ticket is
// CodeNotFound; an unknown status or priority, or an assignee who cannot log in,
// CodeInvalid.
func (s *Store) ChangeTickets(ctx context.Context, business, user int64, numbers []int64, c Change) ([]Before, error) {
	// In one order, so that two calls never wait for each other.
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	if err := c.check(len(numbers)); err != nil {
		return nil, err
	}
	var changed []Before
	err := s.write(ctx, "change tickets", func(t *tx) error {
		changed = nil
		d := desk{tx: t, business: business, user: user}
		if err := d.meet(c.Assignee); err != nil {
			return err
		}
		for _, number := range numbers {
			before, touched, err := d.change(number, c)
			if err != nil {
				return err
			}
			if touched {
				changed = append(changed, before)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

func (c Change) check(tickets int) error {
	switch {
	case tickets > bulkLimit:
		return errTooManyTickets
	case c.Status != nil && !slices.Contains(ticket.Statuses(), *c.Status):
		return ticket.NewError(ticket.CodeInvalid, "El estado no existe.")
	case c.Priority != nil && !slices.Contains(ticket.Priorities(), *c.Priority):
		return ticket.NewError(ticket.CodeInvalid, "La prioridad no existe.")
	}
	return nil
}

// desk changes tickets for one person within one transaction.
type desk struct {
	*tx
	business, user int64
	assignee       string // name of the new one
}

// meet learns who shall have the tickets.
func (d *desk) meet(assignee *int64) error {
	if assignee == nil || *assignee == 0 {
		return nil
	}
	found, err := d.row([]any{&d.assignee}, `SELECT name FROM users WHERE id = $1 AND business_id = $2 AND disabled_at = 0`, *assignee, d.business)
	if err != nil {
		return fmt.Errorf("find assignee: %w", err)
	}
	if !found {
		return ticket.NewError(ticket.CodeInvalid, "Esa persona no existe o ya no puede entrar.")
	}
	return nil
}

// change does c to one ticket and reports whether anything is different now.
func (d *desk) change(number int64, c Change) (Before, bool, error) {
	th, err := d.lockTicket(d.business, number)
	if err != nil {
		return Before{}, false, err
	}
	b := Before{Number: number, Status: th.status}
	var holder string
	if _, err := d.row([]any{&b.Priority, &b.Category, &b.Assignee, &holder}, `
		SELECT t.priority, t.category, COALESCE(t.assignee_id, 0), COALESCE(u.name, '')
		FROM tickets t LEFT JOIN users u ON u.id = t.assignee_id WHERE t.id = $1`, th.id); err != nil {
		return Before{}, false, fmt.Errorf("look at ticket: %w", err)
	}
	touched := false
	for _, step := range []struct {
		wanted bool
		do     func() error
	}{
		{c.Status != nil && *c.Status != b.Status, func() error { return d.setStatus(th, *c.Status) }},
		{c.Priority != nil && *c.Priority != b.Priority, func() error { return d.setPriority(th, b.Priority, *c.Priority) }},
		{c.Category != nil && *c.Category != b.Category, func() (err error) {
			b.Correction, err = d.setCategory(th, b.Category, clean(*c.Category))
			return err
		}},
		{c.Assignee != nil && *c.Assignee != b.Assignee, func() error { return d.setAssignee(th, holder, *c.Assignee) }},
	} {
		if !step.wanted {
			continue
		}
		touched = true
		if err := step.do(); err != nil {
			return Before{}, false, err
		}
	}
	if !touched {
		return b, false, nil
	}
	d.hint(d.business, number, HintTicket)
	return b, true, d.touch(th.id)
}

func (d *desk) setStatus(th thread, status ticket.Status) error {
	var resolved int64
	if status == ticket.StatusResolved {
		resolved = d.now
	}
	if err := d.exec(`
		UPDATE tickets SET status = $2, resolved_at = $3, unread = CASE WHEN $2 = 'resolved' THEN 0 ELSE unread END
		WHERE id = $1`, th.id, status, resolved); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	if err := d.log(th, ActTicketStatus, string(th.status), string(status)); err != nil {
		return err
	}
	return d.tell(th, "Estado", statusNames[th.status], statusNames[status])
}

func (d *desk) setPriority(th thread, before, priority ticket.Priority) error {
	if err := d.exec(`UPDATE tickets SET priority = $2 WHERE id = $1`, th.id, priority); err != nil {
		return fmt.Errorf("set priority: %w", err)
	}
	if err := d.log(th, ActTicketPriority, string(before), string(priority)); err != nil {
		return err
	}
	return d.tell(th, "Prioridad", priorityNames[before], priorityNames[priority])
}

// setCategory is what a person says of the category; the classifier learns from it
// if the business has such a category, and then the correction has an id.
func (d *desk) setCategory(th thread, before, category string) (correction int64, err error) {
	judged, err := d.judged(th.id)
	if err != nil {
		return 0, fmt.Errorf("look at category: %w", err)
	}
	known, err := d.categoryNamed(d.business, category)
	if err != nil {
		return 0, fmt.Errorf("find category: %w", err)
	}
	if known.ID != 0 && !known.Archived {
		category = known.Name
		if correction, err = d.correct(th.id, known.ID, before != category, judged); err != nil {
			return 0, fmt.Errorf("keep correction: %w", err)
		}
	}
	return correction, d.say(th, before, judgement{Category: category, Source: ticket.SourcePerson, Confidence: 1})
}

// say writes a judgement on a ticket and tells of it, if the category changes.
func (d *desk) say(th thread, before string, j judgement) error {
	if err := d.judge(th.id, j); err != nil {
		return fmt.Errorf("set category: %w", err)
	}
	if err := d.learnAnew(d.business); err != nil {
		return err
	}
	d.hint(d.business, th.number, HintTicket)
	if before == j.Category {
		return nil
	}
	if err := d.log(th, ActTicketCategory, before, j.Category); err != nil {
		return err
	}
	return d.tell(th, "Categoría", cmp.Or(before, "ninguna"), cmp.Or(j.Category, "ninguna"))
}

func (d *desk) setAssignee(th thread, holder string, assignee int64) error {
	if err := d.exec(`UPDATE tickets SET assignee_id = $2 WHERE id = $1`, th.id, reference(assignee)); err != nil {
		return fmt.Errorf("set assignee: %w", err)
	}
	name := d.assignee
	if assignee == 0 {
		name = ""
	}
	if err := d.log(th, ActTicketAssignee, holder, name); err != nil {
		return err
	}
	return d.tell(th, "Asignado", cmp.Or(holder, "nadie"), cmp.Or(name, "nadie"))
}

// log leaves a line in the audit log.
func (d *desk) log(th thread, action, from, to string) error {
	return d.audit(Act{Business: d.business, User: d.user, Action: action, Object: ticketObject(th.number), Details: map[string]any{"from": from, "to": to}})
}

// tell leaves an event in the ticket's conversation.
func (d *desk) tell(th thread, what, before, after string) error {
	_, err := d.tx.say(th.id, d.user, ticket.DirectionEvent, ticket.KindOther, what+": "+before+" → "+after)
	return err
}

// statusNames and priorityNames are how people read them in a conversation.
var (
	statusNames = map[ticket.Status]string{
		ticket.StatusPending:    "pendiente",
		ticket.StatusInProgress: "en proceso",
		ticket.StatusWaiting:    "esperando al cliente",
		ticket.StatusResolved:   "resuelto",
	}
	priorityNames = map[ticket.Priority]string{
		ticket.PriorityUrgent: "urgente",
		ticket.PriorityHigh:   "alta",
		ticket.PriorityNormal: "normal",
		ticket.PriorityLow:    "baja",
	}
)
