package wasim

import (
	"context"
	"encoding/binary"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/util/optional"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

func (s *Server) countPreKeys(c *conn, iq *node) (node, bool) {
	count := len(c.device.keys.oneTime)
	if s.few {
		count = max(count, 1)
	}
	return result(iq, node{Tag: "count", Attrs: attrs{"value": count}}), true
}

// takePreKeys stores the one-time keys a client uploads.
func (s *Server) takePreKeys(c *conn, iq *node) (node, bool) {
	k := &c.device.keys
	list := iq.GetChildByTag("list")
	for _, child := range list.GetChildrenByTag("key") {
		key, ok := parseKey(&child)
		if !ok {
			return refusal(iq, 400, "bad-request"), true
		}
		k.oneTime = append(k.oneTime, key)
	}
	k.askedForMore = false
	s.broadcast()
	return result(iq), true
}

// parseKey reads a <key> or an <skey>.
func parseKey(n *node) (publicKey, bool) {
	var key publicKey
	id := content(n, "id")
	value, ok := bytes32(n, "value")
	if len(id) != 3 || !ok {
		return key, false
	}
	key.id = binary.BigEndian.Uint32(append([]byte{0}, id...))
	key.value = value
	if n.Tag != "skey" {
		return key, true
	}
	signature := content(n, "signature")
	if len(signature) != 64 {
		return key, false
	}
	key.signature = [64]byte(signature)
	return key, true
}

// bundle is what somebody needs to write to the device; it takes one of its
// one-time keys if any is left. The caller holds s.mu.
func (s *Server) bundle(d *device) *prekey.Bundle {
	k := &d.keys
	if len(k.oneTime) == 0 {
		return newBundle(k, nil)
	}
	key := k.oneTime[0]
	k.oneTime = k.oneTime[1:]
	s.askForPreKeys(k)
	return newBundle(k, &key)
}

// askForPreKeys tells the device when few of its one-time keys are left.
func (s *Server) askForPreKeys(k *deviceKeys) {
	if k.askedForMore || len(k.oneTime) >= whatsmeow.MinPreKeyCount {
		return
	}
	k.askedForMore = true
	s.deliver(&delivery{class: "notification", id: newID("K"), kind: "encrypt", build: func(d *device) (node, error) {
		return node{
			Attrs:   attrs{"from": types.ServerJID, "t": unix(s.now())},
			Content: []node{{Tag: "count", Attrs: attrs{"value": len(d.keys.oneTime)}}},
		}, nil
	}})
}

// WaitPreKeys returns when at least n one-time keys of the linked device are on
// the server. The error is the context's, or ErrClosed.
func (s *Server) WaitPreKeys(ctx context.Context, n int) error {
	return s.waitUntil(ctx, func() bool {
		d := s.phone.device
		return d != nil && len(d.keys.oneTime) >= n
	})
}

// UsePreKeys has strangers take all but left of the device's one-time keys.
func (s *Server) UsePreKeys(left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.phone.device; d != nil && left >= 0 && left < len(d.keys.oneTime) {
		d.keys.oneTime = d.keys.oneTime[len(d.keys.oneTime)-left:]
		s.askForPreKeys(&d.keys)
	}
}

// newBundle makes libsignal's form of a device's keys; oneTime may be nil.
func newBundle(k *deviceKeys, oneTime *publicKey) *prekey.Bundle {
	id := optional.NewEmptyUint32()
	var point ecc.ECPublicKeyable
	if oneTime != nil {
		id, point = optional.NewOptionalUint32(oneTime.id), ecc.NewDjbECPublicKey(oneTime.value)
	}
	return prekey.NewBundle(k.registrationID, 1, id, k.signed.id,
		point, ecc.NewDjbECPublicKey(k.signed.value), k.signed.signature,
		identity.NewKey(ecc.NewDjbECPublicKey(k.identity)))
}

// givePreKeys hands out the keys of customers and of the own phone.
func (s *Server) givePreKeys(_ *conn, iq *node) (node, bool) {
	if code := s.faults.keysRefusal; code != 0 {
		return refusal(iq, code, "rate-overlimit"), true
	}
	var users []node
	asked := iq.GetChildByTag("key")
	for _, u := range asked.GetChildrenByTag("user") {
		who := jid(&u, "jid")
		user := node{Tag: "user", Attrs: attrs{"jid": who, "t": unix(s.now())}}
		if p := s.partyOf(who); p == nil {
			user.Content = []node{{Tag: "error", Attrs: attrs{"code": 404, "text": "item-not-found"}}}
		} else if children, err := p.keyNodes(); err != nil {
			user.Content = []node{{Tag: "error", Attrs: attrs{"code": 500, "text": "internal-server-error"}}}
		} else {
			user.Content = children
		}
		users = append(users, user)
	}
	return result(iq, node{Tag: "list", Content: users}), true
}

// partyOf returns the phone at an address, nil if there is none.
func (s *Server) partyOf(who types.JID) *party {
	if who.Device != 0 {
		return nil
	}
	if who == s.phone.pn || who == s.phone.lid {
		return s.phone.party
	}
	if c := s.byUser[who]; c != nil {
		return c.party
	}
	return nil
}

// keyNodes is a bundle of the phone's keys with a fresh one-time key.
func (p *party) keyNodes() ([]node, error) {
	oneTime, err := p.newOneTimeKey()
	if err != nil {
		return nil, err
	}
	id := p.identityKey()
	signature := p.signed.Signature()
	signed := keyNode("skey", p.signed.ID(), p.signed.KeyPair().PublicKey().PublicKey())
	signed.Content = append(signed.GetChildren(), node{Tag: "signature", Content: signature[:]})
	return []node{
		p.registrationNode(),
		{Tag: "type", Content: []byte{ecc.DjbType}},
		{Tag: "identity", Content: id[:]},
		signed,
		keyNode("key", oneTime.ID().Value, oneTime.KeyPair().PublicKey().PublicKey()),
	}, nil
}

func (p *party) registrationNode() node {
	return node{Tag: "registration", Content: binary.BigEndian.AppendUint32(nil, p.registrationID)}
}

func keyNode(tag string, id uint32, value [32]byte) node {
	return node{Tag: tag, Content: []node{
		{Tag: "id", Content: binary.BigEndian.AppendUint32(nil, id)[1:]},
		{Tag: "value", Content: value[:]},
	}}
}
