package assist

import (
	"context"
	"fmt"

	"mostrador/internal/server/llm"
	"mostrador/internal/ticket"
)

// Suggest returns a reply to a ticket's customer, for a person to edit and send.
// An unknown ticket is CodeNotFound and one without a word CodeInvalid; other
// errors are llm's, CodeUnavailable or CodeTimeout.
func (a *Assist) Suggest(ctx context.Context, business, number int64) (string, error) {
	return a.draft(ctx, business, number, a.Model.Suggest)
}

// Summarise returns what a ticket's conversation is about. Its errors are those
// of Suggest.
func (a *Assist) Summarise(ctx context.Context, business, number int64) (string, error) {
	return a.draft(ctx, business, number, a.Model.Summarise)
}

func (a *Assist) draft(ctx context.Context, business, number int64, write func(context.Context, []llm.Line) (string, error)) (string, error) {
	messages, err := a.Store.Conversation(ctx, business, number)
	if err != nil {
		return "", fmt.Errorf("load conversation: %w", err)
	}
	lines := said(messages)
	if len(lines) == 0 {
		return "", ticket.NewError(ticket.CodeInvalid, "En esta conversación todavía no hay texto.")
	}
	return write(ctx, lines)
}

// said is what customer and business said to each other: no notes, which are
// between the people at the counter, and nothing that was taken back.
func said(messages []ticket.Message) []llm.Line {
	var lines []llm.Line
	for _, m := range messages {
		text := m.Body
		if text == "" {
			text = m.Transcription
		}
		if text == "" || !m.DeletedAt.IsZero() || !wasSaid(m) {
			continue
		}
		lines = append(lines, llm.Line{FromCustomer: m.Direction == ticket.DirectionIn, Text: text})
	}
	return lines
}

func wasSaid(m ticket.Message) bool {
	switch m.Direction {
	case ticket.DirectionIn:
		return m.Kind != ticket.KindUnreadable
	case ticket.DirectionOut:
		return m.Delivery != ticket.DeliveryFailed && m.Delivery != ticket.DeliveryDiscarded
	}
	return false
}
