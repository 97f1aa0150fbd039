package store

import (
	"context"
	"fmt"
	"time"

	"mostrador/internal/ticket"
)

// probeAfter is how old the last failure has to be before Check tries whether
// it is over: often enough for whoever waits, seldom enough for a sick disk.
const probeAfter = 10 * time.Second

// trouble is why a transaction could not be stored, and when that was.
type trouble struct {
	err error
	at  time.Time
}

// note remembers how a transaction ended. What says nothing about the next
// one, such as a caller that gave up, changes nothing.
func (s *Store) note(err error) {
	switch {
	case err == nil:
		if s.trouble.Load() != nil {
			s.trouble.Store(nil)
		}
	case ticket.CodeOf(err) == ticket.CodeUnavailable:
		s.trouble.Store(&trouble{err: err, at: s.now()})
		s.meters.Failed()
	}
}

// Check returns why nothing can be stored at the moment: how the last
// transaction failed. Once that is a while ago it tries anew.
func (s *Store) Check(ctx context.Context) error {
	last := s.trouble.Load()
	if last == nil {
		return nil
	}
	if s.now().Sub(last.at) < probeAfter {
		return last.err
	}
	// There and back: the row stays as it is, and yet a page goes to the disk.
	return s.write(ctx, "probe database", func(t *tx) error {
		for _, step := range []string{"+ 1", "- 1"} {
			if err := t.exec(`UPDATE businesses SET last_ticket_number = last_ticket_number ` + step); err != nil {
				return fmt.Errorf("touch a row: %w", err)
			}
		}
		return nil
	})
}
