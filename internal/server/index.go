package server

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/store"
)

const (
	// indexBatch is how many messages are made findable in one transaction: few
	// enough that a customer's message, which may have to wait for it, does not
	// notice.
	indexBatch = 200
	// indexShare is how much longer the indexer rests than it works while it has
	// much to do, such as everything that was there before it.
	indexShare = 4
	// indexRest is how long it lets new messages gather, so that it writes once
	// for many of them. A search finds them that much later.
	indexRest = 250 * time.Millisecond
	// indexLook is how often it looks without being told, for what other servers
	// left behind.
	indexLook = 10 * time.Second
)

// indexer keeps the index of words up to date, behind the messages.
type indexer struct {
	wake chan struct{}
}

func newIndexer() *indexer { return &indexer{wake: make(chan struct{}, 1)} }

// changed is told what a transaction changed.
func (x *indexer) changed([]store.Hint) {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// run indexes until ctx ends and returns nil then.
func (x *indexer) run(ctx context.Context, s *store.Store, log zerolog.Logger) error {
	look := time.NewTicker(indexLook)
	defer look.Stop()
	for {
		begin := time.Now()
		more, err := s.IndexWords(ctx, indexBatch)
		if err != nil && ctx.Err() == nil {
			log.Warn().Err(err).Msg("words not indexed")
		}
		if !more {
			select {
			case <-ctx.Done():
				return nil
			case <-x.wake:
			case <-look.C:
			}
		}
		pause := indexRest
		if more {
			pause = min(max(indexShare*time.Since(begin), time.Millisecond), time.Second)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}
