package wasim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Errors of ScanQR and EnterCode.
var (
	// ErrUnknownCode means that no client is showing that code now.
	ErrUnknownCode = errors.New("code is not valid")
	// ErrRefused means that the client did not accept the pairing; the message
	// has its reason.
	ErrRefused = errors.New("client refused the pairing")

	errPairingGone = errors.New("client disconnected while pairing")
)

const (
	qrRefs      = 6                 // codes a client gets: one for 60 s, five for 20 s
	qrLifetime  = 160 * time.Second // after which the server closes the connection
	pairMessage = "pair-success"    // id of the iq that links a client
)

// pairing is a client waiting to be linked. Guarded by s.mu.
type pairing struct {
	keys    deviceKeys
	refs    []string
	offered *device       // sent in pair-success, not answered yet
	secret  []byte        // ADV secret that authenticates pair-success
	result  chan struct{} // closed when the pairing is decided
	err     error         // why it failed; read after result is closed
	decided bool

	code    *codePairing
	passkey *passkeyPairing
}

// end decides the pairing; only the first call counts.
func (p *pairing) end(err error) {
	if !p.decided {
		p.decided, p.err = true, err
		close(p.result)
	}
}

// startPairing shows codes to a client that is not linked.
func (s *Server) startPairing(c *conn, data *waWa6.ClientPayload_DevicePairingRegistrationData) {
	k, err := registeredKeys(data)
	if err != nil {
		s.log.Debug().Err(err).Msg("registration refused")
		c.finish(failure(400))
		return
	}
	c.pairing = &pairing{keys: k, result: make(chan struct{})}
	refs := make([]node, qrRefs)
	for i := range refs {
		ref := "2@" + newID("")
		c.pairing.refs = append(c.pairing.refs, ref)
		refs[i] = node{Tag: "ref", Content: []byte(ref)}
	}
	c.send(node{
		Tag:     "iq",
		Attrs:   attrs{"from": types.ServerJID, "type": "set", "id": newID("P"), "xmlns": "md"},
		Content: []node{{Tag: "pair-device", Content: refs}},
	})
	s.broadcast()
	s.spawn(func() {
		timer := time.NewTimer(qrLifetime)
		defer timer.Stop()
		select {
		case <-timer.C:
			c.cut()
		case <-c.ctx.Done():
		}
	})
}

// ScanQR is the owner pointing the phone's camera at a code. It returns when
// the client has accepted, with nil, or with ErrUnknownCode for text no client
// is showing now, or an error that wraps ErrRefused. If the phone asks for a
// passkey it returns after the whole exchange.
func (p *Phone) ScanQR(ctx context.Context, qr string) error {
	_, fields, found := strings.Cut(qr, "#")
	parts := strings.Split(fields, ",")
	if !found || len(parts) != 5 {
		return ErrUnknownCode
	}
	var decoded [3][]byte
	for i := range decoded {
		data, err := base64.StdEncoding.DecodeString(parts[i+1])
		if err != nil || len(data) != 32 {
			return ErrUnknownCode
		}
		decoded[i] = data
	}
	p.s.mu.Lock()
	c := p.s.showing(parts[0])
	if c == nil || [32]byte(decoded[0]) != c.static || [32]byte(decoded[1]) != c.pairing.keys.identity {
		p.s.mu.Unlock()
		return ErrUnknownCode
	}
	if p.passkeyWanted {
		p.passkeyWanted = false
		p.s.askForPasskey(c, decoded[2])
	} else {
		c.pairing.secret = decoded[2]
		p.s.offerLink(c)
	}
	p.s.mu.Unlock()
	return c.pairing.wait(ctx)
}

// showing returns the connection whose client shows that reference.
func (s *Server) showing(ref string) *conn {
	for c := range s.conns {
		if c.pairing == nil || c.pairing.decided {
			continue
		}
		for _, r := range c.pairing.refs {
			if r == ref {
				return c
			}
		}
	}
	return nil
}

func (p *pairing) wait(ctx context.Context) error {
	select {
	case <-p.result:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// offerLink sends pair-success, signed with the phone's identity and
// authenticated with the secret the client shared out of band.
func (s *Server) offerLink(c *conn) {
	p := s.phone
	p.devices++
	d := &device{id: p.devices, keyIndex: uint32(p.devices), noise: c.static, keys: c.pairing.keys}
	container, err := p.signDevice(d, c.pairing.secret)
	if err != nil {
		c.pairing.end(err)
		return
	}
	c.pairing.offered = d
	c.send(node{
		Tag:   "iq",
		Attrs: attrs{"from": types.ServerJID, "type": "set", "id": pairMessage, "t": unix(s.now()), "xmlns": "md"},
		Content: []node{{Tag: "pair-success", Content: []node{
			{Tag: "device-identity", Content: container},
			{Tag: "biz", Attrs: attrs{"name": p.name}},
			{Tag: "device", Attrs: attrs{"jid": withDevice(p.pn, d.id), "lid": withDevice(p.lid, d.id)}},
			{Tag: "platform", Attrs: attrs{"name": "smba"}}, // the business app on Android
		}}},
	})
}

// signDevice makes the phone's statement that d belongs to its account
// (whatsmeow pair.go handlePair, version 20260821).
func (p *Phone) signDevice(d *device, secret []byte) ([]byte, error) {
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID:     proto.Uint32(p.party.registrationID),
		Timestamp: proto.Uint64(uint64(p.s.now().Unix())),
		KeyIndex:  proto.Uint32(d.keyIndex),
	})
	if err != nil {
		return nil, err
	}
	signed := append(append(append([]byte{}, whatsmeow.AdvAccountSignaturePrefix...), details...), d.keys.identity[:]...)
	signature := ecc.CalculateSignature(p.party.identity.PrivateKey(), signed)
	account := p.party.identityKey()
	identity, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentity{
		Details:             details,
		AccountSignatureKey: account[:],
		AccountSignature:    signature[:],
	})
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(identity)
	return proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: identity, HMAC: mac.Sum(nil)})
}

// pairReply takes the client's answer to pair-success.
func (s *Server) pairReply(c *conn, iq *node) {
	d := c.pairing.offered
	if str(iq, "id") != pairMessage || d == nil {
		return
	}
	c.pairing.offered = nil
	if str(iq, "type") == "error" {
		e := iq.GetChildByTag("error")
		c.pairing.end(fmt.Errorf("%w: %s %s", ErrRefused, str(&e, "code"), str(&e, "text")))
		return
	}
	if err := s.phone.checkDeviceSignature(d, content(iq, "pair-device-sign", "device-identity")); err != nil {
		c.pairing.end(err)
		c.finish(failure(401))
		return
	}
	s.phone.link(d)
	c.pairing.end(nil)
	c.finish(streamError("515")) // the client reconnects and logs in
}

// checkDeviceSignature verifies the device's half of the signed identity.
func (p *Phone) checkDeviceSignature(d *device, data []byte) error {
	var identity waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(data, &identity); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if len(identity.GetDeviceSignature()) != 64 {
		return fmt.Errorf("%w: no device signature", ErrRefused)
	}
	account := p.party.identityKey()
	signed := append(append([]byte{}, whatsmeow.AdvDeviceSignaturePrefix...), identity.GetDetails()...)
	signed = append(append(signed, d.keys.identity[:]...), account[:]...)
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(d.keys.identity), signed, [64]byte(identity.GetDeviceSignature())) {
		return fmt.Errorf("%w: bad device signature", ErrRefused)
	}
	return nil
}
