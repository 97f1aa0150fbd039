package classifier

// recipe says how much each part of a model counts. Leaving parts out, with false
// or a weight of 0, is how the worth of each is measured.
type recipe struct {
	words, stems, pairs, grams float32 // kinds of features
	greeting                   float32 // of a greeting that is not all there is
	denied                     float32 // of what the text says it is not: «no es la batería»
	regression, bayes          bool    // kinds of learning
	synonyms, keywords         bool    // knowledge that was written down, not learned
	courtesies                 bool    // lessons wrapped in what says nothing
}

// measured is the recipe of every model. docs/CLASSIFICATION.md shows what each
// part is worth.
var measured = recipe{
	words: 1, stems: 1, pairs: 1, grams: 0.35, greeting: 0.3, denied: 0.1,
	regression: true, bayes: true, synonyms: true, keywords: true, courtesies: true,
}

// feature is a property of a text and how much it counts there.
type feature struct {
	key   uint32 // a hash; in numbered features the row in the model
	token int32  // which token it comes from
	value float32
}

// Kinds of features. They begin what is hashed, so that none is taken for one of
// another kind.
const (
	wordKind byte = 'w'
	stemKind byte = 's'
	pairKind byte = 'p'
	gramKind byte = 'g'
)

// FNV-1a, 32 bits.
const (
	hashStart = 2166136261
	hashPrime = 16777619
)

func start(kind byte) uint32 { return (hashStart ^ uint32(kind)) * hashPrime }

func hash[T string | []byte](h uint32, s T) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * hashPrime
	}
	return h
}

// Lengths of the letter sequences that are features, in bytes. A mark at each
// end of a word counts as a letter.
const minGram, maxGram = 3, 5

// featuresPerByte is the most features a text has for each of its bytes.
const featuresPerByte = 3

// appendFeatures appends to list what tokens with these stems have; the same
// feature may come more than once. A pair is a stem after the one before it, or
// after a pause.
func (r recipe) appendFeatures(list []feature, tokens []token, stems []string) []feature {
	for i, weight := range r.weights(tokens) {
		begin := len(list)
		list = r.appendWord(list, tokens[i].word, stems[i])
		if before := ""; r.pairs != 0 {
			if !tokens[i].pause {
				before = stems[i-1]
			}
			list = append(list, feature{pairKey(before, stems[i]), 0, r.pairs})
		}
		for f := range list[begin:] {
			list[begin+f].token = int32(i)
			list[begin+f].value *= weight
		}
	}
	return list
}

// pairKey is the hash of a pair of stems.
func pairKey(before, stem string) uint32 {
	return hash(hash(start(pairKind), before)*hashPrime, stem)
}

// appendWord appends what a word has by itself.
func (r recipe) appendWord(list []feature, word, stem string) []feature {
	add := func(key uint32, weight float32) {
		if weight != 0 {
			list = append(list, feature{key: key, value: weight})
		}
	}
	add(hash(start(wordKind), word), r.words)
	add(hash(start(stemKind), stem), r.stems)
	if r.grams == 0 {
		return list
	}
	framed := append(append(append(make([]byte, 0, 32), '<'), word...), '>')
	for n := minGram; n <= maxGram; n++ {
		for end := n; end <= len(framed); end++ {
			add(hash(start(gramKind), framed[end-n:end]), r.grams)
		}
	}
	return list
}

// deniedReach is how many words «no es» denies: an article, a noun and what
// belongs to it.
const deniedReach = 3

// weights says how much each token counts: little, if it is courtesy around a
// request or what the text says it is not about.
func (r recipe) weights(tokens []token) []float32 {
	weights := make([]float32, len(tokens))
	more := saysMore(tokens)
	denied := 0 // how many more words are
	for i, t := range tokens {
		if t.pause || t.word == "pero" || t.word == "sino" {
			denied = 0
		}
		switch {
		case denied > 0:
			weights[i] = r.denied
			denied--
		case more && t.greeting:
			weights[i] = r.greeting
		default:
			weights[i] = 1
		}
		if !t.pause && tokens[i-1].word == "no" && isCopula(t.word) {
			denied = deniedReach
		}
	}
	return weights
}

// saysMore reports whether tokens are more than a greeting.
func saysMore(tokens []token) bool {
	others := 0
	for _, t := range tokens {
		if !t.greeting {
			others++
		}
	}
	return others > 2
}

func isCopula(word string) bool {
	switch word {
	case "es", "son", "era", "eran", "fue":
		return true
	}
	return false
}
