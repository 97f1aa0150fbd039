// Package learn keeps the model of each business as its people taught it.
//
// Its one rule: a model is made of rows alone, never of what a model said. The
// same rows make the same model in every server, and a correction that is taken
// back leaves nothing behind.
package learn

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/classifier"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Options says what the learner works with; all fields but the durations are
// required.
type Options struct {
	Store *store.Store
	Log   zerolog.Logger
	Pause time.Duration // how long nothing changes before it learns; 0: a second
	Poll  time.Duration // how often it looks for what other servers changed; 0: a minute
}

// Learner holds a model for each business. All methods may be called
// concurrently.
type Learner struct {
	Options

	mu        sync.Mutex
	desks     map[int64]*desk
	meanwhile *classifier.Model // of businesses without one of their own; nil: their messages wait
	wake      chan struct{}
	stopped   chan struct{} // closed when Run has returned
}

// desk is what the learner has of one business.
type desk struct {
	ready   chan struct{} // closed once there is a model
	model   atomic.Pointer[classifier.Model]
	version atomic.Int64 // of the rows that the model is made of; ofNothing: of none
}

// ofNothing is the version of a model that is made of no rows.
const ofNothing = -1

// New returns a Learner that has no models until Run makes them.
func New(o Options) *Learner {
	if o.Pause <= 0 {
		o.Pause = time.Second
	}
	if o.Poll <= 0 {
		o.Poll = time.Minute
	}
	return &Learner{Options: o, desks: map[int64]*desk{}, wake: make(chan struct{}, 1), stopped: make(chan struct{})}
}

func (l *Learner) desk(business int64) *desk {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, ok := l.desks[business]
	if !ok {
		d = &desk{ready: make(chan struct{})}
		if l.meanwhile != nil {
			d.set(l.meanwhile, ofNothing)
		}
		l.desks[business] = d
		l.Wake()
	}
	return d
}

// Classify says what a text to a business is about. It waits for the business's
// first model, which takes some tenths of a second at the start; once Run has
// returned, nothing is known of a business without one.
func (l *Learner) Classify(business int64, text string) ticket.Classification {
	d := l.desk(business)
	select {
	case <-d.ready:
	case <-l.stopped:
	}
	if model := d.model.Load(); model != nil {
		return model.Classify(text)
	}
	return ticket.Classification{Source: ticket.SourceModel, Priority: ticket.PriorityNormal}
}

// Wake has Run look for changes soon, without waiting for it.
func (l *Learner) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Current reports whether this server's model of a business is made of what the
// rows say now.
func (l *Learner) Current(ctx context.Context, business int64) (bool, error) {
	versions, err := l.Store.LearnVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("load versions: %w", err)
	}
	return l.desk(business).version.Load() == versions[business], nil
}

// Prepare gives a business that has no categories yet those of the help desk.
func (l *Learner) Prepare(ctx context.Context, business int64) error {
	return l.useTemplate(ctx, business, classifier.HelpDesk, true)
}

// UseTemplate gives a business the categories of another template; see
// store.UseTemplate. An unknown one is CodeInvalid.
func (l *Learner) UseTemplate(ctx context.Context, business int64, template string) error {
	defer l.Wake()
	return l.useTemplate(ctx, business, template, false)
}

func (l *Learner) useTemplate(ctx context.Context, business int64, name string, onlyFirst bool) error {
	t, err := classifier.LoadTemplate(name)
	if err != nil {
		return fmt.Errorf("load template: %w", err)
	}
	categories := make([]store.Category, len(t.Categories))
	for i, c := range t.Categories {
		categories[i] = store.Category{Slug: c.Slug, Name: c.Name, Keywords: c.Keywords, Priority: c.Priority}
	}
	return l.Store.UseTemplate(ctx, business, name, categories, onlyFirst)
}

// Run makes the models and makes them anew after each change, until ctx ends.
func (l *Learner) Run(ctx context.Context) error {
	defer close(l.stopped)
	poll := time.NewTicker(l.Poll)
	defer poll.Stop()
	for {
		l.round(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case <-l.wake:
			if !l.settled(ctx) {
				return nil
			}
		}
	}
}

// settled waits until nothing has changed for a while; false means that ctx
// ended.
func (l *Learner) settled(ctx context.Context) bool {
	pause := time.NewTimer(l.Pause)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-pause.C:
			return true
		case <-l.wake:
			pause.Reset(l.Pause)
		}
	}
}

// round makes the models that are not made of what the rows say now.
func (l *Learner) round(ctx context.Context) {
	versions, err := l.Store.LearnVersions(ctx)
	if err != nil {
		l.failed(ctx, err)
		return
	}
	trained, whole := false, true
	for business, version := range versions {
		if d := l.desk(business); d.version.Load() != version || d.model.Load() == nil {
			trained = true
			if err := l.train(ctx, business, d); err != nil {
				l.failed(ctx, err)
				whole = false
			}
		}
	}
	if whole {
		l.wait()
	}
	if trained {
		debug.FreeOSMemory() // training needs much more than a model keeps
	}
}

// failed makes do with the help desk's own model where there is none yet, so that
// no message has to wait for a database that cannot be read.
func (l *Learner) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	l.Log.Error().Err(err).Msg("could not learn from corrections")
	if err := l.makeDo(); err != nil {
		l.Log.Error().Err(err).Msg("could not train the classifier")
	}
}

// makeDo gives every business without a model the help desk's own, and those that
// are met from now on, until wait is called.
func (l *Learner) makeDo() error {
	model, err := classifier.Default()
	if err != nil {
		return fmt.Errorf("train classifier: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.meanwhile = model
	for _, d := range l.desks {
		if d.model.Load() == nil {
			d.set(model, ofNothing)
		}
	}
	return nil
}

// wait has messages of a business without a model wait for it again.
func (l *Learner) wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.meanwhile = nil
}

// set is called by one goroutine only at a time.
func (d *desk) set(model *classifier.Model, version int64) {
	first := d.model.Swap(model) == nil
	d.version.Store(version)
	if first {
		close(d.ready)
	}
}

func (l *Learner) train(ctx context.Context, business int64, d *desk) error {
	lessons, err := l.Store.Lessons(ctx, business)
	if err == nil && lessons.Template == "" {
		lessons, err = l.begin(ctx, business)
	}
	if err != nil {
		return fmt.Errorf("load lessons: %w", err)
	}
	model, err := made(ctx, businessOf(lessons))
	if err != nil {
		return fmt.Errorf("train model: %w", err)
	}
	d.set(model, lessons.Version)
	l.Log.Info().Int64("business", business).Int64("version", lessons.Version).Int("corrections", len(lessons.Taught)).Msg("learned")
	return nil
}

// made trains a model. Seconds of it are left to themselves when ctx ends, so that
// they do not hold up the end of the program.
func made(ctx context.Context, b classifier.Business) (*classifier.Model, error) {
	type result struct {
		model *classifier.Model
		err   error
	}
	trained := make(chan result, 1)
	go func() {
		model, err := shared.of(b)
		trained <- result{model, err}
	}()
	select {
	case r := <-trained:
		return r.model, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// begin prepares a business that nobody has prepared. No message waits for a model
// meanwhile, whosever it is: it would hold up all that is written until then, and
// with it the preparation.
func (l *Learner) begin(ctx context.Context, business int64) (store.Lessons, error) {
	if err := l.makeDo(); err != nil {
		return store.Lessons{}, err
	}
	if err := l.Prepare(ctx, business); err != nil {
		return store.Lessons{}, err
	}
	return l.Store.Lessons(ctx, business)
}

// businessOf is what a model is made of, in the classifier's words. The category
// for everything else comes last, wherever people put it.
func businessOf(l store.Lessons) classifier.Business {
	b := classifier.Business{Template: l.Template, Threshold: l.Threshold}
	var rest []classifier.Category
	for _, c := range l.Categories {
		category := classifier.Category{Name: c.Name, Slug: c.Slug, Keywords: c.Keywords, Examples: c.Examples, Priority: c.Priority}
		if c.Rest {
			rest = append(rest, category)
		} else {
			b.Categories = append(b.Categories, category)
		}
	}
	b.Categories = append(b.Categories, rest...)
	for _, t := range l.Taught {
		b.Lessons = append(b.Lessons, classifier.Lesson{Text: t.Text, Slug: t.Slug})
	}
	return b
}
