package wasim

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// device is the linked client as the server knows it.
type device struct {
	id       uint16
	keyIndex uint32
	noise    [32]byte
	keys     deviceKeys
}

// deviceKeys are the public Signal keys of a client.
type deviceKeys struct {
	registrationID uint32
	identity       [32]byte
	signed         publicKey
	oneTime        []publicKey // oldest first; each is given away once
	askedForMore   bool
}

// publicKey is a prekey as a client uploads it.
type publicKey struct {
	id        uint32
	value     [32]byte
	signature [64]byte // of signed prekeys only
}

// welcome begins a session after the handshake. The caller holds s.mu.
func (s *Server) welcome(c *conn, p *waWa6.ClientPayload) {
	v := p.GetUserAgent().GetAppVersion()
	version := store.WAVersionContainer{v.GetPrimary(), v.GetSecondary(), v.GetTertiary()}
	switch data := p.GetDevicePairingData(); {
	case version.LessThan(s.faults.minVersion):
		c.finish(failure(405))
	case data != nil:
		s.startPairing(c, data)
	default:
		s.login(c, p, version)
	}
}

func (s *Server) login(c *conn, p *waWa6.ClientPayload, version store.WAVersionContainer) {
	if refusal, refused := s.faults.takeLoginRefusal(); refused {
		c.finish(refusal)
		return
	}
	d := s.phone.device
	known := d != nil && strconv.FormatUint(p.GetUsername(), 10) == s.phone.number &&
		p.GetDevice() == uint32(d.id) && c.static == d.noise
	if !known {
		c.finish(failure(401))
		return
	}
	if old := s.live; old != nil {
		old.finish(replaced())
	}
	c.device, s.live = d, c
	s.logins++
	s.version = version
	s.broadcast()
	c.send(node{Tag: "success", Attrs: attrs{"t": unix(s.now()), "lid": s.phone.deviceJID(s.phone.lid)}})
}

// activate is the client's word that it is ready: the offline queue follows.
func (s *Server) activate(c *conn, iq *node) (node, bool) {
	c.send(result(iq))
	if c.active || s.live != c {
		return node{}, false
	}
	c.active = true
	c.offline = len(s.pending)
	c.backlog = c.offline
	counts := map[string]int{}
	for _, d := range s.pending {
		counts[d.class]++
	}
	c.send(node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []node{{
		Tag: "offline_preview",
		Attrs: attrs{
			"count": c.backlog, "message": counts["message"], "receipt": counts["receipt"],
			"notification": counts["notification"], "appdata": 0, "call": 0,
		},
	}}})
	if c.backlog == 0 {
		c.send(offlineDone(0))
	}
	s.broadcast()
	s.pump()
	return node{}, false
}

func offlineDone(count int) node {
	return node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []node{{
		Tag: "offline", Attrs: attrs{"count": count},
	}}}
}

// registeredKeys reads the keys a client registers with.
func registeredKeys(data *waWa6.ClientPayload_DevicePairingRegistrationData) (deviceKeys, error) {
	var k deviceKeys
	id := append([]byte{0}, data.GetESkeyID()...)
	if len(data.GetERegid()) != 4 || len(data.GetEIdent()) != 32 || len(id) != 4 ||
		len(data.GetESkeyVal()) != 32 || len(data.GetESkeySig()) != 64 {
		return k, fmt.Errorf("%w: key of wrong length", errFrame)
	}
	k.registrationID = binary.BigEndian.Uint32(data.GetERegid())
	k.identity = [32]byte(data.GetEIdent())
	k.signed = publicKey{
		id:        binary.BigEndian.Uint32(id),
		value:     [32]byte(data.GetESkeyVal()),
		signature: [64]byte(data.GetESkeySig()),
	}
	point := ecc.NewDjbECPublicKey(k.signed.value)
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(k.identity), point.Serialize(), k.signed.signature) {
		return k, fmt.Errorf("%w: bad signature of the signed prekey", errFrame)
	}
	return k, nil
}
