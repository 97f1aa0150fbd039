// Package assist puts a language model to work for the help desk: it finds the
// category of doubtful tickets, listens to voice notes and drafts replies.
//
// Its one rule: the model works for people, never in their place. A category it
// finds yields to a person's, what it writes is a draft that somebody has to send,
// and whatever it fails at stays as it was.
package assist

import (
	"context"
	"time"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/llm"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Options says what an Assist works with; all fields but Decided are required.
type Options struct {
	Store  *store.Store
	Photos *photos.Folder
	Model  *llm.Client // nil: none is configured
	Jobs   *jobs.Runner
	// Categories returns those of a business that the model may choose from.
	Categories func(ctx context.Context, business int64) ([]llm.Category, error)
	Now        func() time.Time
	// Decided is told what the model made of a text.
	Decided func(c ticket.Classification)
}

// Assist is the language model at work. Safe for concurrent use.
type Assist struct {
	Options
}

// New returns an Assist and tells its Jobs what it does, as far as a model for it
// is configured.
func New(o Options) *Assist {
	a := &Assist{o}
	if a.Decided == nil {
		a.Decided = func(ticket.Classification) {}
	}
	if o.Model.Chats() {
		o.Jobs.Register(a.opinions())
	}
	if o.Model.Hears() {
		o.Jobs.Register(a.transcriptions())
	}
	return a
}

// When a model is asked for the category of a ticket.
const (
	Never      = iota
	WhenUnsure // when the built-in classifier is not sure
	Always
)

// Wishes returns what rows ask for when a model is asked for categories at these
// times and listens to voice notes, or not.
func Wishes(when int, hears bool) store.Wishes {
	w := store.Wishes{Transcription: hears}
	switch when {
	case WhenUnsure:
		w.Opinion = func(c ticket.Classification) bool { return c.Doubt == ticket.DoubtUnsure }
	case Always:
		w.Opinion = func(c ticket.Classification) bool { return c.Doubt != ticket.DoubtNoText }
	}
	return w
}

// Queue queues what a message that was just stored asks for.
func (a *Assist) Queue(business int64, s store.Stored) {
	if s.Opinion {
		a.Jobs.Add(opinionKind, jobs.Item{Business: business, ID: s.Ticket})
	}
	if s.Transcription {
		a.Jobs.Add(transcriptionKind, jobs.Item{Business: business, ID: s.Message})
	}
}

// State is what the model can do and how it does.
type State struct {
	Drafts      bool // it writes replies and summaries
	Transcribes bool
	llm.State
}

// State returns what the model can do and how it does.
func (a *Assist) State() State {
	return State{Drafts: a.Model.Chats(), Transcribes: a.Model.Hears(), State: a.Model.State()}
}

// items makes items of jobs of the rows that the store names.
func items(list func(context.Context) ([]store.Row, error)) func(context.Context) ([]jobs.Item, error) {
	return func(ctx context.Context) ([]jobs.Item, error) {
		rows, err := list(ctx)
		if err != nil {
			return nil, err
		}
		all := make([]jobs.Item, len(rows))
		for i, row := range rows {
			all[i] = jobs.Item(row)
		}
		return all, nil
	}
}

// verdict tells the queue when to try again after err.
func verdict(err error) error {
	if after, ok := llm.RetryAfter(err); ok {
		return jobs.Later(err, after)
	}
	if code := ticket.CodeOf(err); llm.Refused(err) || code == ticket.CodeInvalid || code == ticket.CodeTooLarge || code == ticket.CodeNotFound {
		return jobs.Never(err)
	}
	return err
}
