package wasim

import (
	"context"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"google.golang.org/protobuf/proto"
)

// AnswerResends makes the own phone answer when the device asks it for messages
// it could not get or decrypt. Off by default, as a phone without network.
func (p *Phone) AnswerResends(on bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.resends = on
}

// SetOnline turns the phone off or on. What devices ask it for while it is off it
// does when it is on again.
func (p *Phone) SetOnline(on bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.off = !on
	if on {
		for _, task := range p.waiting {
			task()
		}
		p.waiting = nil
	}
}

// whenOn runs task now, or when the phone is on. The caller holds s.mu.
func (p *Phone) whenOn(task func()) {
	if p.off {
		p.waiting = append(p.waiting, task)
		return
	}
	task()
}

// Asked returns how often the device asked the own phone for a message it could
// not get or decrypt, answered or not.
func (p *Phone) Asked(id string) int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.asked[id]
}

// WaitAsked returns when Asked(id) is at least n. The error is the context's, or
// ErrClosed.
func (p *Phone) WaitAsked(ctx context.Context, id string, n int) error {
	return p.s.waitUntil(ctx, func() bool { return p.asked[id] >= n })
}

// takePeer takes what a device says to the own phone alone.
func (p *Phone) takePeer(n *node) {
	enc := n.GetChildByTag("enc")
	msg := p.takeCopy(&enc)
	asked := msg.GetProtocolMessage().GetPeerDataOperationRequestMessage().GetPlaceholderMessageResendRequest()
	for _, a := range asked {
		p.asked[a.GetMessageKey().GetID()]++
	}
	p.s.broadcast()
	if p.resends && len(asked) > 0 {
		id := str(n, "id")
		p.whenOn(func() { p.answer(id, asked) })
	}
}

// answer sends the device what it asked for, as far as the phone has it.
func (p *Phone) answer(requestID string, asked []*waE2E.PeerDataOperationRequestMessage_PlaceholderMessageResendRequest) {
	var results []*waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult
	for _, a := range asked {
		if r := p.resend(a.GetMessageKey()); r != nil {
			results = append(results, r)
		}
	}
	p.tell(&waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE.Enum(),
		PeerDataOperationRequestResponseMessage: &waE2E.PeerDataOperationRequestResponseMessage{
			PeerDataOperationRequestType: waE2E.PeerDataOperationRequestType_PLACEHOLDER_MESSAGE_RESEND.Enum(),
			StanzaID:                     proto.String(requestID), PeerDataOperationResult: results,
		},
	})
}

// tell sends a protocol message to the linked device alone.
func (p *Phone) tell(msg *waE2E.ProtocolMessage) {
	p.s.post(&outgoing{
		id: newID("3A"), from: p.party, kind: "peer_msg", msg: &waE2E.Message{ProtocolMessage: msg},
		attrs: attrs{"from": p.pn, "t": unix(p.s.now()), "category": "peer"},
	})
}

// greet is the first thing a phone says to a new device. Without it the device
// has no session with the phone and could not ask it for anything.
func (p *Phone) greet() {
	p.tell(&waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_INITIAL_SECURITY_NOTIFICATION_SETTING_SYNC.Enum(),
		InitialSecurityNotificationSettingSync: &waE2E.InitialSecurityNotificationSettingSync{
			SecurityNotificationEnabled: proto.Bool(true),
		},
	})
}

// resend is one message as the own phone has it, nil if it does not.
func (p *Phone) resend(key *waCommon.MessageKey) *waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult {
	o := p.s.senders[key.GetID()]
	if o == nil {
		return nil
	}
	name, _ := o.attrs["notify"].(string)
	info, err := proto.Marshal(&waWeb.WebMessageInfo{
		Key: key, Message: o.msg, PushName: proto.String(name),
		MessageTimestamp: proto.Uint64(uint64(p.s.now().Unix())),
	})
	if err != nil {
		return nil
	}
	return &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult{
		PlaceholderMessageResendResponse: &waE2E.PeerDataOperationRequestResponseMessage_PeerDataOperationResult_PlaceholderMessageResendResponse{
			WebMessageInfoBytes: info,
		},
	}
}
