package auth

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"mostrador/internal/ticket"
)

// How fast passwords may be guessed. A forgetful person, or an office behind one
// address, may try again and again, and a program no more than they. Nobody can
// lock anybody else out: what refuses is counted by the address that asks, or by
// the browser where it is a known one, and what is counted by user only delays.
const (
	triesPerUser    = 10 // of one user from one address, a minute
	triesPerAddress = 30 // of all users from one address, a minute
	triesPerDevice  = 10 // from a browser in which the user has been before, a minute
	triesOwn        = 10 // of the own password by somebody who is in, a minute
	// tokensPerAddress is how many wrong tokens of bridges an address may show in a
	// minute. One that has shown more is heard again every other second: a laptop
	// whose token was put right waits no longer.
	tokensPerAddress = 30
	// codesPerUser is how many wrong codes of the second factor may follow the
	// right password, an hour: whoever gets there knows the password already.
	codesPerUser = 10

	// freeFailures is how many failures of one user a minute delay nobody, and
	// longestDelay the most that any number of them does.
	freeFailures = 10
	longestDelay = 3 * time.Second

	// meterSize bounds what a meter remembers.
	meterSize = 100_000
)

// attempt is somebody who tries to get in.
type attempt struct {
	user    int64
	name    string // as it was typed
	address string
	device  string // empty: not a known one
}

func (t attempt) nameKey() string { return strings.ToLower(strings.TrimSpace(t.name)) }

// limits are what slows guessing down. They are kept in memory: a restart
// forgives everybody, and several servers count apart.
type limits struct {
	byAddress, byUser, byDevice, own, byCode, slow, tokens *meter

	wait func(ctx context.Context, d time.Duration)
}

func newLimits(now func() time.Time, wait func(context.Context, time.Duration)) limits {
	perMinute := func(burst int) *meter { return newMeter(now, burst, time.Minute) }
	return limits{
		byAddress: perMinute(triesPerAddress), byUser: perMinute(triesPerUser), byDevice: perMinute(triesPerDevice), own: perMinute(triesOwn),
		byCode: newMeter(now, codesPerUser, time.Hour), slow: newMeter(now, freeFailures, time.Minute), tokens: perMinute(tokensPerAddress), wait: wait,
	}
}

// begin counts an attempt before it is looked at, so that many at once are
// counted too. It returns how long to stay away, 0 for go on.
func (l limits) begin(ctx context.Context, t attempt) time.Duration {
	if t.device != "" {
		return l.byDevice.take(t.device)
	}
	if pause := l.byAddress.take(t.address); pause > 0 {
		return pause
	}
	if pause := l.byUser.take(t.address + " " + t.nameKey()); pause > 0 {
		return pause
	}
	if delay := l.slow.add(t.nameKey()); delay > 0 {
		l.wait(ctx, delay)
	}
	return 0
}

// forgive takes back what begin counted: the attempt was a good one.
func (l limits) forgive(t attempt) {
	if t.device != "" {
		l.byDevice.give(t.device)
		return
	}
	l.byAddress.give(t.address)
	l.byUser.give(t.address + " " + t.nameKey())
	l.slow.give(t.nameKey())
}

// codes counts a code of the second factor.
func (l limits) codes(t attempt) time.Duration {
	if t.device != "" {
		return 0 // counted with the device
	}
	return l.byCode.take(strconv.FormatInt(t.user, 10))
}

// forgiveCode takes back what codes counted: the code was right.
func (l limits) forgiveCode(t attempt) {
	if t.device == "" {
		l.byCode.give(strconv.FormatInt(t.user, 10))
	}
}

func tooMany(w http.ResponseWriter, pause time.Duration) error {
	seconds := int64((pause + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	return errTooMany
}

var errTooMany = ticket.NewError(ticket.CodeRateLimited, "Demasiados intentos. Espere un minuto y vuelva a probar.")

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(max(d, 1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// meter counts events by key with a token bucket, of which it keeps only when it
// will be full again (GCRA). Safe for concurrent use.
type meter struct {
	now   func() time.Time
	every time.Duration // one more event fits each time this has passed
	slack time.Duration // how far ahead of that a burst may be

	mu   sync.Mutex
	full map[string]time.Time
}

func newMeter(now func() time.Time, burst int, per time.Duration) *meter {
	every := per / time.Duration(burst)
	return &meter{now: now, every: every, slack: per, full: map[string]time.Time{}}
}

// take counts an event and returns 0, or returns how long until one fits.
func (m *meter) take(key string) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	next := m.next(key, now)
	if over := next.Sub(now) - m.slack; over > 0 {
		return over
	}
	m.full[key] = next
	return 0
}

// over returns how long until an event fits, 0 for now, and counts none.
func (m *meter) over(key string) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, known := m.full[key]
	if !known {
		return 0
	}
	return max(at.Add(m.every).Sub(m.now())-m.slack, 0)
}

// add counts an event and returns how far beyond its burst the key is, at most
// longestDelay.
func (m *meter) add(key string) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	next := m.next(key, now)
	if latest := now.Add(m.slack + longestDelay); next.After(latest) {
		next = latest
	}
	m.full[key] = next
	return max(next.Sub(now)-m.slack, 0)
}

// give takes one event back.
func (m *meter) give(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.full[key]; ok {
		m.full[key] = at.Add(-m.every)
	}
}

// next is when the bucket of key would be full again after one more event.
func (m *meter) next(key string, now time.Time) time.Time {
	m.sweep(now)
	at := m.full[key]
	if at.Before(now) {
		at = now
	}
	return at.Add(m.every)
}

// sweep forgets full buckets once there are many, and all of them when that does
// not help: whoever owns so many addresses is slowed down by the hasher alone.
func (m *meter) sweep(now time.Time) {
	if len(m.full) < meterSize {
		return
	}
	for key, at := range m.full {
		if !at.After(now) {
			delete(m.full, key)
		}
	}
	if len(m.full) >= meterSize {
		clear(m.full)
	}
}
