package wasim

import (
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// SendOptions change how Send puts a message on the wire. The zero value is an
// ordinary message.
type SendOptions struct {
	ID          string    // message id; default made up. The id of an earlier message sends a second one under it
	Type        string    // attribute type; default by content
	Edit        string    // attribute edit: "1" edit, "7" deletion by the sender
	At          time.Time // attribute t; default now
	Broken      bool      // the first ciphertext cannot be decrypted, the one sent on a retry receipt can
	Unavailable bool      // no ciphertext at all
	Reason      string    // with Unavailable: attribute type; default "view_once"
}

// Send sends any message from the customer to the business and returns its id
// at once. If the device is not linked, offline or slow the message waits for
// it; so with every other Send method. msg is copied.
func (c *Customer) Send(msg *waE2E.Message, opts SendOptions) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.send(clone(msg), opts)
}

// send is Send for callers who hold s.mu and own msg.
func (c *Customer) send(msg *waE2E.Message, opts SendOptions) string {
	o := c.outgoing(msg, opts)
	o.attrs["from"] = c.address()
	switch c.addressing {
	case ByPhone:
		o.attrs["sender_lid"] = c.lid
	case ByLID:
		o.attrs["sender_pn"] = c.pn
		o.attrs["addressing_mode"] = "lid"
	case LIDOnly:
		o.attrs["addressing_mode"] = "lid"
	case PhoneOnly:
	}
	c.s.post(o)
	return o.id
}

// outgoing prepares a message without its address.
func (c *Customer) outgoing(msg *waE2E.Message, opts SendOptions) *outgoing {
	o := &outgoing{id: opts.ID, from: c.party, msg: msg, broken: opts.Broken, hidden: opts.Unavailable, reason: opts.Reason}
	if o.reason == "" {
		o.reason = "view_once"
	}
	if o.id == "" {
		o.id = newID("3A")
	}
	o.kind, o.media = attributesOf(msg)
	if opts.Type != "" {
		o.kind = opts.Type
	}
	o.attrs = attrs{"t": c.s.stamp(opts.At), "notify": c.name}
	if opts.Edit != "" {
		o.attrs["edit"] = opts.Edit
	}
	c.sent[o.id] = msg
	return o
}

// SendText sends a text.
func (c *Customer) SendText(text string) string {
	return c.Send(&waE2E.Message{Conversation: proto.String(text)}, SendOptions{})
}

// SendReply sends a text that quotes a message of either side.
func (c *Customer) SendReply(text, quotedID string) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	quote := &waE2E.ContextInfo{StanzaID: proto.String(quotedID)}
	if a := c.byID[quotedID]; a != nil {
		quote.Participant = proto.String(c.s.phone.lid.String())
		quote.QuotedMessage = clone(a.Message)
	} else {
		quote.Participant = proto.String(c.address().String())
		quote.QuotedMessage = &waE2E.Message{Conversation: proto.String("")}
		if own := c.sent[quotedID]; own != nil {
			quote.QuotedMessage = clone(own)
		}
	}
	return c.send(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(text), ContextInfo: quote,
	}}, SendOptions{})
}

// SendLocation sends a place; name and address may be empty.
func (c *Customer) SendLocation(lat, long float64, name, address string) string {
	return c.Send(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: proto.Float64(lat), DegreesLongitude: proto.Float64(long),
		Name: proto.String(name), Address: proto.String(address),
	}}, SendOptions{})
}

// SendContact sends a contact card.
func (c *Customer) SendContact(name, vcard string) string {
	return c.Send(&waE2E.Message{ContactMessage: &waE2E.ContactMessage{
		DisplayName: proto.String(name), Vcard: proto.String(vcard),
	}}, SendOptions{})
}

// React puts an emoji on a message of either side; "" takes it away.
func (c *Customer) React(targetID, emoji string) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var opts SendOptions
	if emoji == "" {
		opts.Edit = "7"
	}
	return c.send(&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: c.keyOf(targetID), Text: proto.String(emoji),
		SenderTimestampMS: proto.Int64(c.s.now().UnixMilli()),
	}}, opts)
}

// Edit replaces the text of a message the customer sent.
func (c *Customer) Edit(targetID, text string) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.send(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: c.keyOf(targetID),
		EditedMessage: &waE2E.Message{Conversation: proto.String(text)},
		TimestampMS:   proto.Int64(c.s.now().UnixMilli()),
	}}, SendOptions{Edit: "1"})
}

// Delete deletes a message the customer sent, for everyone.
func (c *Customer) Delete(targetID string) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.send(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: c.keyOf(targetID),
	}}, SendOptions{Edit: "7"})
}

// Call rings the business and gives up at once; it returns the call's id.
func (c *Customer) Call() string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	id, from, now := newID("CALL"), c.address(), c.s.stamp(time.Time{})
	for _, event := range []string{"offer", "terminate"} {
		c.s.deliver(&delivery{class: "call", id: newID("C"), build: func(*device) (node, error) {
			call := attrs{"call-id": id, "call-creator": from}
			if from == c.lid {
				call["caller_pn"] = c.pn
			}
			return node{Attrs: attrs{"from": from, "t": now}, Content: []node{{Tag: event, Attrs: call}}}, nil
		}})
	}
	return id
}

// keyOf names a message as the customer's phone does: FromMe is their view.
func (c *Customer) keyOf(id string) *waCommon.MessageKey {
	return &waCommon.MessageKey{
		RemoteJID: proto.String(c.s.phone.pn.String()),
		FromMe:    proto.Bool(c.byID[id] == nil),
		ID:        proto.String(id),
	}
}
