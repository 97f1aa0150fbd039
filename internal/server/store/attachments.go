package store

import (
	"fmt"
	"strings"

	"mostrador/internal/ticket"
)

// firstPicture selects the file of the first picture that a customer sent to a
// ticket, $1.
const firstPicture = `SELECT a.file FROM messages m JOIN attachments a ON a.message_id = m.id
	WHERE m.ticket_id = $1 AND m.direction = 'in' AND a.state = 'stored' AND a.mime LIKE 'image/%' ORDER BY m.sent_at, m.id LIMIT 1`

// attach adds a file to the message just stored.
func (g *intake) attach(f ticket.Attachment) error {
	err := g.exec(`
		INSERT INTO attachments (business_id, message_id, file, name, mime, size, state, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		g.in.Business, g.out.Message, nullable(f.File), f.Name, f.MIME, f.Size, f.State, f.Note)
	if err != nil {
		return fmt.Errorf("attach file: %w", err)
	}
	g.out.UsedFiles = g.out.UsedFiles || f.State == ticket.FileStored
	return nil
}

// fill brings the attachments of a message that is stored already up to date
// with a repetition of it. A stored file is never replaced.
func (g *intake) fill() error {
	type slot struct {
		id    int64
		state ticket.FileState
	}
	slots, err := list(g.ctx, g.conn, func(row scanner) (s slot, err error) {
		err = row.Scan(&s.id, &s.state)
		return s, err
	}, `SELECT id, state FROM attachments WHERE message_id = $1 ORDER BY id`, g.out.Message)
	if err != nil {
		return fmt.Errorf("list attachments: %w", err)
	}
	for i, f := range g.in.Attachments {
		if i >= len(slots) {
			err = g.attach(f)
		} else if better(f.State, slots[i].state) {
			err = g.replace(slots[i].id, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// better reports whether a repetition in state now tells more than before did.
func better(now, before ticket.FileState) bool {
	return before != ticket.FileStored && now == ticket.FileStored ||
		before == ticket.FilePending && now == ticket.FileUnavailable
}

func (g *intake) replace(id int64, f ticket.Attachment) error {
	g.out.UsedFiles = g.out.UsedFiles || f.State == ticket.FileStored
	return g.exec(`UPDATE attachments SET file = $2, name = $3, mime = $4, size = $5, state = $6, note = $7 WHERE id = $1`,
		id, nullable(f.File), f.Name, f.MIME, f.Size, f.State, f.Note)
}

// picture makes the first stored picture of the customer the ticket's.
func (g *intake) picture(ticketID int64) error {
	if g.in.Direction != ticket.DirectionIn {
		return nil
	}
	for _, f := range g.in.Attachments {
		if f.State == ticket.FileStored && strings.HasPrefix(f.MIME, "image/") && g.out.UsedFiles {
			return g.exec(`UPDATE tickets SET photo = $2 WHERE id = $1 AND photo = ''`, ticketID, f.File)
		}
	}
	return nil
}
