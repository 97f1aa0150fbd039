package store

import (
	"context"
	"fmt"

	"mostrador/internal/ticket"
)

// Conversation returns every message of a ticket with its attachments, the
// oldest first by when it was written, or CodeNotFound. Within one second, which
// is as finely as WhatsApp tells the time, the order of arrival counts.
func (s *Store) Conversation(ctx context.Context, business, number int64) ([]ticket.Message, error) {
	messages, err := list(ctx, s.reader, scanMessage, `
		SELECT m.id, m.direction, m.kind, m.body, m.original_body, m.author, COALESCE(m.wa_id, ''), m.refers_to, m.from_phone,
			`+shownDelivery+`, m.failure, m.sent_at, m.edited_at, m.deleted_at, m.transcription
		FROM tickets t JOIN messages m ON m.ticket_id = t.id
		WHERE t.business_id = $1 AND t.number = $2 ORDER BY m.sent_at / 1000, m.id`, business, number)
	if err != nil {
		return nil, fmt.Errorf("load conversation: %w", explain(err))
	}
	if len(messages) == 0 {
		_, err := s.Ticket(ctx, business, number)
		return messages, err
	}
	files, err := list(ctx, s.reader, scanAttached, `
		SELECT a.message_id, COALESCE(a.file, ''), a.name, a.mime, a.size, a.state, a.note
		FROM tickets t JOIN messages m ON m.ticket_id = t.id JOIN attachments a ON a.message_id = m.id
		WHERE t.business_id = $1 AND t.number = $2 ORDER BY a.id`, business, number)
	if err != nil {
		return nil, fmt.Errorf("load attachments: %w", explain(err))
	}
	byMessage := map[int64][]ticket.Attachment{}
	for _, f := range files {
		byMessage[f.message] = append(byMessage[f.message], f.Attachment)
	}
	for i := range messages {
		messages[i].Attachments = byMessage[messages[i].ID]
	}
	return messages, nil
}

func scanMessage(row scanner) (m ticket.Message, err error) {
	var sent, edited, deleted int64
	err = row.Scan(&m.ID, &m.Direction, &m.Kind, &m.Body, &m.OriginalBody, &m.Author, &m.WhatsAppID, &m.RefersTo, &m.FromPhone,
		&m.Delivery, &m.Failure, &sent, &edited, &deleted, &m.Transcription)
	m.SentAt, m.EditedAt, m.DeletedAt = instant(sent), instant(edited), instant(deleted)
	return m, err
}

// attached is an attachment and the message it belongs to.
type attached struct {
	ticket.Attachment

	message int64
}

func scanAttached(row scanner) (a attached, err error) {
	err = row.Scan(&a.message, &a.File, &a.Name, &a.MIME, &a.Size, &a.State, &a.Note)
	return a, err
}
