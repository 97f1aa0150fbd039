package wasim

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/types"
)

// window is how many deliveries may be unacknowledged at once on a connection.
// whatsmeow keeps at most 2048 stanzas waiting in order (client.go
// handlerQueueSize, version 20260821).
const window = 256

// delivery is a stanza on its way to the linked device. It is kept, and sent
// once per connection, until the device acknowledges it.
type delivery struct {
	class string // "message", "receipt", "notification" or "call": the stanza's tag
	id    string
	kind  string // attribute type
	// build makes the stanza without tag, id and type, once per linked device:
	// a redelivery is the same ciphertext.
	build func(*device) (node, error)

	built  *node
	sentOn *conn // the last connection it was sent on
	// spareAcks counts acks that belong to an earlier, undecryptable copy. They
	// can come on a later connection: whatsmeow sends on whatever line it has.
	spareAcks int
}

// newID makes a message id as phones do, after a prefix.
func newID(prefix string) string {
	var random [10]byte
	rand.Read(random[:])
	return prefix + strings.ToUpper(hex.EncodeToString(random[:]))
}

// deliver queues a stanza for the linked device. The caller holds s.mu.
func (s *Server) deliver(d *delivery) {
	s.pending = append(s.pending, d)
	s.pump()
}

// pump sends what waits, in order, as far as the window goes. The caller holds
// s.mu.
func (s *Server) pump() {
	c := s.live
	// Building a stanza can use up prekeys, which queues a notification, which
	// comes here again: it has to wait for its turn.
	if c == nil || !c.active || s.faults.mute || s.pumping {
		return
	}
	s.pumping = true
	defer func() { s.pumping = false }()
	for i := 0; i < len(s.pending) && c.inFlight < window; i++ {
		d := s.pending[i]
		if d.sentOn == c {
			continue
		}
		d.sentOn = c
		if err := s.put(c, d); err != nil {
			s.log.Error().Err(err).Str("id", d.id).Msg("delivery not built")
			s.pending = slices.Delete(s.pending, i, i+1)
			i--
		}
		s.countDown(c)
	}
}

// put sends one delivery on c.
func (s *Server) put(c *conn, d *delivery) error {
	if d.built == nil {
		n, err := d.build(c.device)
		if err != nil {
			return err
		}
		n.Tag = d.class
		n.Attrs["id"] = d.id
		if d.kind != "" {
			n.Attrs["type"] = d.kind
		}
		d.built = &n
	}
	out := *d.built
	out.Attrs = maps.Clone(d.built.Attrs) // the writer encodes it later
	if c.backlog > 0 {
		out.Attrs["offline"] = "1" // whatsmeow does not read the number
	}
	c.inFlight++
	if d.class == "message" {
		s.deliveries[d.id]++
		c.open[d.id]++
		s.broadcast()
	}
	c.send(out)
	return nil
}

// countDown ends the offline queue of a connection with its last stanza.
func (s *Server) countDown(c *conn) {
	if c.backlog == 0 {
		return
	}
	c.backlog--
	if c.backlog == 0 {
		c.send(offlineDone(c.offline))
	}
}

// taken removes the acknowledged delivery that match accepts, and tells whether
// there was one. The caller holds s.mu.
func (s *Server) taken(c *conn, match func(*delivery) bool) bool {
	i := slices.IndexFunc(s.pending, match)
	if i < 0 {
		return false
	}
	if s.pending[i].sentOn == c {
		c.inFlight--
	}
	s.pending = slices.Delete(s.pending, i, i+1)
	s.pump()
	s.broadcast()
	return true
}

// handleAck takes <ack>: of receipts and notifications always, of messages when
// the client could not use them.
func (s *Server) handleAck(c *conn, n *node) {
	class, id, kind := str(n, "class"), str(n, "id"), str(n, "type")
	match := func(d *delivery) bool {
		return d.class == class && d.id == id && (class == "message" || d.kind == kind)
	}
	if class != "message" {
		s.taken(c, match)
		return
	}
	s.count(c, id)
	if i := slices.IndexFunc(s.pending, match); i >= 0 && s.pending[i].spareAcks > 0 {
		s.pending[i].spareAcks--
		return
	}
	if s.taken(c, match) {
		s.settle(id)
	}
}

// settle notes that the device has dealt with a message.
func (s *Server) settle(id string) {
	s.acked[id] = true
	s.broadcast()
}

// handleReceipt takes the client's word on a message it was sent.
func (s *Server) handleReceipt(c *conn, n *node) {
	id, kind := str(n, "id"), str(n, "type")
	ack := node{Tag: "ack", Attrs: attrs{"class": "receipt", "id": id, "from": jid(n, "to")}}
	if kind != "" {
		ack.Attrs["type"] = kind
	}
	c.send(ack)
	switch kind {
	case "retry":
		s.sendAgain(c, n)
	case "server-error":
		s.phone.mediaAsked[id]++
		s.broadcast()
		s.phone.whenOn(func() { s.renewMedia(n) })
	case "read", "read-self", "played":
		s.markedRead(n)
	case "peer_msg", "hist_sync": // whatsmeow sends two
		s.take(c, id)
	default:
		s.count(c, id)
		s.take(c, id)
	}
}

// take notes that a message is with the device.
func (s *Server) take(c *conn, id string) {
	s.taken(c, func(d *delivery) bool { return d.class == "message" && d.id == id })
	s.settle(id)
}

// count notes the end of one delivery of a message, which has to come on the
// connection of that delivery.
func (s *Server) count(c *conn, id string) {
	if c.open[id] == 0 {
		s.strays = append(s.strays, id)
		return
	}
	c.open[id]--
}

// markedRead notes which messages the business has read.
func (s *Server) markedRead(n *node) {
	s.read[str(n, "id")] = true
	list := n.GetChildByTag("list")
	for _, item := range list.GetChildrenByTag("item") {
		s.read[str(&item, "id")] = true
	}
	s.broadcast()
}

// withDevice is an account's address for one of its devices.
func withDevice(account types.JID, id uint16) types.JID {
	account.Device = id
	return account
}
