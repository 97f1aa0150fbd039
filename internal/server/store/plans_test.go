package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

func TestNoListAndNoSearchReadsAWholeTable(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	s.colourful(8)
	s.index()
	open := []ticket.Status{ticket.StatusPending, ticket.StatusInProgress, ticket.StatusWaiting}
	for name, f := range map[string]store.Filter{
		"everything":       {},
		"a page":           {Before: "5"},
		"one status":       {Statuses: open[:1]},
		"several":          {Statuses: open},
		"category":         {Categories: []string{"C1"}},
		"urgent":           {Priorities: []ticket.Priority{ticket.PriorityUrgent}},
		"urgent or high":   {Priorities: []ticket.Priority{ticket.PriorityUrgent, ticket.PriorityHigh}},
		"normal":           {Priorities: []ticket.Priority{ticket.PriorityNormal}},
		"somebody's":       {Assignee: 1},
		"nobody's":         {Assignee: store.Nobody},
		"of a contact":     {Contact: 1},
		"dates":            {From: start, Until: start.Add(time.Hour)},
		"photo":            {Photo: pointer(true)},
		"unread":           {Unread: true},
		"status and all":   {Statuses: open[:2], Categories: []string{"C1"}, Priorities: []ticket.Priority{ticket.PriorityHigh, ticket.PriorityLow}, Assignee: 2, Photo: pointer(false), Unread: true},
		"category, urgent": {Categories: []string{"C1", "C2"}, Priorities: []ticket.Priority{ticket.PriorityUrgent}},
	} {
		lines, err := s.Explain(t.Context(), s.origin.Business, words.Parse("laptop"), f)
		s.do("explain", err)
		if all := strings.Join(lines, "\n"); f.Contact != 0 && !strings.Contains(all, "SEARCH t USING INDEX tickets_contact") {
			t.Errorf("%s: got\n%s\nwant the contact's index", name, all)
		}
		for _, line := range lines {
			if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "found") && !strings.Contains(line, "branch") {
				t.Errorf("%s: got %q in\n%s", name, line, strings.Join(lines, "\n"))
			}
		}
	}
}

func TestNoPageOfCustomersSortsThemAll(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	for name, ask := range map[string]struct {
		words   []string
		blocked bool
		ids     string
	}{
		"all": {}, "a search": {words: []string{"ana"}}, "some": {words: []string{"ana"}, ids: "1, 2, 3"}, "blocked": {blocked: true},
	} {
		lines, err := s.ExplainCustomers(t.Context(), s.origin.Business, ask.words, ask.blocked, ask.ids)
		s.do("explain", err)
		if all := strings.Join(lines, "\n"); strings.Contains(all, "ORDER BY") || strings.Contains(all, "SCAN c") && !strings.Contains(all, "SEARCH c") {
			t.Errorf("%s: got\n%s\nwant no sorting and no scan", name, all)
		}
	}
}
