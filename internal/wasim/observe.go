package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// Acked tells whether the device has taken a message it was sent: with a receipt,
// or with an ack because it could not use it. Asking for it again is not taking.
func (s *Server) Acked(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acked[id]
}

// WaitAcked returns when Acked(id) is true. The error is the context's, or
// ErrClosed.
func (s *Server) WaitAcked(ctx context.Context, id string) error {
	return s.waitUntil(ctx, func() bool { return s.acked[id] })
}

// Deliveries returns how often a message was sent to the device.
func (s *Server) Deliveries(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliveries[id]
}

// AskedAgain returns how often the device asked a message's sender for it again,
// because it could not be decrypted.
func (s *Server) AskedAgain(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[id]
}

// WaitDeliveries returns when a message was sent to the device at least n times.
// The error is the context's, or ErrClosed.
func (s *Server) WaitDeliveries(ctx context.Context, id string, n int) error {
	return s.waitUntil(ctx, func() bool { return s.deliveries[id] >= n })
}

// Strays returns the messages that were acknowledged more often on a connection
// than they were sent on it: a client that ends on one line what began on another
// may lose them.
func (s *Server) Strays() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.strays...)
}

// Unacked returns how many messages, receipts and notifications the device has
// not acknowledged yet.
func (s *Server) Unacked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending)
}

// WaitIdle returns when Unacked is 0. The error is the context's, or ErrClosed.
func (s *Server) WaitIdle(ctx context.Context) error {
	return s.waitUntil(ctx, func() bool { return len(s.pending) == 0 })
}

// MarkedRead tells whether the business has marked a customer's message as read.
func (s *Server) MarkedRead(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read[id]
}

// Online tells whether the linked device is logged in and has asked for its
// messages.
func (s *Server) Online() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.online()
}

func (s *Server) online() bool { return s.live != nil && s.live.active }

// WaitOnline returns when Online is true. The error is the context's, or
// ErrClosed.
func (s *Server) WaitOnline(ctx context.Context) error { return s.waitUntil(ctx, s.online) }

// Logins returns how many logins of a linked device succeeded.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// WaitLogins returns when Logins is at least n. The error is the context's, or
// ErrClosed.
func (s *Server) WaitLogins(ctx context.Context, n int) error {
	return s.waitUntil(ctx, func() bool { return s.logins >= n })
}

// Version returns the client version of the last login, zero before the first.
func (s *Server) Version() store.WAVersionContainer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// Customers returns everybody made by NewCustomer, in that order.
func (s *Server) Customers() []*Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Customer(nil), s.customers...)
}

// Customer returns who has an address, by phone or LID, or nil.
func (s *Server) Customer(who types.JID) *Customer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byUser[who.ToNonAD()]
}
