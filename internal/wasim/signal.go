package wasim

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"go.mau.fi/libsignal/ecc"
	groupRecord "go.mau.fi/libsignal/groups/state/record"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/session"
	"go.mau.fi/libsignal/state/record"
	"go.mau.fi/libsignal/util/keyhelper"
	"go.mau.fi/whatsmeow/store"
)

var errCipher = errors.New("cannot decrypt")

// party is the Signal half of one phone. There is one other side, the linked
// device, so one session. It is libsignal's store for itself, in memory, and
// keeps records serialised as a database would: libsignal changes a loaded
// record even when decrypting then fails. Guarded by the server's mutex.
type party struct {
	identity       *identity.KeyPair
	registrationID uint32
	signed         *record.SignedPreKey
	oneTime        map[uint32]*record.PreKey
	lastOneTime    uint32
	session        []byte            // nil: none
	senderKeys     map[string][]byte // by group and sender
}

func newParty() (*party, error) {
	id, err := keyhelper.GenerateIdentityKeyPair()
	if err != nil {
		return nil, fmt.Errorf("generate identity: %w", err)
	}
	signed, err := keyhelper.GenerateSignedPreKey(id, 1, store.SignalProtobufSerializer.SignedPreKeyRecord)
	if err != nil {
		return nil, fmt.Errorf("generate signed prekey: %w", err)
	}
	return &party{
		identity: id, registrationID: keyhelper.GenerateRegistrationID(), signed: signed,
		oneTime: map[uint32]*record.PreKey{}, senderKeys: map[string][]byte{},
	}, nil
}

func (p *party) identityKey() [32]byte { return p.identity.PublicKey().PublicKey().PublicKey() }

// newOneTimeKey makes a key to be given to a client that wants to write.
func (p *party) newOneTimeKey() (*record.PreKey, error) {
	pair, err := ecc.GenerateKeyPair()
	if err != nil {
		return nil, err
	}
	p.lastOneTime++
	key := record.NewPreKey(p.lastOneTime, pair, store.SignalProtobufSerializer.PreKeyRecord)
	p.oneTime[p.lastOneTime] = key
	return key, nil
}

// peerAddress names the linked device in a party's store.
func peerAddress() *protocol.SignalAddress { return protocol.NewSignalAddress("device", 1) }

// cipher returns the session with the linked device.
func (p *party) cipher() (*session.Cipher, *session.Builder) {
	b := session.NewBuilderFromSignal(p, peerAddress(), store.SignalProtobufSerializer)
	return session.NewCipher(b, peerAddress()), b
}

// encrypt makes the content and the type of an <enc> for the linked device. It
// calls bundle for the device's keys if there is no session.
func (p *party) encrypt(plaintext []byte, bundle func() *prekey.Bundle) (kind string, ciphertext []byte, err error) {
	c, b := p.cipher()
	if p.session == nil {
		if err := b.ProcessBundle(context.Background(), bundle()); err != nil {
			return "", nil, fmt.Errorf("start session: %w", err)
		}
	}
	msg, err := c.Encrypt(context.Background(), pad(plaintext))
	if err != nil {
		return "", nil, fmt.Errorf("encrypt: %w", err)
	}
	kind = "msg"
	if msg.Type() == protocol.PREKEY_TYPE {
		kind = "pkmsg"
	}
	return kind, msg.Serialize(), nil
}

// decrypt opens the content of an <enc> of the linked device.
func (p *party) decrypt(kind string, ciphertext []byte) ([]byte, error) {
	c, _ := p.cipher()
	var plaintext []byte
	var err error
	switch kind {
	case "pkmsg":
		var msg *protocol.PreKeySignalMessage
		msg, err = protocol.NewPreKeySignalMessageFromBytes(ciphertext,
			store.SignalProtobufSerializer.PreKeySignalMessage, store.SignalProtobufSerializer.SignalMessage)
		if err == nil {
			plaintext, err = c.DecryptMessage(context.Background(), msg)
		}
	case "msg":
		var msg *protocol.SignalMessage
		msg, err = protocol.NewSignalMessageFromBytes(ciphertext, store.SignalProtobufSerializer.SignalMessage)
		if err == nil {
			plaintext, err = c.Decrypt(context.Background(), msg)
		}
	default:
		err = fmt.Errorf("unknown type %q", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCipher, err)
	}
	return unpad(plaintext)
}

// pad adds one to fifteen bytes, each saying how many there are.
func pad(plaintext []byte) []byte {
	var n [1]byte
	rand.Read(n[:])
	count := int(n[0])%15 + 1
	return append(bytes.Clone(plaintext), bytes.Repeat([]byte{byte(count)}, count)...)
}

func unpad(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("%w: empty", errCipher)
	}
	count := int(data[len(data)-1])
	if count == 0 || count > len(data) {
		return nil, fmt.Errorf("%w: bad padding", errCipher)
	}
	return data[:len(data)-count], nil
}

// forgetSession makes the next message start a new session.
func (p *party) forgetSession() { p.session = nil }

// forget drops all that concerns the linked device: another one follows.
func (p *party) forget() {
	p.session = nil
	clear(p.senderKeys)
}

// broken returns what looks like a message but that nobody can decrypt: a
// message of a session the device never heard of.
func broken(bundle *prekey.Bundle, plaintext []byte) ([]byte, error) {
	stranger, err := newParty()
	if err != nil {
		return nil, err
	}
	_, data, err := stranger.encrypt(plaintext, func() *prekey.Bundle { return bundle })
	if err != nil {
		return nil, err
	}
	msg, err := protocol.NewPreKeySignalMessageFromBytes(data,
		store.SignalProtobufSerializer.PreKeySignalMessage, store.SignalProtobufSerializer.SignalMessage)
	if err != nil {
		return nil, err
	}
	return msg.WhisperMessage().Serialize(), nil
}

func senderKeyName(name *protocol.SenderKeyName) string {
	return name.GroupID() + "\x00" + name.Sender().String()
}

// loadGroupRecord parses a stored sender key; an unknown one is an empty record.
func loadGroupRecord(data []byte) (*groupRecord.SenderKey, error) {
	ser := store.SignalProtobufSerializer
	if data == nil {
		return groupRecord.NewSenderKey(ser.SenderKeyRecord, ser.SenderKeyState), nil
	}
	return groupRecord.NewSenderKeyFromBytes(data, ser.SenderKeyRecord, ser.SenderKeyState)
}
