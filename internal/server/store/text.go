package store

import (
	"strings"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// clean returns text without what a database refuses: PostgreSQL takes neither
// NUL characters nor invalid UTF-8.
func clean(text string) string {
	if utf8.ValidString(text) && !strings.Contains(text, "\x00") {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// cleanAll cleans texts in place.
func cleanAll(texts ...*string) {
	for _, text := range texts {
		*text = clean(*text)
	}
}

// cut returns the first limit runes of text.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for i := range text {
		if limit == 0 {
			return text[:i]
		}
		limit--
	}
	return text
}

// firstLine is a title for a text that nobody gave one.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return cut(strings.TrimSpace(line), titleLimit)
}

// cleaned returns what a sender says about files, fit for the database.
func cleaned(files []ticket.Attachment) []ticket.Attachment {
	out := make([]ticket.Attachment, len(files))
	for i, f := range files {
		cleanAll(&f.File, &f.Name, &f.MIME, &f.Note)
		if f.State == ticket.FileStored && f.File == "" {
			f.State = ticket.FileUnavailable
		}
		out[i] = f
	}
	return out
}
