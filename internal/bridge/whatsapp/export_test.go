package whatsapp

import "time"

// SetUpLibraries is what the first Open of a process does.
func SetUpLibraries() { setUpLibraries() }

// Hurry makes a Client with these options wait as little as a test likes.
func Hurry(o Options) Options {
	t := productTempo()
	t.first, t.max, t.settled = 20*time.Millisecond, 100*time.Millisecond, time.Hour
	t.restart, t.login = 10*time.Second, 20*time.Second
	t.replaced, t.refused, t.watch = 50*time.Millisecond, 50*time.Millisecond, time.Second
	t.ack, t.mediaRetry = time.Minute, time.Minute // what is answered at all may be answered late
	t.backlog, t.lookout, t.request, t.requestMax = 20*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond, 200*time.Millisecond
	t.requests = 1000
	t.reask, t.reaskMax = 0, 0
	t.jitter = func(d time.Duration) time.Duration { return d }
	o.tempo = t
	return o
}

// GiveUpSoon is for tests in which WhatsApp or the phone does not answer: it waits
// five seconds for either.
func GiveUpSoon(o *Options) { o.tempo.ack, o.tempo.mediaRetry = 5*time.Second, 5*time.Second }

// PatientWithThePhone asks for files as rarely as the product does, but does not
// wait for the answer.
func PatientWithThePhone(o Options) {
	p := productTempo()
	o.tempo.reask, o.tempo.reaskMax, o.tempo.mediaRetry = p.reask, p.reaskMax, time.Millisecond
}

// SeldomAsking asks the phone for a missing message once only, as far as a test
// lasts.
func SeldomAsking(o *Options) { o.tempo.request, o.tempo.requestMax = time.Hour, time.Hour }

// Missing returns how many messages that could not be read c still wants.
func Missing(c *Client) int {
	c.missing.mu.Lock()
	defer c.missing.mu.Unlock()
	return len(c.missing.list)
}

// FreezeStore makes every change of the session's file fail, or succeed again.
func FreezeStore(c *Client, on bool) error {
	setting := "PRAGMA query_only = OFF"
	if on {
		setting = "PRAGMA query_only = ON"
	}
	_, err := c.store.db.Exec(setting)
	return err
}
