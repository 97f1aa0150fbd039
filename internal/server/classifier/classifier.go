// Package classifier says what a customer's request is about, how pressing it
// is, and which words say so.
//
// Its one rule: an answer is a pure function of the text and of what the model
// was trained on, so that the same words always lead to the same answer.
//
// To follow a message, read text.go, vocabulary.go, features.go and model.go, in
// that order; train.go makes the model that they use.
package classifier

import (
	"sync"

	"mostrador/internal/server/classifier/corpus"
)

// Load trains a model for the template called name on the sentences that come
// with the program. It takes some tenths of a second.
func Load(name string) (*Model, error) {
	t, sentences, err := Corpus(name)
	if err != nil {
		return nil, err
	}
	return Train(t, sentences)
}

// Corpus returns the template called name with its sentences, or an error of
// CodeInvalid for a name that is none. The other templates' sentences come along
// without a category: what is pressing does not depend on the trade.
func Corpus(name string) (Template, []Sentence, error) {
	t, err := LoadTemplate(name)
	if err != nil {
		return Template{}, nil, err
	}
	sentences, err := ReadSentences(corpus.FS, t)
	for _, other := range []string{HelpDesk, Commerce} {
		if err != nil || other == name {
			continue
		}
		var more []Sentence
		if more, err = readOthers(other); err == nil {
			sentences = append(sentences, more...)
		}
	}
	return t, sentences, err
}

func readOthers(name string) ([]Sentence, error) {
	t, err := LoadTemplate(name)
	if err != nil {
		return nil, err
	}
	sentences, err := ReadSentences(corpus.FS, t)
	for i := range sentences {
		sentences[i].Category = ""
	}
	return sentences, err
}

// Default returns the model of the help desk's template. The first call trains
// it; it is the same for everybody after that.
var Default = sync.OnceValues(func() (*Model, error) { return Load(HelpDesk) })
