package store_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

func TestServersOnOnePostgreSQLTellEachOther(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		other := s.another()
		var mine, theirs hints
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { s.do("relay", s.Relay(ctx, mine.add)) })
		wg.Go(func() { s.do("relay", other.Relay(ctx, theirs.add)) })
		t.Cleanup(wg.Wait)
		t.Cleanup(cancel)
		if !strings.HasPrefix(s.url, "postgres") {
			return // one server has it all to itself
		}
		storetest.Eventually(t, "the other server listens", func() bool {
			s.setStatus(s.add(s.fromAna("A1", "hola")).Ticket, ticket.StatusPending)
			return len(theirs.take()) > 0
		})
		in := s.fromAna("A2", "otra cosa")
		in.SeparateTicket = true
		want := store.Hint{Business: s.origin.Business, Ticket: s.add(in).Ticket, Kind: store.HintOpened}
		storetest.Eventually(t, "the other server hears of a ticket", func() bool { return slices.Contains(theirs.take(), want) })
		if heard := mine.take(); len(heard) != 0 {
			t.Errorf("got %v of oneself, want nothing", heard)
		}
	})
}
