package jobs

import (
	"time"

	"github.com/riverqueue/river/rivertype"
)

// soon is a pause between attempts that tests can wait for.
type soon struct{}

func (soon) NextRetry(*rivertype.JobRow) time.Time { return time.Now().Add(10 * time.Millisecond) }

// Hurry makes r wait less than it does in production.
func (r *Runner) Hurry() {
	r.config.RetryPolicy = soon{}
	r.config.FetchPollInterval = 100 * time.Millisecond
	r.retry = 10 * time.Millisecond
}
