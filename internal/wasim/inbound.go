package wasim

import (
	"maps"
	"time"

	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// outgoing is a message somebody sends to the business's account, kept so that
// it can be encrypted again when the device asks.
type outgoing struct {
	id     string
	from   *party
	msg    *waE2E.Message
	kind   string // attribute type
	media  string // attribute mediatype of the <enc>
	attrs  attrs  // from, t and what else the stanza carries
	group  *groupPart
	broken bool
	hidden bool   // <unavailable/> instead of a ciphertext
	reason string // its type
}

// post puts a message on its way to the linked device. The caller holds s.mu.
func (s *Server) post(o *outgoing) {
	s.senders[o.id] = o
	s.deliver(&delivery{class: "message", id: o.id, kind: o.kind, build: func(d *device) (node, error) {
		return s.seal(o, d, 0)
	}})
}

// seal encrypts a message for a device; count is the number of the retry.
func (s *Server) seal(o *outgoing, d *device, count int) (node, error) {
	n := node{Attrs: maps.Clone(o.attrs)}
	if o.hidden {
		n.Content = []node{{Tag: "unavailable", Attrs: attrs{"type": o.reason}}}
		return n, nil
	}
	if o.group != nil && count == 0 && !o.broken {
		encs, err := o.group.seal(s, o, d)
		n.Content = encs
		return n, err
	}
	plaintext, err := proto.Marshal(o.msg)
	if err != nil {
		return n, err
	}
	bundle := func() *prekey.Bundle { return s.bundle(d) }
	kind, data := "msg", []byte(nil)
	if o.broken && count == 0 {
		data, err = broken(newBundle(&d.keys, nil), plaintext)
	} else {
		kind, data, err = o.from.encrypt(plaintext, bundle)
	}
	if err != nil {
		return n, err
	}
	n.Content = []node{encNode(kind, data, o.media, count)}
	return n, nil
}

func encNode(kind string, data []byte, media string, count int) node {
	enc := node{Tag: "enc", Attrs: attrs{"v": "2", "type": kind}, Content: data}
	if media != "" {
		enc.Attrs["mediatype"] = media
	}
	if count > 0 {
		enc.Attrs["count"] = count
	}
	return enc
}

// sendAgain answers a retry receipt: the sender's phone starts a new session
// and sends the message once more under its id.
func (s *Server) sendAgain(c *conn, receipt *node) {
	retry := receipt.GetChildByTag("retry")
	id, count := str(receipt, "id"), num(&retry, "count")
	o := s.senders[id]
	if o == nil || count < 1 {
		return
	}
	s.asked[id]++
	again := &delivery{class: "message", id: id, kind: o.kind, build: func(d *device) (node, error) {
		o.from.forgetSession()
		return s.seal(o, d, count)
	}}
	// whatsmeow sends the retry receipt and an ack of the broken copy in any order.
	if s.taken(c, func(d *delivery) bool { return d.class == "message" && d.id == id }) {
		again.spareAcks = 1
	}
	delete(s.acked, id)
	s.deliver(again)
}

// stamp is the t attribute: at, or now.
func (s *Server) stamp(at time.Time) string {
	if at.IsZero() {
		at = s.now()
	}
	return unix(at)
}
