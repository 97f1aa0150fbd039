package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// acts returns the audit log, the oldest first, as «user action object details».
func (s *shop) acts(f store.AuditFilter) []string {
	s.t.Helper()
	page, err := s.Audit(s.t.Context(), s.origin.Business, f)
	s.do("read audit log", err)
	lines := make([]string, len(page.Acts))
	for i, a := range page.Acts {
		lines[len(lines)-1-i] = fmt.Sprintf("%s %s %s %v", a.UserName, a.Action, a.Object, a.Details)
	}
	return lines
}

func TestEveryChangeOfAccessLeavesALine(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.origin.Business
		boss := s.admin("jefa")
		luis, err := s.CreateUserBy(t.Context(), boss, store.User{Business: b, Name: "luis", Role: "agent", Temporary: true})
		s.do("create", err)
		s.login(store.Login{User: luis, Token: [32]byte{1}, Address: "10.0.0.1", PasswordHash: "$own"})
		s.do("role", s.SetRole(t.Context(), b, boss, luis, "reader"))
		s.do("same role", s.SetRole(t.Context(), b, boss, luis, "reader"))
		s.do("factor", s.SetSecondFactor(t.Context(), luis, "S", 1, nil))
		s.do("codes", s.RenewRecoveryCodes(t.Context(), luis, nil))
		s.do("reset factor", s.ClearSecondFactor(t.Context(), b, boss, luis))
		_, err = s.CreateAPIToken(t.Context(), luis, store.APIToken{Name: "caja", Role: "reader"}, [32]byte{2})
		s.do("token", err)
		s.do("logout", s.DeleteSession(t.Context(), [32]byte{1}))
		s.do("set password", s.SetPassword(t.Context(), store.PasswordChange{Business: b, User: luis, By: boss, Hash: "$z"}))
		s.do("disable", s.SetDisabled(t.Context(), b, boss, luis, true))
		want := strings.Join([]string{
			" user.created user/1 map[name:jefa role:admin]",
			"jefa user.created user/2 map[name:luis role:agent]",
			"luis access.password user/2 map[]",
			"luis access.login user/2 map[address:10.0.0.1 recovery:false]",
			"jefa user.role user/2 map[from:agent name:luis to:reader]",
			"luis access.factorOn user/2 map[]",
			"luis access.codes user/2 map[]",
			"jefa user.factorReset user/2 map[name:luis]",
			"luis token.created user/2 map[name:caja role:reader]",
			"luis access.logout user/2 map[]",
			"jefa user.password user/2 map[name:luis]",
			"jefa user.disabled user/2 map[name:luis]",
		}, "\n")
		if got := strings.Join(s.acts(store.AuditFilter{}), "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestWhatIsUndoneLeavesNoLine(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		boss := s.admin("jefa")
		wantCode(t, s.SetRole(t.Context(), s.origin.Business, boss, boss, "agent"), ticket.CodeConflict)
		wantCode(t, s.SetDisabled(t.Context(), s.origin.Business, boss, boss, true), ticket.CodeConflict)
		if got := s.acts(store.AuditFilter{}); len(got) != 1 {
			t.Errorf("got %q, want only the creation", got)
		}
	})
}

func TestFailedLoginsOfOneHourShareALine(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		for range 3 {
			s.do("fail", s.FailedLogin(t.Context(), u.Business, u.ID, "10.0.0.1"))
			s.do("fail", s.FailedLogin(t.Context(), u.Business, 0, "10.0.0.2"))
		}
		s.clock.Advance(time.Hour)
		s.do("fail", s.FailedLogin(t.Context(), u.Business, u.ID, "10.0.0.3"))
		want := strings.Join([]string{
			" access.failed user/1 map[address:10.0.0.1 count:3 name:ana]",
			" access.failed  map[address:10.0.0.2 count:3 name:]",
			" access.failed user/1 map[address:10.0.0.3 count:1 name:ana]",
		}, "\n")
		if got := strings.Join(s.acts(store.AuditFilter{})[1:], "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestTheAuditLogIsReadInPagesByPersonAndByKind(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.add(s.fromAna("A1", "hola"))
		for i := range 5 {
			status := []ticket.Status{ticket.StatusInProgress, ticket.StatusPending}[i%2]
			s.do("set status", s.SetStatus(t.Context(), u.Business, 1, u.ID, status))
		}
		s.setStatus(1, ticket.StatusResolved)
		if got := s.acts(store.AuditFilter{Kind: "ticket"}); len(got) != 6 || got[0] != "ana ticket.status ticket/1 map[from:pending to:in_progress]" {
			t.Errorf("tickets: got %q", got)
		}
		if got := s.acts(store.AuditFilter{User: u.ID}); len(got) != 5 {
			t.Errorf("ana's: got %q, want 5", got)
		}
		if got := s.acts(store.AuditFilter{User: u.ID, Kind: "user"}); len(got) != 0 {
			t.Errorf("ana's on users: got %q, want none", got)
		}
		seen, before := 0, ""
		for {
			page, err := s.Audit(t.Context(), u.Business, store.AuditFilter{Limit: 3, Before: before})
			s.do("read page", err)
			seen += len(page.Acts)
			if before = page.Next; before == "" {
				break
			}
		}
		if seen != 7 {
			t.Errorf("lines over all pages: got %d, want 7", seen)
		}
		if page, err := s.Audit(t.Context(), u.Business+1, store.AuditFilter{}); len(page.Acts) != 0 || err != nil {
			t.Errorf("another business: got %+v, %v, want none", page, err)
		}
		_, err := s.Audit(t.Context(), u.Business, store.AuditFilter{Before: "x"})
		wantCode(t, err, ticket.CodeInvalid)
	})
}

func TestEveryChangeOfATicketLeavesALine(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		numbers, ana := s.tickets(2), s.person("Ana")
		s.change(ana, numbers, store.Change{Priority: pointer(ticket.PriorityUrgent), Category: pointer("Garantías"), Assignee: &ana})
		s.change(ana, numbers[:1], store.Change{Status: pointer(ticket.StatusWaiting), Assignee: new(int64)})
		want := strings.Join([]string{
			"Ana ticket.priority ticket/1 map[from:high to:urgent]",
			"Ana ticket.category ticket/1 map[from:Hardware - Energía to:Garantías]",
			"Ana ticket.assignee ticket/1 map[from: to:Ana]",
			"Ana ticket.priority ticket/2 map[from:high to:urgent]",
			"Ana ticket.category ticket/2 map[from:Hardware - Energía to:Garantías]",
			"Ana ticket.assignee ticket/2 map[from: to:Ana]",
			"Ana ticket.status ticket/1 map[from:pending to:waiting]",
			"Ana ticket.assignee ticket/1 map[from:Ana to:]",
		}, "\n")
		if got := strings.Join(s.acts(store.AuditFilter{Kind: "ticket"}), "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestTheAuditLogIsReadThroughAnIndexInItsOrder(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	db := rawDB(t, s.url)
	for _, tt := range []struct {
		filter store.AuditFilter
		index  string
	}{
		{store.AuditFilter{}, "audit_business"},
		{store.AuditFilter{User: 1}, "audit_user"},
		{store.AuditFilter{Kind: "user"}, "audit_kind"},
	} {
		query, args := store.AuditQuery(1, tt.filter)
		if got := planOf(t, db, query, args...); !strings.Contains(got, "USING INDEX "+tt.index) || strings.Contains(got, "TEMP") || strings.Contains(got, "SCAN a") {
			t.Errorf("%+v: got plan %s, want %s and no sorting", tt.filter, got, tt.index)
		}
	}
}

// planOf is how SQLite answers a query.
func planOf(t *testing.T, db *sql.DB, query string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "; ")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
