package assist

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mostrador/internal/server/jobs"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	opinionKind = "opinion"
	// quiet is how long a customer has to be silent before the model is asked, so
	// that it is asked once about a burst.
	quiet = 4 * time.Second
	// staleOpinion is when nobody waits for the model's opinion any more.
	staleOpinion = time.Hour
)

// errMore is that the customer wrote more.
var errMore = errors.New("customer is still writing")

func (a *Assist) opinions() jobs.Kind {
	return jobs.Kind{
		Name: opinionKind, Delay: quiet, Timeout: 30 * time.Second, Attempts: 5,
		Wanted: items(a.Store.WantedOpinions), Work: a.findOpinion, GiveUp: a.dropOpinion,
	}
}

// findOpinion asks the model for the category of a ticket.
func (a *Assist) findOpinion(ctx context.Context, item jobs.Item) error {
	wish, ok, err := a.Store.WantedOpinion(ctx, store.Row(item))
	if err != nil || !ok {
		return err
	}
	switch age := a.Now().Sub(wish.At); {
	case age > staleOpinion:
		return jobs.Never(errors.New("opinion comes too late"))
	case age < quiet:
		return jobs.Later(errMore, quiet-age)
	}
	categories, err := a.Categories(ctx, item.Business)
	if err != nil {
		return fmt.Errorf("load categories: %w", err)
	}
	name, err := a.Model.Classify(ctx, categories, wish.Text)
	if err != nil {
		return verdict(err)
	}
	settled, err := a.Store.SetOpinion(ctx, store.Row(item), wish, name)
	if err == nil && !settled {
		return jobs.Later(errMore, quiet)
	}
	if err == nil {
		a.Decided(ticket.Classification{Category: name, Source: ticket.SourceLLM})
	}
	return err
}

// dropOpinion leaves a ticket with what the classifier said.
func (a *Assist) dropOpinion(ctx context.Context, item jobs.Item, _ error) error {
	wish, ok, err := a.Store.WantedOpinion(ctx, store.Row(item))
	if err != nil || !ok {
		return err
	}
	_, err = a.Store.SetOpinion(ctx, store.Row(item), wish, "")
	return err
}
