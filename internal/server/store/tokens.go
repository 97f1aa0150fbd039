package store

import (
	"sync"
	"time"
)

// tokenLife is how long a token is known without looking at the database, where
// another server may have changed it. A bridge with a backlog sends thousands of
// messages in that time, and each has to be recognised.
const tokenLife = time.Second

// tokens remembers whose tokens were seen lately. Whatever changes a bridge's
// token must call forget. The zero value is ready to use.
type tokens struct {
	mu    sync.Mutex
	since time.Time // when the first of known came
	known map[[32]byte]Origin
}

func (c *tokens) get(now time.Time, hash [32]byte) (Origin, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.since); age < 0 || age >= tokenLife {
		c.since, c.known = now, nil
	}
	o, ok := c.known[hash]
	return o, ok
}

// put notes what the database said after get did not know it.
func (c *tokens) put(hash [32]byte, o Origin) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[[32]byte]Origin{}
	}
	c.known[hash] = o
}

func (c *tokens) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
}
