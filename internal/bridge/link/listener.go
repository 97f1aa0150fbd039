package link

import (
	"net"
	"sync"
)

// listener is a net.Listener of whatever link there is.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// hand gives conn to whoever accepts; it is closed when nobody does any more, or
// its link is over.
func (l *listener) hand(conn net.Conn, over <-chan struct{}) {
	select {
	case l.conns <- conn:
	case <-l.closed:
		_ = conn.Close()
	case <-over:
		_ = conn.Close()
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return address{} }

// address is nowhere on a network.
type address struct{}

// Network implements net.Addr.
func (address) Network() string { return "enlace" }

// String implements net.Addr.
func (address) String() string { return "enlace" }
