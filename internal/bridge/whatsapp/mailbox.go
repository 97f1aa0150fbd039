package whatsapp

import "sync"

// letter is what an event means, and which link it came from: 0 is ourselves.
type letter struct {
	link int
	step step
}

// mailbox hands letters from WhatsApp's many goroutines to the supervisor. It
// never blocks the sender and never loses a letter.
type mailbox struct {
	ready chan struct{} // holds a value while letters wait

	mu      sync.Mutex
	letters []letter
}

func newMailbox() *mailbox { return &mailbox{ready: make(chan struct{}, 1)} }

func (m *mailbox) post(l letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.letters = append(m.letters, l)
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// take returns what waits, oldest first.
func (m *mailbox) take() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	letters := m.letters
	m.letters = nil
	return letters
}
