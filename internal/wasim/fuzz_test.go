package wasim

import (
	"bytes"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// FuzzHandshake feeds a connection's first bytes to the server's side.
func FuzzHandshake(f *testing.F) {
	hello := append([]byte{0x12, 0x22, 0x0a, 0x20}, bytes.Repeat([]byte{9}, 32)...)
	f.Add(appendFrame(bytes.Clone(socket.WAConnHeader), hello))
	f.Add([]byte("GET / HTTP/1.1"))
	f.Add(append(bytes.Clone(socket.WAConnHeader), 0xff, 0xff, 0xff))
	static := keys.NewKeyPair()
	chain, err := newNoiseChain(static)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reader := &frameReader{r: bytes.NewReader(data)}
		if _, err := handshake(static, chain, reader.next, func([]byte) error { return nil }); err == nil {
			t.Error("got a handshake from bytes made without the server's key, want an error")
		}
	})
}

// FuzzStanza feeds decoded stanzas of a client to a server that has one linked.
func FuzzStanza(f *testing.F) {
	for _, n := range []node{
		{Tag: "iq", Attrs: attrs{"id": "1", "xmlns": "encrypt", "type": "set"}, Content: []node{{Tag: "registration"}, {Tag: "list", Content: []node{{Tag: "key"}}}}},
		{Tag: "iq", Attrs: attrs{"id": "1", "xmlns": "usync", "type": "get"}, Content: []node{{Tag: "usync"}}},
		{Tag: "message", Attrs: attrs{"id": "1", "to": types.NewJID("1", types.GroupServer)}, Content: []node{{Tag: "enc", Content: []byte{1}}}},
		{Tag: "message", Attrs: attrs{"id": "1", "category": "peer"}, Content: []node{{Tag: "enc", Attrs: attrs{"type": "pkmsg"}, Content: []byte{0x33, 1}}}},
		{Tag: "receipt", Attrs: attrs{"id": "1", "type": "retry"}, Content: []node{{Tag: "retry", Attrs: attrs{"count": "1"}}}},
		{Tag: "receipt", Attrs: attrs{"id": "1", "type": "server-error"}},
		{Tag: "ack", Attrs: attrs{"id": "1", "class": "message"}},
	} {
		data, err := waBinary.Marshal(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	quiet()
	s, err := newServer(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(s.cancel)
	s.NewCustomer(Profile{})
	s.mu.Lock()
	s.phone.link(&device{id: 1})
	s.mu.Unlock()
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) > 64 {
			return // the library's decoder reserves memory for what a header merely claims
		}
		n, err := decodeNode(data)
		if err != nil {
			return
		}
		c := &conn{s: s, device: s.phone.device, cut: func() {}, wake: make(chan struct{}, 1)}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.phone.device == nil {
			s.phone.link(&device{id: 1})
		}
		s.handle(c, n)
	})
}
