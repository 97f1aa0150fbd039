package auth

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// clock is a time that the test moves.
type clock struct{ now time.Time }

func newClock() *clock                  { return &clock{now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)} }
func (c *clock) Now() time.Time         { return c.now }
func (c *clock) pass(d time.Duration)   { c.now = c.now.Add(d) }
func (c *clock) meter(burst int) *meter { return newMeter(c.Now, burst, time.Minute) }

func TestAMeterLetsABurstThroughAndThenOneAtATime(t *testing.T) {
	c := newClock()
	m := c.meter(4)
	taken := func() (n int) {
		for m.take("ana") == 0 {
			n++
		}
		return n
	}
	for i, tt := range []struct {
		after time.Duration
		want  int
	}{{0, 4}, {14 * time.Second, 0}, {time.Second, 1}, {30 * time.Second, 2}, {time.Hour, 4}} {
		c.pass(tt.after)
		if got := taken(); got != tt.want {
			t.Errorf("step %d: got %d, want %d", i, got, tt.want)
		}
	}
	if got := m.take("ana"); got != 15*time.Second {
		t.Errorf("got a pause of %v, want 15s", got)
	}
	m.give("ana")
	if m.take("ana") != 0 || m.take("luis") != 0 {
		t.Error("got a pause after giving one back, or for somebody else, want none")
	}
	m.give("nobody") // has nothing to take back
}

func TestAMeterThatOnlyDelaysCoolsDownSoonAfterTheAttack(t *testing.T) {
	c := newClock()
	m := c.meter(10)
	for range 1000 {
		m.add("ana")
	}
	if got := m.add("ana"); got != 3*time.Second {
		t.Errorf("during: got %v, want 3s", got)
	}
	c.pass(10 * time.Second)
	if got := m.add("ana"); got != 0 {
		t.Errorf("10 s after: got %v, want 0", got)
	}
}

func TestAMeterForgetsWhoeverIsQuietOnceThereAreMany(t *testing.T) {
	c := newClock()
	m := c.meter(1)
	for i := range meterSize {
		m.take(strconv.Itoa(i))
	}
	c.pass(time.Minute)
	m.take("late")
	if got := len(m.full); got != 1 {
		t.Errorf("got %d remembered, want 1", got)
	}
	for i := range meterSize {
		m.take(strconv.Itoa(i))
	}
	if got := len(m.full); got > meterSize {
		t.Errorf("got %d remembered, want at most %d", got, meterSize)
	}
}

func TestADelayEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wait(t.Context(), time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wait(ctx, time.Hour)
		if got := time.Since(start); got != 2*time.Second {
			t.Errorf("waited %v of the bubble's time, want 2s", got)
		}
	})
}
