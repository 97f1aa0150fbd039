package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// eraseStep is how many messages one transaction deletes at most: a few
// milliseconds of SQLite's one writer, between which others get their turn.
const eraseStep = 200

// movesOfTicket are the joins and splits that a ticket, $1, had part in.
const movesOfTicket = `SELECT v.id FROM tickets t JOIN ticket_moves v ON v.business_id = t.business_id AND t.number IN (v.source, v.target) WHERE t.id = $1`

// Statements that delete one message, and one ticket without messages; $1 is its
// id. A table that refers to either belongs here. Names of files are kept until
// the files are off the disk too.
var (
	eraseMessage = []string{
		`INSERT INTO doomed_files (file) SELECT file FROM attachments WHERE message_id = $1 AND file IS NOT NULL ON CONFLICT DO NOTHING`,
		`DELETE FROM attachments WHERE message_id = $1`,
		`DELETE FROM messages WHERE id = $1`,
	}
	eraseTicket = []string{
		// What it takes to undo a move holds titles and descriptions.
		`DELETE FROM moved_messages WHERE move_id IN (` + movesOfTicket + `)`,
		`DELETE FROM ticket_moves WHERE id IN (` + movesOfTicket + `)`,
		`UPDATE businesses SET learn_version = learn_version + 1 WHERE id IN (SELECT business_id FROM corrections WHERE ticket_id = $1)`,
		`DELETE FROM corrections WHERE ticket_id = $1`,
		`DELETE FROM notices WHERE ticket > 0 AND ticket = (SELECT number FROM tickets WHERE id = $1) AND business_id = (SELECT business_id FROM tickets WHERE id = $1)`,
		`DELETE FROM tickets WHERE id = $1`,
	}
	// eraseContact is for one without tickets and messages.
	eraseContact = []string{
		`DELETE FROM contact_notes WHERE contact_id = $1`,
		`DELETE FROM contacts WHERE id = $1`,
	}
)

func (t *tx) each(statements []string, id int64) error {
	for _, statement := range statements {
		if err := t.exec(statement, id); err != nil {
			return fmt.Errorf("erase row: %w", err)
		}
	}
	return nil
}

// eraseMessages deletes up to most of the messages that where, a condition on $1,
// chooses, and returns how many.
func (t *tx) eraseMessages(where string, id int64, most int) (int, error) {
	ids, err := list(t.ctx, t.conn, scanID, `SELECT id FROM messages WHERE `+where+` ORDER BY id LIMIT $2`, id, most)
	if err != nil {
		return 0, fmt.Errorf("find messages: %w", err)
	}
	for _, message := range ids {
		if err := t.each(eraseMessage, message); err != nil {
			return 0, err
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), t.tellNext()
}

// tellNext has channels told of the next message although some are gone: on
// SQLite it may get the id of the last one there was.
func (t *tx) tellNext() error {
	if t.id == returningID {
		return nil
	}
	const last = `(SELECT COALESCE(MAX(id), 0) FROM messages)`
	return t.exec(`UPDATE notice_settings SET message_cursor = ` + last + ` WHERE message_cursor > ` + last)
}

// eraseTicket deletes a ticket, or at most some of its messages, and reports
// whether it is gone.
func (t *tx) eraseTicket(id int64, most int) (n int, gone bool, err error) {
	n, err = t.eraseMessages(`ticket_id = $1`, id, most)
	if err != nil || n == most {
		return n, false, err
	}
	return n, true, t.each(eraseTicket, id)
}

// EraseCustomer deletes a customer for ever: their tickets with everything in
// them, their messages, files, notes and the contact itself. Numbers of tickets
// are not used again. It takes many small transactions; broken off, it goes on
// where it was when it is called again. Files are off the disk only after
// DoomedFiles was seen to. An unknown customer is CodeNotFound.
func (s *Store) EraseCustomer(ctx context.Context, business, user, id int64) error {
	for {
		var gone bool
		err := s.write(ctx, "erase customer", func(t *tx) (err error) {
			if _, err := t.lockCustomer(business, id); err != nil {
				return err
			}
			if gone, err = t.eraseSome(id); err != nil || !gone {
				return err
			}
			t.hint(business, 0, HintTicket)
			return t.audit(Act{Business: business, User: user, Action: "customer.erased", Object: customerObject(id)})
		})
		if err != nil || gone {
			return err
		}
	}
}

// eraseSome deletes some of what is there of a contact, and reports whether that
// was the last of it.
func (t *tx) eraseSome(contact int64) (gone bool, err error) {
	left := eraseStep
	tickets, err := list(t.ctx, t.conn, scanID, `SELECT id FROM tickets WHERE contact_id = $1 ORDER BY id LIMIT $2`, contact, eraseStep)
	if err != nil {
		return false, fmt.Errorf("find tickets: %w", err)
	}
	for _, id := range tickets {
		n, done, err := t.eraseTicket(id, left)
		if err != nil {
			return false, err
		}
		// A ticket counts as a message, so that empty ones come to an end too.
		if left -= n + 1; !done || left <= 0 {
			return false, nil
		}
	}
	n, err := t.eraseMessages(`contact_id = $1`, contact, left)
	if err != nil || n == left || len(tickets) == eraseStep {
		return false, err
	}
	return true, t.each(eraseContact, contact)
}

// DoomedFiles returns up to n names of files whose rows are gone and that still
// have to leave the disk.
func (s *Store) DoomedFiles(ctx context.Context, n int) ([]string, error) {
	names, err := list(ctx, s.reader, scanText, `SELECT file FROM doomed_files ORDER BY file LIMIT $1`, n)
	if err != nil {
		return nil, fmt.Errorf("list doomed files: %w", explain(err))
	}
	return names, nil
}

// ForgetFiles notes that doomed files are off the disk, durably.
func (s *Store) ForgetFiles(ctx context.Context, names []string) error {
	for chunk := range slices.Chunk(names, namesPerQuery) {
		var marks strings.Builder
		args := make([]any, len(chunk))
		for i, name := range chunk {
			args[i] = name
			marks.WriteString(", $" + strconv.Itoa(i+1))
		}
		err := s.write(ctx, "forget files", func(t *tx) error {
			return t.exec(`DELETE FROM doomed_files WHERE file IN (`+marks.String()[2:]+`)`, args...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
