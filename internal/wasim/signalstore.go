package wasim

import (
	"context"

	groupRecord "go.mau.fi/libsignal/groups/state/record"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/state/record"
	signalstore "go.mau.fi/libsignal/state/store"
	"go.mau.fi/whatsmeow/store"
)

var _ signalstore.SignalProtocol = (*party)(nil)

// GetIdentityKeyPair is libsignal's IdentityKey.
func (p *party) GetIdentityKeyPair() *identity.KeyPair { return p.identity }

// GetLocalRegistrationID is libsignal's IdentityKey.
func (p *party) GetLocalRegistrationID() uint32 { return p.registrationID }

// SaveIdentity is libsignal's IdentityKey; a phone trusts the linked device.
func (p *party) SaveIdentity(context.Context, *protocol.SignalAddress, *identity.Key) error {
	return nil
}

// IsTrustedIdentity is libsignal's IdentityKey.
func (p *party) IsTrustedIdentity(context.Context, *protocol.SignalAddress, *identity.Key) (bool, error) {
	return true, nil
}

// LoadPreKey is libsignal's PreKey; nil for a key that was used or never made.
func (p *party) LoadPreKey(_ context.Context, id uint32) (*record.PreKey, error) {
	return p.oneTime[id], nil
}

// StorePreKey is libsignal's PreKey.
func (p *party) StorePreKey(_ context.Context, id uint32, key *record.PreKey) error {
	p.oneTime[id] = key
	return nil
}

// ContainsPreKey is libsignal's PreKey.
func (p *party) ContainsPreKey(_ context.Context, id uint32) (bool, error) {
	return p.oneTime[id] != nil, nil
}

// RemovePreKey is libsignal's PreKey.
func (p *party) RemovePreKey(_ context.Context, id uint32) error {
	delete(p.oneTime, id)
	return nil
}

// LoadSignedPreKey is libsignal's SignedPreKey.
func (p *party) LoadSignedPreKey(_ context.Context, id uint32) (*record.SignedPreKey, error) {
	if id != p.signed.ID() {
		return nil, nil
	}
	return p.signed, nil
}

// LoadSignedPreKeys is libsignal's SignedPreKey.
func (p *party) LoadSignedPreKeys(context.Context) ([]*record.SignedPreKey, error) {
	return []*record.SignedPreKey{p.signed}, nil
}

// StoreSignedPreKey is libsignal's SignedPreKey.
func (p *party) StoreSignedPreKey(_ context.Context, _ uint32, key *record.SignedPreKey) error {
	p.signed = key
	return nil
}

// ContainsSignedPreKey is libsignal's SignedPreKey.
func (p *party) ContainsSignedPreKey(_ context.Context, id uint32) (bool, error) {
	return id == p.signed.ID(), nil
}

// RemoveSignedPreKey is libsignal's SignedPreKey; a phone keeps its only one.
func (p *party) RemoveSignedPreKey(context.Context, uint32) error { return nil }

// LoadSession is libsignal's Session; a fresh record if there is none.
func (p *party) LoadSession(context.Context, *protocol.SignalAddress) (*record.Session, error) {
	ser := store.SignalProtobufSerializer
	if p.session == nil {
		return record.NewSession(ser.Session, ser.State), nil
	}
	return record.NewSessionFromBytes(p.session, ser.Session, ser.State)
}

// GetSubDeviceSessions is libsignal's Session.
func (p *party) GetSubDeviceSessions(context.Context, string) ([]uint32, error) { return nil, nil }

// StoreSession is libsignal's Session.
func (p *party) StoreSession(_ context.Context, _ *protocol.SignalAddress, r *record.Session) error {
	p.session = r.Serialize()
	return nil
}

// ContainsSession is libsignal's Session.
func (p *party) ContainsSession(context.Context, *protocol.SignalAddress) (bool, error) {
	return p.session != nil, nil
}

// DeleteSession is libsignal's Session.
func (p *party) DeleteSession(context.Context, *protocol.SignalAddress) error {
	p.session = nil
	return nil
}

// DeleteAllSessions is libsignal's Session.
func (p *party) DeleteAllSessions(context.Context) error {
	p.session = nil
	return nil
}

// StoreSenderKey is libsignal's SenderKey.
func (p *party) StoreSenderKey(_ context.Context, name *protocol.SenderKeyName, r *groupRecord.SenderKey) error {
	p.senderKeys[senderKeyName(name)] = r.Serialize()
	return nil
}

// LoadSenderKey is libsignal's SenderKey; an empty record if there is none.
func (p *party) LoadSenderKey(_ context.Context, name *protocol.SenderKeyName) (*groupRecord.SenderKey, error) {
	return loadGroupRecord(p.senderKeys[senderKeyName(name)])
}
