package store

import (
	"context"
	"slices"

	"mostrador/internal/ticket"
)

// Languages are those that people may read notices in; the first is everybody's
// who has said nothing.
var Languages = []string{"es", "en", "pt"}

func checkLanguage(language string) error {
	if !slices.Contains(Languages, language) {
		return ticket.NewError(ticket.CodeInvalid, "Ese idioma no existe: hay español, inglés y portugués.")
	}
	return nil
}

// Language returns the one that a user has said they read; empty for who has not,
// and for nobody.
func (s *Store) Language(ctx context.Context, user int64) (language string, err error) {
	_, err = one(s.reader.QueryRowContext(ctx, `SELECT language FROM users WHERE id = $1`, user), &language)
	return language, wrap("find language", err)
}

// SetLanguage notes which one a user reads. One that there is not is CodeInvalid.
func (s *Store) SetLanguage(ctx context.Context, business, user int64, language string) error {
	if err := checkLanguage(language); err != nil {
		return err
	}
	return s.write(ctx, "set language", func(t *tx) error {
		return t.exec(`UPDATE users SET language = $3 WHERE id = $2 AND business_id = $1`, business, user, language)
	})
}

// NoticeLanguage returns the one that notices to a user are in: the user's, or
// else the business's, which is also that of what goes to user 0.
func (s *Store) NoticeLanguage(ctx context.Context, business, user int64) (string, error) {
	language, err := s.Language(ctx, user)
	if err != nil || language != "" {
		return language, err
	}
	language = Languages[0]
	_, err = one(s.reader.QueryRowContext(ctx, `SELECT language FROM notice_settings WHERE business_id = $1`, business), &language)
	return language, wrap("find language", err)
}
