package classifier

import (
	"cmp"
	"math"
	"slices"
)

// outcome is what a model that never saw a sentence said of it.
type outcome struct {
	want, got  string
	second     string  // the runner-up
	confidence float64 // in got
}

func (o outcome) right() bool { return o.want == o.got }

// outcomes are measured together; no figure is defined for none of them.
type outcomes []outcome

// share returns how many of os satisfy f, from 0 to 1.
func (os outcomes) share(f func(outcome) bool) float64 {
	n := 0
	for _, o := range os {
		if f(o) {
			n++
		}
	}
	return float64(n) / float64(max(len(os), 1))
}

func (os outcomes) accuracy() float64 { return os.share(outcome.right) }

// grade is how well one class is recognised.
type grade struct {
	class             string
	count             int
	precision, recall float64
}

// f1 is the harmonic mean of precision and recall.
func (g grade) f1() float64 {
	if g.precision+g.recall == 0 {
		return 0
	}
	return 2 * g.precision * g.recall / (g.precision + g.recall)
}

// grades returns one grade for each of classes that os has an example of.
func (os outcomes) grades(classes []string) []grade {
	var all []grade
	for _, class := range classes {
		var wanted, got, both int
		for _, o := range os {
			if o.want == class {
				wanted++
			}
			if o.got == class {
				got++
			}
			if o.want == class && o.got == class {
				both++
			}
		}
		if wanted > 0 {
			all = append(all, grade{class, wanted, float64(both) / float64(max(got, 1)), float64(both) / float64(wanted)})
		}
	}
	return all
}

// macroF1 is the mean F1 of classes, rare ones counting as much as frequent ones.
func (os outcomes) macroF1(classes []string) float64 {
	grades := os.grades(classes)
	var sum float64
	for _, g := range grades {
		sum += g.f1()
	}
	return sum / float64(max(len(grades), 1))
}

// calibrationError is the expected distance between confidence and accuracy, in
// ten equal ranges of confidence.
func (os outcomes) calibrationError() float64 {
	var excess [10]float64 // confidence minus right answers
	for _, o := range os {
		bin := min(int(o.confidence*10), 9)
		excess[bin] += o.confidence
		if o.right() {
			excess[bin]--
		}
	}
	var sum float64
	for _, e := range excess {
		sum += math.Abs(e)
	}
	return sum / float64(max(len(os), 1))
}

// surest returns the share of os with the highest confidence.
func (os outcomes) surest(share float64) outcomes {
	sorted := slices.Clone(os)
	slices.SortStableFunc(sorted, func(a, b outcome) int { return cmp.Compare(b.confidence, a.confidence) })
	return sorted[:int(math.Round(share*float64(len(sorted))))]
}

// confusion is a mistake and how often it was made.
type confusion struct {
	want, got string
	count     int
}

// confusions returns the most frequent mistakes first.
func (os outcomes) confusions() []confusion {
	counts := map[[2]string]int{}
	for _, o := range os {
		if !o.right() {
			counts[[2]string{o.want, o.got}]++
		}
	}
	all := make([]confusion, 0, len(counts))
	for pair, n := range counts {
		all = append(all, confusion{pair[0], pair[1], n})
	}
	slices.SortFunc(all, func(a, b confusion) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.want, b.want), cmp.Compare(a.got, b.got))
	})
	return all
}
