package store_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

func TestAPostgreSQLThatVanishedIsGivenUpAndFoundAgain(t *testing.T) {
	direct := pgtest.URL(t)
	p := pgtest.NewProxy(t, direct)
	var vanished, failed, found atomic.Bool
	s := openShopWith(t, p.URL, func(business int64, text string) ticket.Classification {
		if vanished.CompareAndSwap(false, true) { // in the middle of a transaction
			p.Silence()
		}
		return classify(business, text)
	})
	s.SetSilence(time.Second)
	var heard hints
	ctx, cancel := context.WithCancel(context.Background()) // without an end of its own
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	t.Cleanup(cancel)
	wg.Go(func() { s.do("relay", s.Relay(ctx, heard.add)) })
	db := rawDB(t, direct)
	storetest.Eventually(t, "the store listens", func() bool {
		var n int64
		s.do("look", db.QueryRow(`SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`).Scan(&n))
		return n > 0
	})
	heard.take()
	wg.Go(func() {
		for !failed.Load() {
			_, err := s.AddMessage(ctx, s.fromAna("A1", "hola"))
			wantCode(t, err, ticket.CodeUnavailable)
			failed.Store(vanished.Load())
		}
		for s.Ping(ctx) != nil && ctx.Err() == nil {
			continue
		}
		found.Store(true)
	})
	storetest.Eventually(t, "a transaction is given up", failed.Load)
	storetest.Eventually(t, "the database is read again", found.Load)
	storetest.Eventually(t, "a message is stored", func() bool {
		_, err := s.AddMessage(ctx, s.fromAna("A1", "hola"))
		return err == nil
	})
	storetest.Eventually(t, "who listens notices", func() bool {
		return slices.Contains(heard.take(), store.Hint{Kind: store.HintEverything})
	})
}
