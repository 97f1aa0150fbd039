package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mostrador/internal/ticket"
)

// namesPerQuery bounds one query of ReferencedFiles; SQLite allows 32766
// parameters, PostgreSQL 65535.
const namesPerQuery = 500

// File returns the attachment of a business that is stored under name, or
// CodeNotFound.
func (s *Store) File(ctx context.Context, business int64, name string) (ticket.Attachment, error) {
	files, err := list(ctx, s.reader, scanAttached, `
		SELECT message_id, file, name, mime, size, state, note FROM attachments
		WHERE file = $1 AND business_id = $2 AND state = 'stored'`, clean(name), business)
	if err != nil {
		return ticket.Attachment{}, fmt.Errorf("load file: %w", explain(err))
	}
	if len(files) == 0 {
		return ticket.Attachment{}, ticket.NewError(ticket.CodeNotFound, "Archivo no encontrado")
	}
	return files[0].Attachment, nil
}

// ReferencedFiles returns those of names that an attachment of any business is
// stored under.
func (s *Store) ReferencedFiles(ctx context.Context, names []string) (map[string]bool, error) {
	referenced := map[string]bool{}
	for chunk := range slices.Chunk(names, namesPerQuery) {
		var marks strings.Builder
		args := make([]any, len(chunk))
		for i, name := range chunk {
			args[i] = clean(name)
			marks.WriteString(", $" + strconv.Itoa(i+1))
		}
		found, err := list(ctx, s.reader, scanText, `SELECT file FROM attachments WHERE file IN (`+marks.String()[2:]+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("find files: %w", explain(err))
		}
		for _, name := range found {
			referenced[name] = true
		}
	}
	return referenced, nil
}
