package uplink

import (
	"strconv"
	"time"
)

// Meters are told what the uplink does; each may be nil. They must be safe for
// concurrent use and take microseconds.
type Meters struct {
	// Answered is told of each call but signs of life: the answer, one of Answers,
	// and how long it took to come.
	Answered func(answer string, took time.Duration)
	// Settled is told what became of a message or file that was tried: one of
	// Outcomes, and how long ago the bridge had got the message.
	Settled func(outcome string, age time.Duration)
}

// noAnswer is for a call without one, oddAnswer for one that is not among Answers.
const (
	noAnswer  = "none"
	oddAnswer = "other"
)

// Answers returns the answers that Meters.Answered is told of: HTTP statuses and
// what stands for none.
func Answers() []string {
	return []string{"200", "400", "401", "403", "404", "413", "422", "429", "500", "502", "503", "504", noAnswer, oddAnswer}
}

// Outcomes of a try.
const (
	OutcomeDelivered = "delivered" // the server has the message, and its file if that came along
	OutcomeFile      = "file"      // the server has the message that it had without its file
	OutcomeText      = "text"      // the server has the message without its file, which follows
	OutcomeReceipt   = "receipt"   // the server has a receipt
	OutcomeParked    = "parked"
	OutcomeRetried   = "retried" // it waits for the next try
	OutcomeFailed    = "failed"  // the disk did not let it go on; it waits for the next try
)

// Outcomes returns the outcomes that Meters.Settled is told of.
func Outcomes() []string {
	return []string{OutcomeDelivered, OutcomeFile, OutcomeText, OutcomeReceipt, OutcomeParked, OutcomeRetried, OutcomeFailed}
}

func (m Meters) complete() Meters {
	if m.Answered == nil {
		m.Answered = func(string, time.Duration) {}
	}
	if m.Settled == nil {
		m.Settled = func(string, time.Duration) {}
	}
	return m
}

// answerOf names an answer.
func answerOf(code int) string {
	if code == 0 {
		return noAnswer
	}
	return strconv.Itoa(code)
}
