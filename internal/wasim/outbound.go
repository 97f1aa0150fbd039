package wasim

import (
	"bytes"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// handleMessage takes a message of the linked device, passes it on and
// acknowledges it, as far as the faults allow.
func (s *Server) handleMessage(c *conn, n *node) {
	if s.faults.takeCutBefore() {
		c.cut()
		c.retire()
		return
	}
	if code := s.faults.takeMessageRefusal(); code != 0 {
		c.send(s.messageAck(n, code))
		return
	}
	if code := s.route(n); code != 0 {
		c.send(s.messageAck(n, code))
		return
	}
	if s.faults.takeCutAfter() {
		c.cut()
		c.retire()
		return
	}
	if !s.faults.takeLostAck() {
		c.send(s.messageAck(n, 0))
	}
}

// messageAck confirms a message, or refuses it with a code.
func (s *Server) messageAck(n *node, code int) node {
	ack := node{Tag: "ack", Attrs: attrs{"class": "message", "id": str(n, "id"), "from": jid(n, "to"), "t": unix(s.now())}}
	if code != 0 {
		ack.Attrs["error"] = code
	}
	return ack
}

// route gives the copies in a message to the phones they are for; 0, or the
// code to refuse it with.
func (s *Server) route(n *node) int {
	to := jid(n, "to")
	if str(n, "category") == "peer" {
		s.phone.takePeer(n)
		return 0
	}
	if to.Server == types.GroupServer {
		return s.routeGroup(n, to)
	}
	customer := s.byUser[to.ToNonAD()]
	if customer == nil {
		return 404
	}
	if s.faults.refuseStrangers && len(customer.sent) == 0 {
		return 463
	}
	if enc, ok := n.GetOptionalChildByTag("enc"); ok { // the answer to a retry receipt
		customer.take(n, &enc)
		return 0
	}
	copies := n.GetChildByTag("participants")
	for _, to := range copies.GetChildrenByTag("to") {
		enc := to.GetChildByTag("enc")
		switch who := jid(&to, "jid"); {
		case s.byUser[who.ToNonAD()] == customer:
			customer.take(n, &enc)
		case who == s.phone.pn || who == s.phone.lid:
			s.phone.takeCopy(&enc)
		}
	}
	return 0
}

// take is a copy of a message arriving at the customer's phone.
func (c *Customer) take(n, enc *node) {
	id := str(n, "id")
	ciphertext, ok := enc.Content.([]byte)
	if !ok {
		return
	}
	known := c.byID[id]
	if known != nil && bytes.Equal(known.ciphertext, ciphertext) {
		known.Copies++
		c.s.broadcast()
		return
	}
	if c.failNext > 0 {
		c.failNext--
		if c.offline {
			c.held = append(c.held, func() { c.askAgain(n, false) })
			return
		}
		c.askAgain(n, false)
		return
	}
	plaintext, err := c.party.decrypt(str(enc, "type"), ciphertext)
	if err != nil && known != nil { // an older copy, whose key is used up
		known.Copies++
		c.s.broadcast()
		return
	}
	if err != nil {
		c.s.log.Debug().Err(err).Str("id", id).Msg("customer cannot decrypt")
		c.askAgain(n, true)
		return
	}
	msg := &waE2E.Message{}
	if err := proto.Unmarshal(plaintext, msg); err != nil {
		c.s.log.Debug().Err(err).Str("id", id).Msg("customer cannot parse")
		return
	}
	c.show(id, jid(n, "to"), msg, ciphertext)
}

// askAgain is the retry receipt of a customer's phone; with keys the client
// starts a new session, without it uses the one it has.
func (c *Customer) askAgain(n *node, withKeys bool) {
	id := str(n, "id")
	c.retries[id]++
	count, now := c.retries[id], unix(c.s.now())
	children := []node{
		{Tag: "retry", Attrs: attrs{"count": count, "id": id, "t": now, "v": "1"}},
		c.party.registrationNode(),
	}
	if withKeys {
		c.party.forgetSession()
		keys, err := c.party.keyNodes()
		if err != nil {
			c.s.log.Error().Err(err).Msg("no keys for a retry receipt")
			return
		}
		children = append(children, node{Tag: "keys", Content: keys[1:]})
	}
	c.receipt(id, "retry", jid(n, "to"), children)
}

// receipt queues a receipt for a message the business sent to address to.
func (c *Customer) receipt(id, kind string, to types.JID, children []node) {
	now := unix(c.s.now())
	c.s.deliver(&delivery{class: "receipt", id: id, kind: kind, build: func(*device) (node, error) {
		n := node{Attrs: attrs{"from": to.ToNonAD(), "t": now}}
		switch to.Server {
		case types.HiddenUserServer:
			n.Attrs["sender_pn"] = c.pn
		case types.DefaultUserServer:
			n.Attrs["sender_lid"] = c.lid
		case types.GroupServer:
			n.Attrs["participant"], n.Attrs["participant_pn"], n.Attrs["addressing_mode"] = c.lid, c.pn, "lid"
		}
		if len(children) > 0 {
			n.Content = children
		}
		return n, nil
	}})
}
