// Package said says in other languages what the server and the laptop say in
// Spanish.
//
// Its one rule: the Spanish sentence is the key, and the translations are those
// that the panel uses, so that nothing is translated in two places.
package said

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Languages are the translations by language. Safe for concurrent use.
type Languages map[string]*Language

// Language is one language; nil is Spanish.
type Language struct {
	table  map[string]string
	shapes []shape
}

// shape is a sentence with values in it.
type shape struct {
	spanish *regexp.Regexp
	said    string
}

// Load reads the sentences among the panel's files.
func Load(panel fs.FS) (Languages, error) {
	names, err := fs.Glob(panel, "i18n/server/*.json")
	if err != nil {
		return nil, fmt.Errorf("find translations: %w", err)
	}
	all := Languages{}
	for _, name := range names {
		data, err := fs.ReadFile(panel, name)
		if err != nil {
			return nil, fmt.Errorf("read translations: %w", err)
		}
		var table map[string]string
		if err := json.Unmarshal(data, &table); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = newLanguage(table)
	}
	return all, nil
}

func newLanguage(table map[string]string) *Language {
	l := &Language{table: table}
	for _, spanish := range slices.Sorted(maps.Keys(table)) {
		if !strings.Contains(spanish, "{}") {
			continue
		}
		parts := strings.Split(spanish, "{}")
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		l.shapes = append(l.shapes, shape{regexp.MustCompile(`(?s)^` + strings.Join(parts, `(.+?)`) + `$`), table[spanish]})
	}
	return l
}

// Say says a sentence in which {} stands for each of values. One that nobody
// translated is said in Spanish.
func (l *Language) Say(spanish string, values ...any) string {
	if l != nil && l.table[spanish] != "" {
		spanish = l.table[spanish]
	}
	return fill(spanish, func(i int) string { return fmt.Sprint(values[i]) })
}

// Sentence says what was said in Spanish, values and all. One that nobody
// translated stays as it is.
func (l *Language) Sentence(spanish string) string {
	if l == nil {
		return spanish
	}
	if translated := l.table[spanish]; translated != "" {
		return translated
	}
	for _, s := range l.shapes {
		if values := s.spanish.FindStringSubmatch(spanish); values != nil {
			return fill(s.said, func(i int) string { return l.Sentence(values[i+1]) }) // a value may be a sentence
		}
	}
	return spanish
}

// fill puts a value into each {}.
func fill(sentence string, value func(i int) string) string {
	var out strings.Builder
	for i, part := range strings.Split(sentence, "{}") {
		if i > 0 {
			out.WriteString(value(i - 1))
		}
		out.WriteString(part)
	}
	return out.String()
}
