package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types/events"
)

// maxAnswers bounds the memory of what the phone was asked for.
const maxAnswers = 10_000

var errPhoneSilent = errors.New("the phone did not upload the file again")

// fromPhone downloads a file that only the business's phone still has. An
// answer that came after Fetch gave up waiting is used before asking again.
func (c *Client) fromPhone(ctx context.Context, cli *whatsmeow.Client, ref *reference) ([]byte, error) {
	if evt := c.answers.last(ref.ID); evt != nil {
		path, err := newPath(evt, ref.Key)
		if errors.Is(err, ErrMediaGone) {
			return nil, err
		}
		if err == nil {
			again := *ref
			again.Path = path
			if data, err := download(ctx, cli, &again); !expired(err) {
				return data, err
			}
		}
		c.answers.reject(ref.ID)
	}
	path, err := c.uploadAgain(ctx, cli, ref)
	if err != nil {
		return nil, err
	}
	ref.Path = path
	return download(ctx, cli, ref)
}

// uploadAgain asks the business's phone for the file and returns its new path.
func (c *Client) uploadAgain(ctx context.Context, cli *whatsmeow.Client, ref *reference) (string, error) {
	info, err := ref.message()
	if err != nil {
		return "", errors.Join(ErrMediaGone, err)
	}
	if !c.answers.ask(ref.ID) {
		return "", errPhoneSilent
	}
	answer, stop := c.answers.expect(ref.ID)
	defer stop()
	if err := cli.SendMediaRetryReceipt(ctx, info, ref.Key); err != nil {
		c.answers.forget(ref.ID)
		return "", fmt.Errorf("ask phone for file: %w", err)
	}
	timer := time.NewTimer(c.opts.tempo.mediaRetry)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("wait for phone: %w", ctx.Err())
	case <-timer.C:
		return "", errPhoneSilent
	case evt := <-answer:
		return newPath(evt, ref.Key)
	}
}

func newPath(evt *events.MediaRetry, key []byte) (string, error) {
	found, err := whatsmeow.DecryptMediaRetryNotification(evt, key)
	switch {
	case errors.Is(err, whatsmeow.ErrMediaNotAvailableOnPhone), found.GetResult() == waMmsRetry.MediaRetryNotification_NOT_FOUND:
		return "", ErrMediaGone
	case err != nil:
		return "", fmt.Errorf("read phone's answer: %w", err)
	case found.GetResult() != waMmsRetry.MediaRetryNotification_SUCCESS:
		return "", fmt.Errorf("phone's answer: %v", found.GetResult()) //nolint:err113 // a value of WhatsApp's
	}
	return found.GetDirectPath(), nil
}

// answers hands the phone's answers to whoever asked, keeps those that nobody
// waited for, and knows when the phone may be asked again. What it forgets at a
// restart costs one more request. It is safe for concurrent use.
type answers struct {
	now        func() time.Time
	first, max time.Duration // between two requests for one file, doubling

	mu      sync.Mutex
	waiting map[string][]chan *events.MediaRetry
	asked   map[string]*inquiry
}

// inquiry is what is known about one file, by the id of its message.
type inquiry struct {
	tries  int
	next   time.Time // earliest time to ask again
	answer *events.MediaRetry
}

func newAnswers(now func() time.Time, t *tempo) *answers {
	return &answers{
		now: now, first: t.reask, max: t.reaskMax,
		waiting: map[string][]chan *events.MediaRetry{}, asked: map[string]*inquiry{},
	}
}

// inquiry returns the one about message id. The caller holds mu.
func (a *answers) inquiry(id string) *inquiry {
	q := a.asked[id]
	if q == nil {
		if len(a.asked) >= maxAnswers {
			clear(a.asked)
		}
		q = &inquiry{}
		a.asked[id] = q
	}
	return q
}

// ask reports whether the phone may be asked for message id now, and counts it.
func (a *answers) ask(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, now := a.inquiry(id), a.now()
	if now.Before(q.next) {
		return false
	}
	q.next = now.Add(backoff(a.first, a.max, q.tries))
	q.tries++
	return true
}

// last is the phone's last answer on message id, nil without one.
func (a *answers) last(id string) *events.MediaRetry {
	a.mu.Lock()
	defer a.mu.Unlock()
	if q := a.asked[id]; q != nil {
		return q.answer
	}
	return nil
}

// reject drops an answer that is of no use.
func (a *answers) reject(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if q := a.asked[id]; q != nil {
		q.answer = nil
	}
}

// forget is for a file that is here, or that was not asked for after all.
func (a *answers) forget(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.asked, id)
}

// expect returns a channel for the answer on message id, and what ends the wait.
func (a *answers) expect(id string) (<-chan *events.MediaRetry, func()) {
	ch := make(chan *events.MediaRetry, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting[id] = append(a.waiting[id], ch)
	return ch, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		rest := a.waiting[id][:0:0]
		for _, other := range a.waiting[id] {
			if other != ch {
				rest = append(rest, other)
			}
		}
		if a.waiting[id] = rest; len(rest) == 0 {
			delete(a.waiting, id)
		}
	}
}

func (a *answers) deliver(evt *events.MediaRetry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inquiry(evt.MessageID).answer = evt
	for _, ch := range a.waiting[evt.MessageID] {
		select {
		case ch <- evt:
		default:
		}
	}
}
