package uplink

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"mostrador/internal/wire"
)

const (
	// beatEvery is how often the server hears that the bridge is alive.
	beatEvery = time.Minute
	// beatSoon lets the changes of a moment travel in one beat.
	beatSoon = 3 * time.Second
	// beatRarely is beatEvery while the server does not know what a beat is: it is
	// older than this bridge, or the original.
	beatRarely = time.Hour
	// maxClockDifference is how far the two clocks may be apart before people are
	// told.
	maxClockDifference = 2 * time.Minute
)

// pulse is what beats need to know of each other. Safe for concurrent use.
type pulse struct {
	news chan struct{} // holds a value when something changed that the server should know soon

	mu      sync.Mutex
	refused string        // Spanish sentence: the last beat was turned away; empty otherwise
	ahead   time.Duration // by how much the bridge's clock was ahead of the server's at its last answer
}

// Announce has the server told soon that something changed: WhatsApp's state or
// what is parked. It does not wait.
func (u *Uplink) Announce() {
	select {
	case u.pulse.news <- struct{}{}:
	default:
	}
}

// beats tells the server each minute, and soon after Announce, how the bridge is.
// A beat that does not get through is gone: the next one says it all.
func (u *Uplink) beats(ctx context.Context) {
	for ctx.Err() == nil {
		wait := beatEvery
		if u.beat(ctx) {
			wait = beatRarely
		}
		u.untilNextBeat(ctx, wait)
	}
}

// untilNextBeat waits, less long when there is news.
func (u *Uplink) untilNextBeat(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	news := u.pulse.news
	if wait > beatEvery {
		news = nil
	}
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-news:
		pause(ctx, beatSoon)
	}
}

// beat makes one call; unknown is true when the server does not know the path.
func (u *Uplink) beat(ctx context.Context) (unknown bool) {
	// What is announced from here on may not be in this beat.
	select {
	case <-u.pulse.news:
	default:
	}
	code, reply, err := u.server.beat(ctx, u.compose())
	if ctx.Err() != nil {
		return false
	}
	u.log.Debug().Int("status", code).Err(err).Msg("sign of life")
	if !reply.Time.IsZero() { // finer than the header that the other answers tell it with
		u.compareClocks(reply.Time)
	}
	p := &u.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.refused
	p.refused = ""
	switch {
	case err != nil:
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return true
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		p.refused = judge(code, nil).reason
		if before == "" {
			u.log.Error().Int("status", code).Str("reason", p.refused).Msg("server refuses the token")
		}
	}
	return false
}

// compareClocks notes how far the clocks are apart.
func (u *Uplink) compareClocks(server time.Time) {
	p := &u.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.apart()
	p.ahead = u.now().Sub(server)
	if now := p.apart(); now != "" && before == "" {
		u.log.Warn().Dur("ahead_ms", p.ahead).Str("reason", now).Msg("clocks of bridge and server differ")
	}
}

// apart says by how much the clocks differ, if people should know; the caller
// holds the lock.
func (p *pulse) apart() string {
	minutes := int(p.ahead.Abs().Round(time.Minute).Minutes())
	switch {
	case p.ahead > maxClockDifference:
		return fmt.Sprintf("El reloj de la laptop está %d minutos adelantado respecto al del servidor: ponga los dos en hora.", minutes)
	case p.ahead < -maxClockDifference:
		return fmt.Sprintf("El reloj de la laptop está %d minutos atrasado respecto al del servidor: ponga los dos en hora.", minutes)
	}
	return ""
}

// compose is what to say about this moment.
func (u *Uplink) compose() wire.Beat {
	beat := u.describe()
	beat.Time, beat.Delivered = u.now().UTC(), u.taken.Load()
	if beat.Problem == "" {
		beat.Problem = u.problem()
	}
	if beat.Tray == nil {
		beat.Tray = []wire.Parked{}
	}
	return beat
}

// problem is what is wrong between the two programs, as a Spanish sentence.
func (u *Uplink) problem() string {
	state := u.State()
	if state.Reachable && state.Error != "" {
		return state.Error
	}
	return state.Clock
}

// beat tells the server how the bridge is. Its error says that there was no answer
// one could use.
func (s server) beat(ctx context.Context, beat wire.Beat) (code int, reply wire.BeatReply, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	body, err := json.Marshal(beat)
	if err != nil {
		return 0, reply, fmt.Errorf("encode beat: %w", err)
	}
	req, err := s.request(ctx, wire.PathBeat, body)
	if err != nil {
		return 0, reply, err
	}
	code, answer, err := s.do(req)
	if err != nil || code != http.StatusOK {
		return code, wire.BeatReply{}, err
	}
	if err := json.Unmarshal(answer, &reply); err != nil {
		return code, wire.BeatReply{}, fmt.Errorf("decode answer: %w", err)
	}
	return code, reply, nil
}
