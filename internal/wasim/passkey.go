package wasim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// passkeyPairing is a client that must show a passkey before it is linked
// (whatsmeow pair-passkey.go, version 20260821). Guarded by s.mu.
type passkeyPairing struct {
	secret    []byte // ADV secret of the scanned code
	challenge []byte
	ref       string
	payload   *waCompanionReg.ProloguePayload
	companion *waCompanionReg.CompanionEphemeralIdentity
	ephemeral *keys.KeyPair
	nonce     []byte
	code      string
}

const passkeyRelyingParty = "whatsapp.com"

var errPasskey = errors.New("passkey not accepted")

// credential is the passkey in the owner's password manager.
type credential struct {
	id  []byte
	key *ecdsa.PrivateKey
}

func newCredential() (credential, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	id := make([]byte, 16)
	rand.Read(id)
	return credential{id: id, key: key}, err
}

// RequirePasskey makes the next scan of a QR code ask the client for a passkey
// before it is linked.
func (p *Phone) RequirePasskey(on bool) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.passkeyWanted = on
}

// AnswerPasskey is the owner's authenticator: it returns what a browser would
// give for a request, for whatsmeow's SendPasskeyResponse.
func (p *Phone) AnswerPasskey(req *types.WebAuthnPublicKey) (*types.WebAuthnResponse, error) {
	data, err := json.Marshal(map[string]any{
		"type": "webauthn.get", "origin": "https://web.whatsapp.com", "crossOrigin": false,
		"challenge": base64.RawURLEncoding.EncodeToString(req.Challenge),
	})
	if err != nil {
		return nil, err
	}
	party := sha256.Sum256([]byte(req.RelyingPartID))
	const userPresentAndVerified = 5
	auth := append(party[:], userPresentAndVerified, 0, 0, 0, 1)
	digest := passkeyDigest(auth, data)
	signature, err := ecdsa.SignASN1(rand.Reader, p.passkey.key, digest[:])
	if err != nil {
		return nil, err
	}
	return &types.WebAuthnResponse{
		ID: base64.RawURLEncoding.EncodeToString(p.passkey.id), RawID: p.passkey.id, Type: "public-key",
		Response: types.WebAuthnResponseData{ClientDataJSON: data, AuthenticatorData: auth, Signature: signature},
	}, nil
}

// passkeyDigest is what an authenticator signs.
func passkeyDigest(auth, clientData []byte) [32]byte {
	sum := sha256.Sum256(clientData)
	return sha256.Sum256(append(append([]byte{}, auth...), sum[:]...))
}

// PasskeyCode returns the code the phone shows for comparison with the one of
// events.PairPasskeyConfirmation; "" before there is one.
func (p *Phone) PasskeyCode() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for c := range p.s.conns {
		if c.pairing != nil && c.pairing.passkey != nil {
			return c.pairing.passkey.code
		}
	}
	return ""
}

// askForPasskey begins the exchange after a scan. The caller holds s.mu.
func (s *Server) askForPasskey(c *conn, secret []byte) {
	challenge := make([]byte, 32)
	rand.Read(challenge)
	c.pairing.passkey = &passkeyPairing{secret: secret, challenge: challenge, ref: newID("R")}
	c.send(s.serverNotification("passkey_prologue_request", s.passkeyOptions(c)))
}

func (s *Server) passkeyOptions(c *conn) node {
	// The type marshals without fail.
	options, _ := json.Marshal(&types.WebAuthnPublicKey{
		Challenge: c.pairing.passkey.challenge, Timeout: 300_000,
		RelyingPartID: passkeyRelyingParty, UserVerification: "required",
		AllowCredentials: []types.AllowedCredential{{ID: s.phone.passkey.id, Type: "public-key", Transports: []string{"internal", "hybrid"}}},
		Extensions:       map[string]any{},
	})
	return node{Tag: "passkey_request_options", Content: options}
}

func (s *Server) givePasskeyOptions(c *conn, iq *node) (node, bool) {
	if c.pairing == nil || c.pairing.passkey == nil {
		return refusal(iq, 404, "item-not-found"), true
	}
	return result(iq, s.passkeyOptions(c)), true
}

func (s *Server) giveRef(c *conn, iq *node) (node, bool) {
	if c.pairing == nil || c.pairing.passkey == nil {
		return refusal(iq, 404, "item-not-found"), true
	}
	return result(iq, node{Tag: "ref", Content: []byte(c.pairing.passkey.ref)}), true
}

// takePrologue takes the passkey and the client's commitment, and answers with
// the phone's ephemeral key.
func (s *Server) takePrologue(c *conn, iq *node) (node, bool) {
	prologue := iq.GetChildByTag("passkey_prologue")
	if c.pairing == nil || c.pairing.passkey == nil {
		return refusal(iq, 400, "bad-request"), true
	}
	k := c.pairing.passkey
	if err := s.checkPrologue(k, &prologue); err != nil {
		s.log.Debug().Err(err).Msg("passkey refused")
		return refusal(iq, 401, "not-authorized"), true
	}
	k.ephemeral = keys.NewKeyPair()
	k.nonce = make([]byte, 32)
	rand.Read(k.nonce)
	identity, err := proto.Marshal(&waCompanionReg.PrimaryEphemeralIdentity{PublicKey: k.ephemeral.Pub[:], Nonce: k.nonce})
	if err != nil {
		return refusal(iq, 500, "internal-server-error"), true
	}
	c.send(result(iq))
	c.send(s.serverNotification("crsc_continuation", node{Tag: "primary_ephemeral_identity", Content: identity}))
	return node{}, false
}

func (s *Server) checkPrologue(k *passkeyPairing, prologue *node) error {
	if err := s.phone.checkAssertion(k, content(prologue, "webauthn_assertion")); err != nil {
		return err
	}
	data := content(prologue, "prologue_payload")
	payload, companion := &waCompanionReg.ProloguePayload{}, &waCompanionReg.CompanionEphemeralIdentity{}
	if err := proto.Unmarshal(data, payload); err != nil {
		return err
	}
	if err := proto.Unmarshal(payload.GetCompanionEphemeralIdentity(), companion); err != nil {
		return err
	}
	if companion.GetRef() != k.ref || len(companion.GetPublicKey()) != 32 {
		return fmt.Errorf("%w: wrong reference", errPasskey)
	}
	if proof := content(prologue, "pairing_handoff_proof"); proof != nil {
		mac := hmac.New(sha256.New, hkdfutil.SHA256(k.secret, nil, []byte("shortcake-passkey-handoff-v1"), 32))
		mac.Write(data)
		if !hmac.Equal(mac.Sum(nil), proof) {
			return fmt.Errorf("%w: wrong handoff proof", errPasskey)
		}
	}
	k.payload, k.companion = payload, companion
	return nil
}

// checkAssertion verifies a passkey's answer.
func (p *Phone) checkAssertion(k *passkeyPairing, assertion []byte) error {
	var answer types.WebAuthnResponse
	if err := json.Unmarshal(assertion, &answer); err != nil {
		return fmt.Errorf("%w: %w", errPasskey, err)
	}
	var client struct{ Type, Challenge string }
	if err := json.Unmarshal(answer.Response.ClientDataJSON, &client); err != nil {
		return fmt.Errorf("%w: %w", errPasskey, err)
	}
	digest := passkeyDigest(answer.Response.AuthenticatorData, answer.Response.ClientDataJSON)
	switch {
	case string(answer.RawID) != string(p.passkey.id):
		return fmt.Errorf("%w: unknown credential", errPasskey)
	case client.Type != "webauthn.get" || client.Challenge != base64.RawURLEncoding.EncodeToString(k.challenge):
		return fmt.Errorf("%w: wrong challenge", errPasskey)
	case !ecdsa.VerifyASN1(&p.passkey.key.PublicKey, digest[:], answer.Response.Signature):
		return fmt.Errorf("%w: bad signature", errPasskey)
	}
	return nil
}

// takeCompanionNonce opens the client's commitment.
func (s *Server) takeCompanionNonce(c *conn, iq *node) (node, bool) {
	if c.pairing == nil || c.pairing.passkey == nil || c.pairing.passkey.payload == nil {
		return refusal(iq, 400, "bad-request"), true
	}
	k, nonce := c.pairing.passkey, content(iq, "companion_nonce")
	sum := sha256.Sum256(append(append([]byte{}, k.payload.GetCompanionEphemeralIdentity()...), nonce...))
	if !hmac.Equal(sum[:], k.payload.GetCommitment().GetHash()) {
		return refusal(iq, 401, "not-authorized"), true
	}
	digest := sha256.Sum256(append(append([]byte{}, nonce...), k.ephemeral.Pub[:]...))
	code := make([]byte, 5)
	for i := range code {
		code[i] = k.nonce[i] ^ digest[i]
	}
	text := base32.NewEncoding("123456789ABCDEFGHJKLMNPQRSTVWXYZ").EncodeToString(code)
	k.code = text[:4] + "-" + text[4:]
	return result(iq), true
}

// takePairingRequest takes the client's keys and secret and offers the link.
func (s *Server) takePairingRequest(c *conn, iq *node) (node, bool) {
	if c.pairing == nil || c.pairing.passkey == nil || c.pairing.passkey.code == "" {
		return refusal(iq, 400, "bad-request"), true
	}
	req, err := c.pairing.passkey.openRequest(content(iq, "encrypted_pairing_request"))
	if err != nil || string(req.GetCompanionPublicKey()) != string(c.static[:]) ||
		string(req.GetCompanionIdentityKey()) != string(c.pairing.keys.identity[:]) {
		return refusal(iq, 401, "not-authorized"), true
	}
	c.send(result(iq))
	c.pairing.secret = req.GetAdvSecret()
	s.offerLink(c)
	return node{}, false
}

func (k *passkeyPairing) openRequest(data []byte) (*waCompanionReg.PairingRequest, error) {
	var sealed waCompanionReg.EncryptedPairingRequest
	if err := proto.Unmarshal(data, &sealed); err != nil {
		return nil, err
	}
	if len(sealed.GetIV()) != 12 {
		return nil, errPasskey
	}
	shared, err := curve25519.X25519(k.ephemeral.Priv[:], k.companion.GetPublicKey())
	if err != nil {
		return nil, err
	}
	salt := fmt.Sprintf("Companion Pairing %d with ref %s", k.companion.GetDeviceType(), k.ref)
	key := hkdfutil.SHA256(shared, []byte(salt), []byte("Pairing Information Encryption Key"), 32)
	plaintext, err := gcmutil.Decrypt(key, sealed.GetIV(), sealed.GetEncryptedPayload(), nil)
	if err != nil {
		return nil, err
	}
	var req waCompanionReg.PairingRequest
	return &req, proto.Unmarshal(plaintext, &req)
}
