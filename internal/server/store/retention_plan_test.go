package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

func TestWhatIsOldIsFoundThroughIndexes(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: filepath.Join(t.TempDir(), "tickets.db"), Now: time.Now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for query, args := range map[string][]any{
		`SELECT a.id ` + expiredPhotos + ` ORDER BY t.resolved_at LIMIT 200`: {1, 1, 1},
		`SELECT t.id ` + expiredPhoto:                                        {1, 1, 1},
		`SELECT t.id ` + expiredTickets + ` ORDER BY t.resolved_at LIMIT 20`: {1, 1},
	} {
		steps, err := list(t.Context(), s.reader, func(row scanner) (step string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &step)
			return step, err
		}, `EXPLAIN QUERY PLAN `+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(steps, "; "); strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: got plan %q, want it to neither scan nor sort", query, plan)
		}
	}
}
