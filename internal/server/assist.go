package server

import (
	"context"
	"strings"

	"github.com/rs/zerolog"

	"mostrador/internal/config"
	"mostrador/internal/server/assist"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/llm"
	"mostrador/internal/server/store"
)

// hintWords is how many of a category's keywords a language model gets to read.
const hintWords = 15

// wishes returns what rows ask for under c.
func wishes(c config.Server) store.Wishes {
	when := assist.Never
	if c.LLM.URL != "" {
		switch c.LLM.Use {
		case config.UseWhenUnsure:
			when = assist.WhenUnsure
		case config.UseAlways:
			when = assist.Always
		}
	}
	return assist.Wishes(when, c.Transcription.URL != "")
}

// openAssist makes the background work and, if it is configured, the language
// model that it asks.
func (p *parts) openAssist(c config.Server, log zerolog.Logger) {
	p.jobs = jobs.New(jobs.Options{Store: p.store, Worked: p.meters.worked, Log: log})
	p.assist = assist.New(assist.Options{
		Store: p.store, Photos: p.photos, Jobs: p.jobs, Categories: p.categoriesOf, Now: p.now, Decided: p.meters.decided,
		Model: llm.New(llm.Options{Chat: llm.Endpoint{URL: c.LLM.URL, Model: c.LLM.Model, Key: c.LLM.Key}, Audio: llm.Endpoint(c.Transcription), Transport: model{p.meters}, Now: p.now, Log: log}),
	})
}

// categoriesOf returns what a language model may choose from.
func (p *parts) categoriesOf(ctx context.Context, business int64) ([]llm.Category, error) {
	categories, err := p.store.Categories(ctx, business)
	if err != nil {
		return nil, err
	}
	var all []llm.Category
	for _, c := range categories {
		if c.Archived {
			continue
		}
		hint := c.Description
		if hint == "" {
			hint = strings.Join(c.Keywords[:min(len(c.Keywords), hintWords)], ", ")
		}
		all = append(all, llm.Category{Name: c.Name, Hint: hint})
	}
	return all, nil
}
