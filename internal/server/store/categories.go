package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mostrador/internal/ticket"
)

// Category is one of the things that a business's tickets may be about.
type Category struct {
	ID          int64
	Slug        string // never changes; that of a template's category where it has one
	Name        string // unique within the business, in upper or lower case
	Description string
	Keywords    []string
	Examples    []string        // messages that are about it
	Color       string          // one of Colors, or empty
	Priority    ticket.Priority // of its tickets, unless their text says otherwise; empty for none
	Rest        bool            // the one for everything else; each business has one
	Archived    bool            // no ticket gets it any more
}

// Colors returns what a category may be marked with.
func Colors() []string {
	return []string{"gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"}
}

// Limits of a category, in characters and in entries.
const (
	maxCategoryName = 60
	maxDescription  = 500
	maxKeyword      = 100
	maxExample      = 1000
	maxKeywords     = 1000
	maxExamples     = 200
	maxCategories   = 100
)

// errNoCategory answers every question about a category that is not there.
var errNoCategory = ticket.NewError(ticket.CodeNotFound, "Categoría no encontrada")

// checked returns c cleaned, or CodeInvalid.
func (c Category) checked() (Category, error) {
	cleanAll(&c.Name, &c.Description)
	c.Name, c.Description = strings.Join(strings.Fields(c.Name), " "), strings.TrimSpace(c.Description)
	c.Keywords, c.Examples = lines(c.Keywords), lines(c.Examples)
	problem := ""
	switch {
	case c.Name == "":
		problem = "La categoría necesita un nombre."
	case utf8.RuneCountInString(c.Name) > maxCategoryName:
		problem = fmt.Sprintf("El nombre tiene más de %d caracteres.", maxCategoryName)
	case utf8.RuneCountInString(c.Description) > maxDescription:
		problem = fmt.Sprintf("La descripción tiene más de %d caracteres.", maxDescription)
	case len(c.Keywords) > maxKeywords || longest(c.Keywords) > maxKeyword:
		problem = fmt.Sprintf("Son demasiadas palabras clave, o alguna tiene más de %d caracteres.", maxKeyword)
	case len(c.Examples) > maxExamples || longest(c.Examples) > maxExample:
		problem = fmt.Sprintf("Son más de %d ejemplos, o alguno tiene más de %d caracteres.", maxExamples, maxExample)
	case c.Color != "" && !slices.Contains(Colors(), c.Color):
		problem = "Ese color no existe."
	case c.Priority != "" && !slices.Contains(ticket.Priorities(), c.Priority):
		problem = "Esa prioridad no existe."
	}
	if problem != "" {
		return Category{}, ticket.NewError(ticket.CodeInvalid, problem)
	}
	return c, nil
}

// lines returns texts without blank and repeated ones; never nil.
func lines(texts []string) []string {
	kept := []string{}
	for _, text := range texts {
		text = strings.TrimSpace(clean(text))
		if text != "" && !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return kept
}

func longest(texts []string) int {
	n := 0
	for _, text := range texts {
		n = max(n, utf8.RuneCountInString(text))
	}
	return n
}

const categoryColumns = `id, slug, name, description, keywords, examples, color, priority, rest, archived_at`

func scanCategory(row scanner) (c Category, err error) {
	var keywords, examples string
	var archived int64
	if err := row.Scan(&c.ID, &c.Slug, &c.Name, &c.Description, &keywords, &examples, &c.Color, &c.Priority, &c.Rest, &archived); err != nil {
		return c, err
	}
	c.Archived = archived != 0
	if err := json.Unmarshal([]byte(keywords), &c.Keywords); err != nil {
		return c, fmt.Errorf("read keywords of category %d: %w", c.ID, err)
	}
	if err := json.Unmarshal([]byte(examples), &c.Examples); err != nil {
		return c, fmt.Errorf("read examples of category %d: %w", c.ID, err)
	}
	return c, nil
}

const categoriesInOrder = `SELECT ` + categoryColumns + ` FROM categories WHERE business_id = $1 ORDER BY position, id`

// Categories returns a business's categories in their order, archived ones too.
func (s *Store) Categories(ctx context.Context, business int64) ([]Category, error) {
	all, err := list(ctx, s.reader, scanCategory, categoriesInOrder, business)
	if err != nil {
		return nil, fmt.Errorf("list categories: %w", explain(err))
	}
	return all, nil
}

// AddCategory adds c at the end of the business's order and returns it with its
// ID and Slug. A name that is taken is CodeConflict, also by an archived
// category; a value that is too long or unknown CodeInvalid.
func (s *Store) AddCategory(ctx context.Context, business int64, c Category) (Category, error) {
	c, err := c.checked()
	if err != nil {
		return Category{}, err
	}
	err = s.write(ctx, "add category", func(t *tx) error {
		var n, last int64
		if _, err := t.row([]any{&n, &last}, `SELECT COUNT(*), COALESCE(MAX(position), 0) FROM categories WHERE business_id = $1`, business); err != nil {
			return err
		}
		if n >= maxCategories {
			return ticket.NewError(ticket.CodeConflict, fmt.Sprintf("Ya hay %d categorías, contando las archivadas.", maxCategories))
		}
		c.Slug, c.Rest, c.Archived = fmt.Sprintf("propia-%d", last+1), false, false
		id, err := t.insertCategory(business, c, last+1)
		if err != nil {
			return err
		}
		if id == 0 {
			return nameTaken(c.Name)
		}
		c.ID = id
		return t.learnAnew(business)
	})
	return c, err
}

func nameTaken(name string) error {
	return ticket.NewError(ticket.CodeConflict, fmt.Sprintf("Ya hay una categoría que se llama «%s», quizá archivada.", name))
}

// insertCategory returns 0 when slug or name is taken.
func (t *tx) insertCategory(business int64, c Category, position int64) (int64, error) {
	archived := int64(0)
	if c.Archived {
		archived = t.now
	}
	return t.add(`
		INSERT INTO categories (business_id, slug, name, name_key, description, keywords, examples, color, priority, position, rest, archived_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
		business, c.Slug, c.Name, nameKey(c.Name), c.Description, wordList(c.Keywords), wordList(c.Examples), c.Color, c.Priority, position, c.Rest, archived, t.now)
}

// category locks and returns a category, or errNoCategory.
func (t *tx) category(business, id int64) (Category, error) {
	all, err := list(t.ctx, t.conn, scanCategory,
		`UPDATE categories SET slug = slug WHERE business_id = $1 AND id = $2 RETURNING `+categoryColumns, business, id)
	if err != nil {
		return Category{}, err
	}
	if len(all) == 0 {
		return Category{}, errNoCategory
	}
	return all[0], nil
}

// ChangeCategory has change alter a category, all but its ID, Slug and Rest, and
// returns it as it is then. The tickets of a category that is renamed get the new
// name, also those whose correction is undone later. The category for everything
// else cannot be archived: that is CodeConflict, as is a name that is taken. An
// unknown category is CodeNotFound.
// change may run several times.
func (s *Store) ChangeCategory(ctx context.Context, business, id int64, change func(*Category)) (Category, error) {
	var c Category
	err := s.write(ctx, "change category", func(t *tx) error {
		old, err := t.category(business, id)
		if err != nil {
			return err
		}
		c = old
		change(&c)
		c.ID, c.Slug, c.Rest = old.ID, old.Slug, old.Rest
		if c, err = c.checked(); err != nil {
			return err
		}
		if c.Rest && c.Archived {
			return ticket.NewError(ticket.CodeConflict, "Esta categoría recibe todo lo que no cabe en otra: no se puede archivar.")
		}
		return t.saveCategory(business, old, c)
	})
	return c, err
}

func (t *tx) saveCategory(business int64, old, c Category) error {
	archived := int64(0)
	if c.Archived {
		archived = t.now
	}
	saved, err := t.changed(`
		UPDATE categories SET name = $2, name_key = $3, description = $4, keywords = $5, examples = $6, color = $7, priority = $8, archived_at = $9
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM categories o WHERE o.business_id = $10 AND o.name_key = $3 AND o.id <> $1)`,
		c.ID, c.Name, nameKey(c.Name), c.Description, wordList(c.Keywords), wordList(c.Examples), c.Color, c.Priority, archived, business)
	if err != nil {
		return err
	}
	if !saved {
		return nameTaken(c.Name)
	}
	if c.Name != old.Name {
		if err := t.renameCategory(business, old.Name, c.Name); err != nil {
			return fmt.Errorf("rename category of tickets: %w", err)
		}
	}
	return t.learnAnew(business)
}

// renameCategory gives the new name to all tickets that have the old one, to those
// that may be about it, and to those that would have it again if a correction were
// undone.
func (t *tx) renameCategory(business int64, old, name string) error {
	if err := t.exec(`UPDATE tickets SET category = $3 WHERE business_id = $1 AND category = $2`, business, old, name); err != nil {
		return err
	}
	const candidates, before = `UPDATE tickets SET candidates = REPLACE(candidates, $2, $3)
		WHERE business_id = $1 AND candidates <> '[]' AND candidates <> REPLACE(candidates, $2, $3)`,
		`UPDATE corrections SET before = REPLACE(before, $2, $3) WHERE business_id = $1 AND before <> REPLACE(before, $2, $3)`
	// The keys are those of ticket.Candidate and of judgement. Within JSON neither
	// can be part of a text, whose quotes have backslashes.
	for _, change := range [][2]string{{candidates, "Category"}, {before, "Category"}, {before, "category"}} {
		was, err := json.Marshal(map[string]string{change[1]: old})
		if err != nil {
			return err
		}
		is, err := json.Marshal(map[string]string{change[1]: name})
		if err != nil {
			return err
		}
		if err := t.exec(change[0], business, string(was[1:len(was)-1]), string(is[1:len(is)-1])); err != nil {
			return err
		}
	}
	return nil
}

// OrderCategories puts a business's categories into the order of ids, which must
// be all of them, each once: anything else is CodeConflict, as somebody else may
// have added one.
func (s *Store) OrderCategories(ctx context.Context, business int64, ids []int64) error {
	return s.write(ctx, "order categories", func(t *tx) error {
		known, err := list(t.ctx, t.conn, scanID, `UPDATE categories SET slug = slug WHERE business_id = $1 RETURNING id`, business)
		if err != nil {
			return err
		}
		sorted := slices.Sorted(slices.Values(ids))
		slices.Sort(known)
		if !slices.Equal(sorted, known) {
			return ticket.NewError(ticket.CodeConflict, "Las categorías cambiaron entretanto: vuelva a cargarlas.")
		}
		for i, id := range ids {
			if err := t.exec(`UPDATE categories SET position = $2 WHERE id = $1`, id, i+1); err != nil {
				return err
			}
		}
		return t.learnAnew(business)
	})
}

// UseTemplate gives a business the categories of a template: it archives those of
// the template used before and adds or brings back those of this one. Categories
// of the business's own stay, and tickets keep what they have. The last one of
// categories is for everything else. With only first, it does nothing for a
// business that has a template already.
func (s *Store) UseTemplate(ctx context.Context, business int64, template string, categories []Category, onlyFirst bool) error {
	if onlyFirst && s.hasTemplate(ctx, business) {
		return nil
	}
	return s.write(ctx, "use template", func(t *tx) error {
		var before string
		found, err := t.row([]any{&before}, `UPDATE businesses SET code = code WHERE id = $1 RETURNING template`, business)
		if err != nil || !found || before == template || onlyFirst && before != "" {
			return err
		}
		if err := t.exec(`
			UPDATE categories SET rest = FALSE, position = position + $3,
				archived_at = CASE WHEN archived_at = 0 AND slug NOT LIKE 'propia-%' THEN $2 ELSE archived_at END
			WHERE business_id = $1`, business, t.now, len(categories)); err != nil {
			return err
		}
		for i, c := range categories {
			if err := t.bring(business, c, i+1); err != nil {
				return err
			}
		}
		if err := t.exec(`UPDATE categories SET rest = TRUE WHERE business_id = $1 AND slug = $2`, business, categories[len(categories)-1].Slug); err != nil {
			return err
		}
		if err := t.exec(`UPDATE businesses SET template = $2 WHERE id = $1`, business, template); err != nil {
			return err
		}
		return t.learnAnew(business)
	})
}

// hasTemplate reports what nearly every start asks, which need not wait for the
// disk to learn it. False may be wrong.
func (s *Store) hasTemplate(ctx context.Context, business int64) bool {
	var template string
	err := s.reader.QueryRowContext(ctx, `SELECT template FROM businesses WHERE id = $1`, business).Scan(&template)
	return err == nil && template != ""
}

// bring adds a category of a template, or brings the one back that has its slug
// or its name.
func (t *tx) bring(business int64, c Category, position int) error {
	back, err := t.changed(`UPDATE categories SET archived_at = 0, position = $3 WHERE business_id = $1 AND slug = $2`, business, c.Slug, position)
	if err != nil || back {
		return err
	}
	back, err = t.changed(`UPDATE categories SET archived_at = 0, position = $3, slug = $4 WHERE business_id = $1 AND name_key = $2`,
		business, nameKey(c.Name), position, c.Slug)
	if err != nil || back {
		return err
	}
	c.Color = Colors()[position%len(Colors())]
	_, err = t.insertCategory(business, c, int64(position))
	return err
}

// learnAnew says that something a model is made of has changed.
func (t *tx) learnAnew(business int64) error {
	return t.exec(`UPDATE businesses SET learn_version = learn_version + 1 WHERE id = $1`, business)
}
