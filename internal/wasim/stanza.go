package wasim

import (
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

type (
	node  = waBinary.Node
	attrs = waBinary.Attrs
)

// stanzaHandler names what is done with each stanza of a linked client. What is not
// listed (presence, chatstate, ib) needs no answer.
func (s *Server) stanzaHandler(tag string) func(*conn, *node) {
	switch tag {
	case "iq":
		return s.handleIQ
	case "message":
		return s.handleMessage
	case "receipt":
		return s.handleReceipt
	case "ack":
		return s.handleAck
	}
	return nil
}

// handle serves one stanza. The caller holds s.mu.
func (s *Server) handle(c *conn, n *node) {
	if h := s.stanzaHandler(n.Tag); h != nil && (n.Tag == "iq" || c.device != nil) {
		h(c, n)
	}
}

// str returns an attribute as text, whatever type the decoder gave it.
func str(n *node, key string) string {
	switch v := n.Attrs[key].(type) {
	case string:
		return v
	case types.JID:
		return v.String()
	}
	return ""
}

// jid returns an attribute that is an address, empty if it is none.
func jid(n *node, key string) types.JID {
	v, _ := n.Attrs[key].(types.JID)
	return v
}

// num returns an attribute as a number, 0 if it is none.
func num(n *node, key string) int {
	v, _ := strconv.Atoi(str(n, key))
	return v
}

// content returns the bytes inside the child found by following tags.
func content(n *node, tags ...string) []byte {
	child := n.GetChildByTag(tags...)
	switch v := child.Content.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}

// bytes32 returns the child's bytes if there are exactly 32.
func bytes32(n *node, tags ...string) (out [32]byte, ok bool) {
	data := content(n, tags...)
	if len(data) != 32 {
		return out, false
	}
	return [32]byte(data), true
}

// result answers an iq, with the given children.
func result(iq *node, children ...node) node {
	n := node{Tag: "iq", Attrs: attrs{"from": types.ServerJID, "type": "result", "id": str(iq, "id")}}
	if len(children) > 0 {
		n.Content = children
	}
	return n
}

// refusal answers an iq with an error.
func refusal(iq *node, code int, text string) node {
	return node{
		Tag:     "iq",
		Attrs:   attrs{"from": types.ServerJID, "type": "error", "id": str(iq, "id")},
		Content: []node{{Tag: "error", Attrs: attrs{"code": code, "text": text}}},
	}
}

// unix is a time as attributes carry it.
func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// failure refuses a login.
func failure(reason int) node {
	return node{Tag: "failure", Attrs: attrs{"reason": reason, "location": "wasim"}}
}

// streamError ends a session; the encoder leaves an empty code out.
func streamError(code string, children ...node) node {
	n := node{Tag: "stream:error", Attrs: attrs{"code": code}}
	if len(children) > 0 {
		n.Content = children
	}
	return n
}

// replaced tells a client that its account has logged in elsewhere.
func replaced() node {
	return streamError("", node{Tag: "conflict", Attrs: attrs{"type": "replaced"}})
}

// deviceRemoved tells a client that it is no longer linked.
func deviceRemoved() node {
	return streamError("401", node{Tag: "conflict", Attrs: attrs{"type": "device_removed"}})
}

// serverNotification is a notification of WhatsApp itself to a client that is
// not linked yet.
func (s *Server) serverNotification(kind string, children ...node) node {
	return node{
		Tag:     "notification",
		Attrs:   attrs{"from": types.ServerJID, "type": kind, "id": newID("N"), "t": unix(s.now())},
		Content: children,
	}
}
