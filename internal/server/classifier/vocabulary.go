package classifier

import (
	"fmt"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/spanish"
)

// vocabulary brings the forms and regional variants of a word together.
type vocabulary struct {
	synonyms map[string]string // of folded words and of stems
	stems    map[string]string // of the words met in training, so that they are not computed again
}

// newVocabulary reads the embedded synonyms, unless they are not wanted.
func newVocabulary(synonyms bool) (*vocabulary, error) {
	v := &vocabulary{synonyms: map[string]string{}, stems: map[string]string{}}
	if !synonyms {
		return v, nil
	}
	data, err := templates.ReadFile("templates/sinonimos.txt")
	if err != nil {
		return nil, fmt.Errorf("read synonyms: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		first, rest, ok := strings.Cut(line, ":")
		if !ok || line[0] == '#' {
			continue
		}
		for _, word := range append(strings.Fields(rest), first) {
			word = foldWord(word)
			v.synonyms[word] = first
			if stem := spanishStem(word); v.synonyms[stem] == "" {
				v.synonyms[stem] = first
			}
		}
	}
	return v, nil
}

// learn returns the stems of tokens and keeps them, so that they are not computed
// again. It must not be called once the model is in use.
func (v *vocabulary) learn(tokens []token) []string {
	stems := v.stemsOf(tokens)
	for i, t := range tokens {
		v.stems[t.word] = stems[i]
	}
	return stems
}

func (v *vocabulary) stemsOf(tokens []token) []string {
	stems := make([]string, len(tokens))
	for i, t := range tokens {
		stems[i] = v.stem(t.word)
	}
	return stems
}

// stem returns what word has in common with its other forms and its synonyms.
func (v *vocabulary) stem(word string) string {
	if stem, ok := v.stems[word]; ok {
		return stem
	}
	if synonym, ok := v.synonyms[word]; ok {
		return synonym
	}
	stem := spanishStem(word)
	if synonym, ok := v.synonyms[stem]; ok {
		return synonym
	}
	return stem
}

// spanishStem cuts the ending off a folded word.
func spanishStem(word string) string {
	env := snowballstem.NewEnv(word)
	spanish.Stem(env)
	return env.Current()
}
