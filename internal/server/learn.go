package server

import (
	"fmt"
	"runtime/debug"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
)

// learn trains the classifier beside the start, which then takes no longer, and
// gives back the memory that only the training needed.
func learn() error {
	if _, err := classifier.Default(); err != nil {
		return fmt.Errorf("train classifier: %w", err)
	}
	debug.FreeOSMemory()
	return nil
}

// sortRequest waits for the classifier where it is not trained yet. Without one, of
// which learn tells, nothing is known of the text.
func sortRequest(text string) ticket.Classification {
	model, err := classifier.Default()
	if err != nil {
		return ticket.Classification{}
	}
	return model.Classify(text)
}
