package wasim

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Phone is the business's own phone, the one that links devices. Methods are
// safe for concurrent use.
type Phone struct {
	s       *Server
	number  string
	name    string
	pn, lid types.JID
	party   *party
	passkey credential

	// Guarded by s.mu.
	device        *device // the linked client, nil if none
	devices       uint16  // how many were ever linked or offered
	passkeyWanted bool
	resends       bool // answers requests for messages the device could not get
	off           bool
	waiting       []func()       // what it does once it is on
	mediaAsked    map[string]int // requests to upload a file again, by message id
	asked         map[string]int // such requests, by message id
}

func newPhone(s *Server, opts Options) (*Phone, error) {
	key, err := newParty()
	if err != nil {
		return nil, err
	}
	passkey, err := newCredential()
	if err != nil {
		return nil, err
	}
	p := &Phone{s: s, number: opts.Phone, name: opts.Name, party: key, passkey: passkey, asked: map[string]int{}, mediaAsked: map[string]int{}}
	if p.number == "" {
		p.number = "5215550000001"
	}
	if opts.LID == "" {
		opts.LID = "100000000000001"
	}
	if p.name == "" {
		p.name = "Negocio de prueba"
	}
	p.pn = types.NewJID(p.number, types.DefaultUserServer)
	p.lid = types.NewJID(opts.LID, types.HiddenUserServer)
	return p, nil
}

// Phone returns the business's own phone.
func (s *Server) Phone() *Phone { return s.phone }

// JID returns the business's address by phone number.
func (p *Phone) JID() types.JID { return p.pn }

// LID returns the business's address by LID.
func (p *Phone) LID() types.JID { return p.lid }

// deviceJID is account's address for the linked client.
func (p *Phone) deviceJID(account types.JID) types.JID { return withDevice(account, p.device.id) }

// Linked tells whether a device is linked.
func (p *Phone) Linked() bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.device != nil
}

// link makes d the linked device. What was not acknowledged by an earlier one
// will be encrypted for this one. The caller holds s.mu.
func (p *Phone) link(d *device) {
	p.unlink()
	p.device = d
	p.party.forget()
	for _, c := range p.s.customers {
		c.party.forget()
	}
	for _, waiting := range p.s.pending {
		waiting.built, waiting.sentOn, waiting.spareAcks = nil, nil, 0
	}
	p.greet()
	p.s.broadcast()
}

// Unlink removes the linked device, as from the phone's menu. The client is
// told, now or when it logs in next.
func (p *Phone) Unlink() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.unlink()
}

func (p *Phone) unlink() {
	p.device = nil
	if live := p.s.live; live != nil {
		live.finish(deviceRemoved())
	}
	p.s.broadcast()
}

// SendText is the owner typing a message to a customer on the phone. The
// customer gets it, and the linked device a copy. It returns the message's id.
func (p *Phone) SendText(to *Customer, text string) string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	msg := &waE2E.Message{Conversation: proto.String(text)}
	o := &outgoing{
		id: newID("3A"), from: p.party, kind: "text",
		msg: &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{
			DestinationJID: proto.String(to.address().String()), Message: msg,
		}},
		attrs: attrs{"t": p.s.stamp(p.s.now()), "notify": p.name, "recipient": to.address()},
	}
	if to.address() == to.lid {
		o.attrs["from"], o.attrs["peer_recipient_pn"], o.attrs["addressing_mode"] = p.lid, to.pn, "lid"
	} else {
		o.attrs["from"], o.attrs["peer_recipient_lid"] = p.pn, to.lid
	}
	p.s.post(o)
	to.show(o.id, to.address(), msg, nil)
	return o.id
}

// takeCopy is the copy a device sends to the own phone of what it sends to
// others. Decrypting it keeps the session in step; the phone shows nothing.
func (p *Phone) takeCopy(enc *node) *waE2E.Message {
	data, ok := enc.Content.([]byte)
	if !ok {
		return nil
	}
	plaintext, err := p.party.decrypt(str(enc, "type"), data)
	if err != nil {
		p.s.log.Debug().Err(err).Msg("own phone cannot decrypt")
		return nil
	}
	msg := &waE2E.Message{}
	if err := proto.Unmarshal(plaintext, msg); err != nil {
		p.s.log.Debug().Err(err).Msg("own phone cannot parse")
		return nil
	}
	return msg
}
