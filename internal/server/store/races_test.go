package store_test

import (
	"database/sql"
	"testing"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// While a message waits for its contact's row, another server may finish
// something that changes whose message it is.
func TestAContactThatChangesWhileItIsWaitedForIsLookedUpAnew(t *testing.T) {
	for _, tt := range []struct {
		name, change string
		want         int64 // the ticket of Ana's next message
	}{
		{"the number went to somebody else", `UPDATE contacts SET phone = '1', phone_key = '1' WHERE phone_key = '524772758198'`, 3},
		{"the contact was merged into another", `
			WITH moved AS (UPDATE tickets SET contact_id = (SELECT id FROM contacts WHERE lid = '111222333') WHERE number = 1)
			UPDATE messages SET contact_id = (SELECT id FROM contacts WHERE lid = '111222333');
			DELETE FROM contacts WHERE phone_key = '524772758198';
			UPDATE contacts SET phone = '5214772758198', phone_key = '524772758198' WHERE lid = '111222333'`, 2},
		{"only the name changed", `UPDATE contacts SET name = 'Ana' WHERE phone_key = '524772758198'`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := openShop(t, pgtest.URL(t))
			s.add(s.fromAna("A1", "hola"))
			s.add(s.from(sender{"", lidL}, "L1"))
			db := rawDB(t, s.url)
			other, err := db.BeginTx(t.Context(), nil)
			s.do("begin", err)
			_, err = other.ExecContext(t.Context(), tt.change)
			s.do("change contact", err)
			done := make(chan store.Stored)
			go func() {
				stored, err := s.AddMessage(t.Context(), s.fromAna("A2", "¿y bien?"))
				if err != nil {
					t.Errorf("add message: %v", err)
				}
				done <- stored
			}()
			storetest.Eventually(t, "the message waits for the row", func() bool { return lockWaits(t, db) > 0 })
			s.do("commit", other.Commit())
			if got := <-done; got.Ticket != tt.want {
				t.Errorf("got ticket %d, want %d", got.Ticket, tt.want)
			}
		})
	}
}

// While a message waits for its ticket's row, a person may finish the ticket.
func TestAMessageThatComesWhileItsTicketIsResolvedReopensIt(t *testing.T) {
	s := openShop(t, pgtest.URL(t))
	s.add(s.fromAna("A1", "hola"))
	db := rawDB(t, s.url)
	person, err := db.BeginTx(t.Context(), nil)
	s.do("begin", err)
	_, err = person.ExecContext(t.Context(), `UPDATE tickets SET status = 'resolved', resolved_at = $1, unread = 0`, s.clock.Now().UnixMilli())
	s.do("resolve ticket", err)
	done := make(chan store.Stored)
	go func() {
		stored, err := s.AddMessage(t.Context(), s.fromAna("A2", "¿y bien?"))
		if err != nil {
			t.Errorf("add message: %v", err)
		}
		done <- stored
	}()
	storetest.Eventually(t, "the message waits for the row", func() bool { return lockWaits(t, db) > 0 })
	s.do("commit", person.Commit())
	if got := <-done; got.Ticket != 1 || !got.Reopened {
		t.Errorf("got ticket %d, reopened %v, want 1, true", got.Ticket, got.Reopened)
	}
	if l := s.ticket(1); l.Status != ticket.StatusPending || l.Unread != 1 || !l.ResolvedAt.IsZero() {
		t.Errorf("got %s with %d unread, resolved at %v, want it pending with 1, not resolved", l.Status, l.Unread, l.ResolvedAt)
	}
}

func lockWaits(t *testing.T, db *sql.DB) int {
	t.Helper()
	var n int
	err := db.QueryRowContext(t.Context(), `
		SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
	if err != nil {
		t.Fatalf("count waiting sessions: %v", err)
	}
	return n
}
