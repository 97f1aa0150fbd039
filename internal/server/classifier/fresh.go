package classifier

import "slices"

// How a category that the model knows nothing of is brought in. The figures were
// measured, see docs/CLASSIFICATION.md.
const (
	// stolen is the share of what belongs to others that a fresh category may take.
	stolen = 0.02
	// stolenEach is the most of it that each lesson gives a right to.
	stolenEach = 0.002
	// heard is the share of its own lessons that a fresh category has to find, if
	// others need not suffer for it.
	heard = 0.8
	// sharpness is how much surer than the words alone the answer is, for or
	// against a fresh category.
	sharpness = 2
)

// balance has lessons of fresh categories seen as often as all reminders are, as
// a few of them stand against all that the model knows.
func (a *adaptation) balance(lessons []taught, reminders int) {
	counts := make([]int, len(a.fresh))
	for _, l := range lessons {
		counts[l.class]++
	}
	for i, l := range lessons {
		if a.fresh[l.class] {
			lessons[i].times = max(1, reminders/counts[l.class])
		}
	}
}

// raise returns how much better than all known categories each fresh one has to
// be to be answered. Every part of all is judged by what was learned of the
// others. What a learns of it does not stay.
func (a *adaptation) raise(all []taught, wrong []int) []float32 {
	own, others := make([][]float32, len(a.fresh)), make([][]float32, len(a.fresh))
	var scores []float32
	for fold := range folds {
		var learned, asked []taught
		for i, l := range all {
			if i%folds == fold {
				asked = append(asked, l)
			} else {
				learned = append(learned, l)
			}
		}
		a.descend(learned, wrong)
		for _, l := range asked {
			scores = a.weigh(scores, l.text, l.guess)
			known := a.bestKnown(scores)
			for c, score := range scores {
				switch {
				case a.fresh[c] && l.class == c:
					own[c] = append(own[c], score-known)
				case a.fresh[c] && !a.fresh[l.class]:
					others[c] = append(others[c], score-known)
				}
			}
		}
	}
	bars := make([]float32, len(a.fresh))
	for c := range bars {
		bars[c] = bar(own[c], others[c])
	}
	return bars
}

// bar returns the least margin with which a fresh category wins: no more of
// others' margins are above it than may be stolen, and fewer, as long as most of
// its own are.
func bar(own, others []float32) float32 {
	if len(own) == 0 || len(others) == 0 {
		return 0
	}
	slices.Sort(own)
	slices.Sort(others)
	share := min(stolen, stolenEach*float64(len(own)))
	worst := others[len(others)-1]
	atLeast := others[min(int((1-share)*float64(len(others))), len(others)-1)]
	return max(atLeast, min(worst, own[int((1-heard)*float64(len(own)))]))
}

// bestKnown returns the best score of a category in use that the model knows,
// impossible if there is none.
func (a *adaptation) bestKnown(scores []float32) float32 {
	best := float32(impossible)
	for c, score := range scores {
		if !a.fresh[c] {
			best = max(best, score)
		}
	}
	return best
}
