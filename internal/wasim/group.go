package wasim

import (
	"context"
	"fmt"
	"slices"

	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Group is a chat of several customers with the business in it. Methods are safe
// for concurrent use.
type Group struct {
	s       *Server
	jid     types.JID
	subject string
	members []*Customer
}

// NewGroup makes a group of the business and the members.
func (s *Server) NewGroup(subject string, members ...*Customer) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Group{
		s: s, subject: subject, members: slices.Clone(members),
		jid: types.NewJID(fmt.Sprintf("1203630%011d", len(s.groups)+1), types.GroupServer),
	}
	s.groups[g.jid] = g
	return g
}

// JID returns the group's address.
func (g *Group) JID() types.JID { return g.jid }

// SendText sends a text of a member to the group and returns its id.
func (g *Group) SendText(from *Customer, text string) string {
	return g.Send(from, &waE2E.Message{Conversation: proto.String(text)}, SendOptions{})
}

// Send sends any message of a member to the group and returns its id. msg is
// copied.
func (g *Group) Send(from *Customer, msg *waE2E.Message, opts SendOptions) string {
	return from.sendTo(g.jid, clone(msg), opts)
}

// PostStatus posts a status, which everybody who knows the customer gets.
func (c *Customer) PostStatus(text string) string {
	return c.sendTo(types.StatusBroadcastJID, &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text)}}, SendOptions{})
}

// sendTo sends a message encrypted with the customer's sender key.
func (c *Customer) sendTo(chat types.JID, msg *waE2E.Message, opts SendOptions) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	o := c.outgoing(msg, opts)
	o.group = &groupPart{chat: chat}
	o.attrs["from"], o.attrs["participant"] = chat, c.address()
	switch c.addressing {
	case ByPhone:
		o.attrs["participant_lid"] = c.lid
	case ByLID:
		o.attrs["addressing_mode"], o.attrs["participant_pn"] = "lid", c.pn
	case LIDOnly:
		o.attrs["addressing_mode"] = "lid"
	case PhoneOnly:
	}
	c.s.post(o)
	return o.id
}

// PostChannel has a channel the business follows publish a text; it is not
// encrypted. It returns the message's id.
func (s *Server) PostChannel(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, now := newID("CH"), unix(s.now())
	s.deliver(&delivery{class: "message", id: id, kind: "text", build: func(*device) (node, error) {
		body, err := proto.Marshal(&waE2E.Message{Conversation: proto.String(text)})
		return node{
			Attrs:   attrs{"from": types.NewJID("120363000000000001", types.NewsletterServer), "t": now, "server_id": "100"},
			Content: []node{{Tag: "plaintext", Content: body}},
		}, err
	}})
	return id
}

// groupPart says that a message goes to a chat under the sender's key.
type groupPart struct{ chat types.JID }

// senderAddress names the sender in their own store of sender keys.
func senderAddress() *protocol.SignalAddress { return protocol.NewSignalAddress("self", 0) }

// seal encrypts with the sender key, which comes first if the device has not got
// it yet.
func (g *groupPart) seal(s *Server, o *outgoing, d *device) ([]node, error) {
	name := protocol.NewSenderKeyName(g.chat.String(), senderAddress())
	fresh := o.from.senderKeys[senderKeyName(name)] == nil
	builder := groups.NewGroupSessionBuilder(o.from, store.SignalProtobufSerializer)
	distribution, err := builder.Create(context.Background(), name)
	if err != nil {
		return nil, fmt.Errorf("make sender key: %w", err)
	}
	var encs []node
	if fresh {
		key, err := proto.Marshal(g.distributionMessage(distribution))
		if err != nil {
			return nil, err
		}
		kind, data, err := o.from.encrypt(key, func() *prekey.Bundle { return s.bundle(d) })
		if err != nil {
			return nil, err
		}
		encs = append(encs, encNode(kind, data, "", 0))
	}
	plaintext, err := proto.Marshal(o.msg)
	if err != nil {
		return nil, err
	}
	sealed, err := groups.NewGroupCipher(builder, name, o.from).Encrypt(context.Background(), pad(plaintext))
	if err != nil {
		return nil, fmt.Errorf("encrypt for group: %w", err)
	}
	return append(encs, encNode("skmsg", sealed.SignedSerialize(), o.media, 0)), nil
}

func (g *groupPart) distributionMessage(d *protocol.SenderKeyDistributionMessage) *waE2E.Message {
	return &waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{
		GroupID:                             proto.String(g.chat.String()),
		AxolotlSenderKeyDistributionMessage: d.Serialize(),
	}}
}

// routeGroup passes a message of the device on to the members; 0, or the code to
// refuse it with.
func (s *Server) routeGroup(n *node, to types.JID) int {
	g := s.groups[to]
	if g == nil {
		return 404
	}
	copies := n.GetChildByTag("participants")
	for _, part := range copies.GetChildrenByTag("to") {
		enc := part.GetChildByTag("enc")
		member := s.byUser[jid(&part, "jid").ToNonAD()]
		if data, ok := enc.Content.([]byte); ok && member != nil {
			member.takeSenderKey(to, str(&enc, "type"), data)
		}
	}
	enc := n.GetChildByTag("enc")
	data, _ := enc.Content.([]byte)
	for _, member := range g.members {
		member.takeFromGroup(str(n, "id"), to, data)
	}
	return 0
}

// deviceSender names the linked device's sender key in a member's store.
func deviceSender(group types.JID) *protocol.SenderKeyName {
	return protocol.NewSenderKeyName(group.String(), peerAddress())
}

func (c *Customer) takeSenderKey(group types.JID, kind string, data []byte) {
	plaintext, err := c.party.decrypt(kind, data)
	if err != nil {
		c.s.log.Debug().Err(err).Msg("member cannot decrypt a sender key")
		return
	}
	var msg waE2E.Message
	if err := proto.Unmarshal(plaintext, &msg); err != nil {
		return
	}
	key, err := protocol.NewSenderKeyDistributionMessageFromBytes(
		msg.GetSenderKeyDistributionMessage().GetAxolotlSenderKeyDistributionMessage(),
		store.SignalProtobufSerializer.SenderKeyDistributionMessage)
	if err != nil {
		return
	}
	builder := groups.NewGroupSessionBuilder(c.party, store.SignalProtobufSerializer)
	if err := builder.Process(context.Background(), deviceSender(group), key); err != nil {
		c.s.log.Debug().Err(err).Msg("member cannot use a sender key")
	}
}

func (c *Customer) takeFromGroup(id string, group types.JID, data []byte) {
	sealed, err := protocol.NewSenderKeyMessageFromBytes(data, store.SignalProtobufSerializer.SenderKeyMessage)
	if err != nil {
		return
	}
	builder := groups.NewGroupSessionBuilder(c.party, store.SignalProtobufSerializer)
	padded, err := groups.NewGroupCipher(builder, deviceSender(group), c.party).Decrypt(context.Background(), sealed)
	if err != nil {
		c.s.log.Debug().Err(err).Str("id", id).Msg("member cannot decrypt")
		return
	}
	msg := &waE2E.Message{}
	plaintext, err := unpad(padded)
	if err != nil || proto.Unmarshal(plaintext, msg) != nil {
		return
	}
	c.show(id, group, msg, data)
}

// describeGroup answers who is in a group and what it is called.
func (s *Server) describeGroup(_ *conn, iq *node) (node, bool) {
	g := s.groups[jid(iq, "to")]
	if g == nil {
		return refusal(iq, 404, "item-not-found"), true
	}
	members := []node{{Tag: "participant", Attrs: attrs{"jid": s.phone.lid, "phone_number": s.phone.pn}}}
	for _, m := range g.members {
		members = append(members, node{Tag: "participant", Attrs: attrs{"jid": m.lid, "phone_number": m.pn}})
	}
	return result(iq, node{
		Tag: "group",
		Attrs: attrs{
			"id": g.jid.User, "subject": g.subject, "addressing_mode": "lid", "creator": s.phone.lid,
			"creation": unix(s.now()), "s_t": unix(s.now()), "size": len(members),
		},
		Content: members,
	}), true
}
