package whatsapp

import (
	"math/rand/v2"
	"time"
)

// tempo is how long everything waits.
type tempo struct {
	first, max   time.Duration // reconnecting: the second try waits first, doubling up to max
	settled      time.Duration // a connection that lived this long starts the count anew
	login        time.Duration // from connecting to being logged in
	restart      time.Duration // from being paired to being logged in
	firstQR, qr  time.Duration // life of the first code and of the others (whatsmeow qrchan.go)
	passkey      time.Duration // life of a passkey request (whatsmeow pair-passkey.go)
	replaced     time.Duration // after another program took the session, doubling up to max
	refused      time.Duration // after an unexplained refusal, doubling up to max
	ban          time.Duration // after a ban without an end
	outdated     time.Duration // between two looks for a newer version
	watch        time.Duration // between two looks at whether the login still holds
	ack          time.Duration // wait for WhatsApp's confirmation of a message sent
	mediaRetry   time.Duration // wait for the phone to upload a file again
	reask        time.Duration // between the first two requests for a file, doubling…
	reaskMax     time.Duration // …up to this
	fetch        time.Duration // longest download
	backlog      time.Duration // from being logged in to asking the phone for missing messages: some may just be coming
	lookout      time.Duration // between two looks at what to ask the phone for
	request      time.Duration // from a message's loss to the first request, doubling from one to the next…
	requestMax   time.Duration // …up to this
	requests     int           // made for one message
	jitter       func(time.Duration) time.Duration
	keepalives   int // unanswered ones in a row after which the line counts as dead
	deadLetterAt int // tries of a message that cannot be processed
}

func productTempo() *tempo {
	return &tempo{
		first: 5 * time.Second, max: 5 * time.Minute, settled: 30 * time.Second,
		login: time.Minute, restart: 15 * time.Second,
		firstQR: time.Minute, qr: 20 * time.Second, passkey: 5 * time.Minute,
		replaced: 30 * time.Second, refused: time.Minute, ban: time.Hour, outdated: time.Hour,
		watch: 30 * time.Second, ack: 15 * time.Second, mediaRetry: 30 * time.Second, reask: 10 * time.Minute, reaskMax: 24 * time.Hour, fetch: 3 * time.Minute,
		backlog: time.Minute, lookout: 10 * time.Minute, request: 5 * time.Minute, requestMax: 24 * time.Hour, requests: 15,
		jitter: spread, keepalives: 3, deadLetterAt: 10,
	}
}

// spread adds up to a fifth, so that many bridges do not come back at once.
func spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d + rand.N(d/5+1) //nolint:gosec // spreading load needs no secret
}

// backoff is the wait before try n, counted from 0: base, doubled n times, at
// most limit.
func backoff(base, limit time.Duration, n int) time.Duration {
	d := base
	for ; n > 0 && d < limit; n-- {
		d *= 2
	}
	return min(d, limit)
}
