package notify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"

	"mostrador/internal/server/jobs"
)

// Drain does everything that is due, once, and returns what went wrong.
func (n *Notify) Drain(ctx context.Context) (failures []error) {
	for _, kind := range []jobs.Kind{n.channelJobs(), n.deliveryJobs()} {
		due, err := kind.Wanted(ctx)
		if err != nil {
			return []error{err}
		}
		for _, item := range due {
			if err := kind.Work(ctx, item); err != nil {
				if _, later := jobs.Postponed(err); !later {
					failures = append(failures, err)
				}
			}
		}
	}
	return failures
}

// GiveUp gives up what is due.
func (n *Notify) GiveUp(ctx context.Context) error {
	for _, kind := range []jobs.Kind{n.channelJobs(), n.deliveryJobs()} {
		due, err := kind.Wanted(ctx)
		if err != nil {
			return err
		}
		for _, item := range due {
			if err := kind.GiveUp(ctx, item, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// Public is public, ParseAddress parseAddress for the fuzzer.
var Public = public

// Target is what an address tells where and what.
func Target(address string, m Message) (url, contentType, body string, err error) {
	t, err := parseAddress(address)
	if err != nil {
		return "", "", "", err
	}
	switch p := t.(type) {
	case post:
		return p.url, p.header.Get("Content-Type"), string(p.body("x", m)), nil
	case posts:
		return p[0].url, "", string(p[0].body("x", m)), nil
	}
	return "mail", "", "", nil
}

// Sentences are what notices are made of, in Spanish, and why one may not arrive.
func Sentences() []string {
	all := []string{saidUrgent, saidMore, saidBefore, saidTest, saidWorks, goneSentence}
	for _, w := range words {
		all = append(all, w.one, w.many)
	}
	for _, why := range []error{
		&refusal{http.StatusTeapot}, &net.DNSError{}, context.DeadlineExceeded, syscall.ECONNREFUSED, errLocal, errors.New("anything"),
	} {
		all = append(all, reason(why))
	}
	return all
}
