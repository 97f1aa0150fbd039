package assist

import "mostrador/internal/server/jobs"

// Quiet is how long the model waits for the end of a burst.
const Quiet = quiet

// Kinds returns what a does in the background: opinions, then transcriptions.
func (a *Assist) Kinds() (opinions, transcriptions jobs.Kind) {
	return a.opinions(), a.transcriptions()
}
