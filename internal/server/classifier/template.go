package classifier

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"mostrador/internal/ticket"
)

//go:embed templates
var templates embed.FS

// Category is one of the things a message may be about.
type Category struct {
	Name     string          // what people see
	Slug     string          // the name of its file of sentences
	Keywords []string        // words and phrases that speak for it; case and accents do not matter
	Examples []string        // messages that are about it
	Priority ticket.Priority // of what is about it, unless the text says otherwise; empty: normal
}

// Template is a set of categories to choose from.
type Template struct {
	Name       string // also the folder of its sentences
	Categories []Category
}

// Names of the templates that come with the program.
const (
	HelpDesk = "mesa"
	Commerce = "comercio"
)

// priorityBySlug has the words for priorities in the sentences and cues.
var priorityBySlug = map[string]ticket.Priority{
	"urgente": ticket.PriorityUrgent, "alta": ticket.PriorityHigh, "normal": ticket.PriorityNormal, "baja": ticket.PriorityLow,
}

// LoadTemplate returns the template called name, or an error of CodeInvalid.
func LoadTemplate(name string) (Template, error) {
	if name != HelpDesk && name != Commerce {
		return Template{}, ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("No existe la plantilla %q; hay «mesa» y «comercio».", name))
	}
	return readTemplate(name)
}

// readTemplate reads an embedded file of categories and keywords.
func readTemplate(name string) (Template, error) {
	data, err := templates.ReadFile("templates/" + name + ".txt")
	if err != nil {
		return Template{}, fmt.Errorf("read template: %w", err)
	}
	t := Template{Name: name}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if slug, category, ok := strings.Cut(line, "] "); ok && line[0] == '[' {
			t.Categories = append(t.Categories, Category{Name: category, Slug: slug[1:]})
			continue
		}
		if len(t.Categories) == 0 {
			return Template{}, fmt.Errorf("read template %s: keywords before the first category", name)
		}
		last := &t.Categories[len(t.Categories)-1]
		for keyword := range strings.SplitSeq(line, ",") {
			last.Keywords = append(last.Keywords, strings.TrimSpace(keyword))
		}
	}
	return t, nil
}

// Sentence is a labelled example.
type Sentence struct {
	Text     string
	Category string // a Category's Name, or empty for one that only teaches priority
	Priority ticket.Priority
	Country  string // mx, ar, co, es, cl, pe, pt, en, or xx for none in particular
	Author   int    // sentences of one number were written in one voice
}

// ReadSentences reads the sentences of t's categories from files called
// slug.tsv in a folder named like t: text, priority, country and author, with a
// tab between them. A line that is not like that is an error that names it.
func ReadSentences(files fs.FS, t Template) ([]Sentence, error) {
	var all []Sentence
	for _, c := range t.Categories {
		name := t.Name + "/" + c.Slug + ".tsv"
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read sentences: %w", err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			s, err := parseSentence(line)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
			s.Category = c.Name
			all = append(all, s)
		}
	}
	return all, nil
}

func parseSentence(line string) (Sentence, error) {
	fields := strings.Split(line, "\t")
	if len(fields) != 4 || slices.Contains(fields, "") {
		return Sentence{}, fmt.Errorf("got %d fields, want text, priority, country and author", len(fields))
	}
	author, err := strconv.Atoi(fields[3])
	if err != nil {
		return Sentence{}, fmt.Errorf("author: %w", err)
	}
	priority, ok := priorityBySlug[fields[1]]
	if !ok {
		return Sentence{}, fmt.Errorf("unknown priority %q", fields[1])
	}
	return Sentence{Text: fields[0], Priority: priority, Country: fields[2], Author: author}, nil
}
