package wasim

import (
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

var errHandshake = errors.New("not a noise handshake")

// symmetric is the symmetric state of Noise_XX_25519_AESGCM_SHA256 as WhatsApp
// runs it. A failed open leaves it unusable.
type symmetric struct {
	hash, salt []byte
	key        cipher.AEAD
	counter    uint32
}

func newSymmetric(prologue []byte) (*symmetric, error) {
	name := []byte(socket.NoiseStartPattern)
	key, err := gcmutil.Prepare(name)
	if err != nil {
		return nil, err
	}
	h := &symmetric{hash: name, salt: name, key: key}
	h.mixHash(prologue)
	return h, nil
}

func (h *symmetric) mixHash(data []byte) {
	sum := sha256.New()
	sum.Write(h.hash)
	sum.Write(data)
	h.hash = sum.Sum(nil)
}

func (h *symmetric) mixDH(priv *[32]byte, pub []byte) error {
	secret, err := curve25519.X25519(priv[:], pub)
	if err != nil {
		return err
	}
	out := hkdfutil.SHA256(secret, h.salt, nil, 64)
	h.salt, h.counter = out[:32], 0
	h.key, err = gcmutil.Prepare(out[32:])
	return err
}

func (h *symmetric) seal(plaintext []byte) []byte {
	out := h.key.Seal(nil, nonce(h.counter), plaintext, h.hash)
	h.counter++
	h.mixHash(out)
	return out
}

func (h *symmetric) open(ciphertext []byte) ([]byte, error) {
	out, err := h.key.Open(nil, nonce(h.counter), ciphertext, h.hash)
	if err != nil {
		return nil, err
	}
	h.counter++
	h.mixHash(ciphertext)
	return out, nil
}

// split ends the handshake with the keys for what the client sends and for what
// it is sent.
func (h *symmetric) split() (fromClient, toClient cipher.AEAD, err error) {
	out := hkdfutil.SHA256(nil, h.salt, nil, 64)
	if fromClient, err = gcmutil.Prepare(out[:32]); err != nil {
		return nil, nil, err
	}
	toClient, err = gcmutil.Prepare(out[32:])
	return fromClient, toClient, err
}

func nonce(counter uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], counter)
	return iv
}

// greeting is what a finished handshake tells about the client.
type greeting struct {
	static               [32]byte // the client's Noise key
	payload              *waWa6.ClientPayload
	fromClient, toClient cipher.AEAD
}

// handshake plays the server's side of Noise_XX: next reads a frame of the
// client, send writes one to it.
func handshake(static *keys.KeyPair, chain []byte, next func() ([]byte, error), send func([]byte) error) (*greeting, error) {
	h, err := newSymmetric(socket.WAConnHeader)
	if err != nil {
		return nil, err
	}
	ephemeral := keys.NewKeyPair()
	if err := answerHello(h, static, ephemeral, chain, next, send); err != nil {
		return nil, fmt.Errorf("answer hello: %w", err)
	}
	g, err := readFinish(h, ephemeral, next)
	if err != nil {
		return nil, fmt.Errorf("read finish: %w", err)
	}
	g.fromClient, g.toClient, err = h.split()
	return g, err
}

func answerHello(h *symmetric, static, ephemeral *keys.KeyPair, chain []byte, next func() ([]byte, error), send func([]byte) error) error {
	msg, err := readHandshake(next)
	if err != nil {
		return err
	}
	client := msg.GetClientHello().GetEphemeral()
	if len(client) != 32 {
		return errHandshake
	}
	h.mixHash(client)
	h.mixHash(ephemeral.Pub[:])
	if err := h.mixDH(ephemeral.Priv, client); err != nil {
		return err
	}
	sealedStatic := h.seal(static.Pub[:])
	if err := h.mixDH(static.Priv, client); err != nil {
		return err
	}
	hello, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{
		Ephemeral: ephemeral.Pub[:],
		Static:    sealedStatic,
		Payload:   h.seal(chain),
	}})
	if err != nil {
		return err
	}
	return send(hello)
}

func readFinish(h *symmetric, ephemeral *keys.KeyPair, next func() ([]byte, error)) (*greeting, error) {
	msg, err := readHandshake(next)
	if err != nil {
		return nil, err
	}
	static, err := h.open(msg.GetClientFinish().GetStatic())
	if err != nil {
		return nil, err
	}
	if len(static) != 32 {
		return nil, errHandshake
	}
	if err := h.mixDH(ephemeral.Priv, static); err != nil {
		return nil, err
	}
	payload, err := h.open(msg.GetClientFinish().GetPayload())
	if err != nil {
		return nil, err
	}
	g := &greeting{static: [32]byte(static), payload: &waWa6.ClientPayload{}}
	return g, proto.Unmarshal(payload, g.payload)
}

func readHandshake(next func() ([]byte, error)) (*waWa6.HandshakeMessage, error) {
	frame, err := next()
	if err != nil {
		return nil, err
	}
	var msg waWa6.HandshakeMessage
	if err := proto.Unmarshal(frame, &msg); err != nil {
		return nil, err
	}
	return &msg, nil
}
