package wasim

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"regexp"
	"strings"

	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/pbkdf2"
)

// codePairing is a client that shows an eight-character code (whatsmeow
// pair-code.go, version 20260821). Guarded by s.mu.
type codePairing struct {
	ref       string
	wrapped   []byte        // the client's ephemeral key under the code
	ephemeral *keys.KeyPair // the phone's, once the code was entered
	companion []byte        // the client's, as unwrapped with the entered code
}

const (
	wrappedSize    = 80 // salt 32, IV 16, key 32
	codeIterations = 2 << 16
)

// validDisplayName tells what the server accepts as a client's name: "Browser (OS)".
func validDisplayName(name []byte) bool {
	return regexp.MustCompile(`^(Chrome|Edge|Firefox|IE|Opera|Safari) \([A-Za-z ]+\)$`).Match(name)
}

// linkByCode serves both requests a client makes to be linked by code.
func (s *Server) linkByCode(c *conn, iq *node) (node, bool) {
	reg := iq.GetChildByTag("link_code_companion_reg")
	if c.pairing == nil {
		return refusal(iq, 400, "bad-request"), true
	}
	switch str(&reg, "stage") {
	case "companion_hello":
		return s.codeHello(c, iq, &reg)
	case "companion_finish":
		return s.codeFinish(c, iq, &reg)
	}
	return refusal(iq, 400, "bad-request"), true
}

func (s *Server) codeHello(c *conn, iq, reg *node) (node, bool) {
	wrapped := content(reg, "link_code_pairing_wrapped_companion_ephemeral_pub")
	auth, ok := bytes32(reg, "companion_server_auth_key_pub")
	if len(wrapped) != wrappedSize || !ok || auth != c.static || !validDisplayName(content(reg, "companion_platform_display")) {
		return refusal(iq, 400, "bad-request"), true
	}
	if jid(reg, "jid") != s.phone.pn {
		return refusal(iq, 404, "item-not-found"), true
	}
	c.pairing.code = &codePairing{ref: newID("C"), wrapped: wrapped}
	s.broadcast()
	return result(iq, node{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "companion_hello"}, Content: []node{
		{Tag: "link_code_pairing_ref", Content: []byte(c.pairing.code.ref)},
	}}), true
}

// EnterCode is the owner typing the code a client shows, with or without the
// dash. It returns as ScanQR does; a code that is wrong is ErrUnknownCode.
func (p *Phone) EnterCode(ctx context.Context, code string) error {
	code = strings.ToUpper(strings.ReplaceAll(code, "-", ""))
	c, shown := p.s.showingCode()
	if c == nil || len(code) != 8 {
		return ErrUnknownCode
	}
	if err := p.helloWithCode(c, shown, code); err != nil {
		return err
	}
	return c.pairing.wait(ctx)
}

// showingCode returns a connection whose client shows a code.
func (s *Server) showingCode() (*conn, *codePairing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		if c.pairing != nil && !c.pairing.decided && c.pairing.code != nil {
			return c, c.pairing.code
		}
	}
	return nil, nil
}

// helloWithCode sends the phone's ephemeral key, wrapped with the code.
func (p *Phone) helloWithCode(c *conn, pairing *codePairing, code string) error {
	// Deriving keys from the code is slow on purpose: not under the lock.
	companion, err := wrap(code, pairing.wrapped[:48], pairing.wrapped[48:])
	if err != nil {
		return err
	}
	ephemeral := keys.NewKeyPair()
	head := make([]byte, 48)
	rand.Read(head)
	sealed, err := wrap(code, head, ephemeral.Pub[:])
	if err != nil {
		return err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	pairing.companion, pairing.ephemeral = companion, ephemeral
	identity := p.party.identityKey()
	c.send(p.s.serverNotification("link_code_companion_reg", node{
		Tag: "link_code_companion_reg", Attrs: attrs{"stage": "primary_hello"}, Content: []node{
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: append(head, sealed...)},
			{Tag: "primary_identity_pub", Content: identity[:]},
			{Tag: "link_code_pairing_ref", Content: []byte(pairing.ref)},
		},
	}))
	return nil
}

// wrap encrypts or decrypts a key with the code; head is salt and IV.
func wrap(code string, head, key []byte) ([]byte, error) {
	block, err := aes.NewCipher(pbkdf2.Key([]byte(code), head[:32], codeIterations, 32, sha256.New))
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(key))
	cipher.NewCTR(block, head[32:48]).XORKeyStream(out, key)
	return out, nil
}

// codeFinish takes the client's keys, which only decrypt if both sides used the
// same code.
func (s *Server) codeFinish(c *conn, iq, reg *node) (node, bool) {
	secret, err := s.codeSecret(c, content(reg, "link_code_pairing_wrapped_key_bundle"))
	if err != nil {
		c.pairing.end(ErrUnknownCode)
		return refusal(iq, 400, "bad-request"), true
	}
	c.send(result(iq))
	c.pairing.secret = secret
	s.offerLink(c)
	return node{}, false
}

var errKeyBundle = errors.New("bad key bundle")

// codeSecret opens the key bundle and derives the ADV secret.
func (s *Server) codeSecret(c *conn, bundle []byte) ([]byte, error) {
	pairing := c.pairing.code
	if pairing == nil || pairing.ephemeral == nil || len(bundle) < 44 {
		return nil, errKeyBundle
	}
	shared, err := curve25519.X25519(pairing.ephemeral.Priv[:], pairing.companion)
	if err != nil {
		return nil, err
	}
	key := hkdfutil.SHA256(shared, bundle[:32], []byte("link_code_pairing_key_bundle_encryption_key"), 32)
	plaintext, err := gcmutil.Decrypt(key, bundle[32:44], bundle[44:], nil)
	if err != nil {
		return nil, err
	}
	own := s.phone.party.identityKey()
	if len(plaintext) != 96 || [32]byte(plaintext[:32]) != c.pairing.keys.identity || [32]byte(plaintext[32:64]) != own {
		return nil, errKeyBundle
	}
	private := s.phone.party.identity.PrivateKey().Serialize()
	identities, err := curve25519.X25519(private[:], plaintext[:32])
	if err != nil {
		return nil, err
	}
	input := append(append(shared, identities...), plaintext[64:]...)
	return hkdfutil.SHA256(input, nil, []byte("adv_secret"), 32), nil
}
