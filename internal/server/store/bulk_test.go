package store_test

import (
	"slices"
	"strings"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// tickets opens n tickets of as many people.
func (s *shop) tickets(n int) []int64 {
	s.t.Helper()
	var numbers []int64
	for i := range n {
		phone := "52147700000" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		numbers = append(numbers, s.add(message(s.origin, phone, "M"+phone)).Ticket)
	}
	return numbers
}

func (s *shop) person(name string) int64 {
	s.t.Helper()
	id, err := s.CreateUser(s.t.Context(), store.User{Business: s.origin.Business, Name: name, Role: "admin"})
	s.do("create user", err)
	return id
}

func (s *shop) change(user int64, numbers []int64, c store.Change) []store.Before {
	s.t.Helper()
	before, err := s.ChangeTickets(s.t.Context(), s.origin.Business, user, numbers, c)
	s.do("change tickets", err)
	return before
}

func pointer[T any](v T) *T { return &v }

func TestManyTicketsChangeAtOnceAndSayWhatTheyWere(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		numbers, ana := s.tickets(3), s.person("Ana")
		s.setStatus(numbers[1], ticket.StatusWaiting)
		s.do("assign", s.SetAssignee(t.Context(), s.origin.Business, numbers[1], 0, ana))
		before := s.change(ana, []int64{3, 1, 2, 2}, store.Change{
			Status: pointer(ticket.StatusWaiting), Priority: pointer(ticket.PriorityUrgent), Category: pointer("Garantías"), Assignee: &ana,
		})
		want := []store.Before{
			{Number: 1, Status: ticket.StatusPending, Priority: ticket.PriorityHigh, Category: "Hardware - Energía"},
			{Number: 2, Status: ticket.StatusWaiting, Priority: ticket.PriorityHigh, Category: "Hardware - Energía", Assignee: ana},
			{Number: 3, Status: ticket.StatusPending, Priority: ticket.PriorityHigh, Category: "Hardware - Energía"},
		}
		if !slices.Equal(before, want) {
			t.Errorf("before: got %+v, want %+v", before, want)
		}
		for _, number := range numbers {
			l := s.ticket(number)
			if l.Status != ticket.StatusWaiting || l.Priority != ticket.PriorityUrgent || l.Category != "Garantías" || l.Source != ticket.SourcePerson || l.Assignee != (ticket.Person{ID: ana, Name: "Ana"}) {
				t.Errorf("ticket %d: got %+v, want it changed in everything", number, l.Ticket)
			}
		}
		all := strings.Join(s.bodies(1), "\n")
		for _, says := range []string{"Estado: pendiente → esperando al cliente", "Prioridad: alta → urgente", "Categoría: Hardware - Energía → Garantías", "Asignado: nadie → Ana"} {
			if !strings.Contains(all, says) {
				t.Errorf("conversation: got %q, want %q in it", all, says)
			}
		}
		if again := s.change(ana, numbers, store.Change{Status: pointer(ticket.StatusWaiting)}); len(again) != 0 {
			t.Errorf("the same once more: got %+v, want nothing changed", again)
		}
		s.change(0, []int64{2}, store.Change{Assignee: new(int64)})
		if got := s.ticket(2).Assignee; got != (ticket.Person{}) {
			t.Errorf("given back: got %+v, want nobody", got)
		}
	})
}

func TestABulkChangeIsWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.tickets(2)
		for name, try := range map[string]struct {
			numbers []int64
			change  store.Change
			want    ticket.Code
		}{
			"unknown ticket":   {[]int64{1, 9}, store.Change{Status: pointer(ticket.StatusResolved)}, ticket.CodeNotFound},
			"unknown status":   {[]int64{1}, store.Change{Status: pointer(ticket.Status("x"))}, ticket.CodeInvalid},
			"unknown priority": {[]int64{1}, store.Change{Priority: pointer(ticket.Priority("x"))}, ticket.CodeInvalid},
			"unknown person":   {[]int64{1}, store.Change{Assignee: pointer[int64](99)}, ticket.CodeInvalid},
			"too many":         {slices.Collect(upTo(501)), store.Change{}, ticket.CodeInvalid},
		} {
			_, err := s.ChangeTickets(t.Context(), s.origin.Business, 0, try.numbers, try.change)
			if got := ticket.CodeOf(err); got != try.want {
				t.Errorf("%s: got %q (%v), want %q", name, got, err, try.want)
			}
		}
		if got := s.ticket(1).Status; got != ticket.StatusPending {
			t.Errorf("ticket 1: got %s, want it untouched", got)
		}
	})
}

func upTo(n int64) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for i := range n {
			if !yield(i + 1) {
				return
			}
		}
	}
}
