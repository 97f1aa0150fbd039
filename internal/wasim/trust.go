package wasim

import (
	"fmt"
	"math"
	"sync"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// rootKey signs the Noise certificates of all Servers of this process.
var rootKey = sync.OnceValue(keys.NewKeyPair)

// trustOnce keeps Trust from writing the variable again while clients read it.
var trustOnce sync.Once

// Trust makes whatsmeow accept the simulators of this process, and only them,
// as WhatsApp, for the rest of the process's life. Call it before the first
// client connects; further calls do nothing.
func Trust() {
	trustOnce.Do(func() { whatsmeow.WACertPubKey = *rootKey().Pub })
}

// newNoiseChain returns the certificates whatsmeow asks for in the handshake:
// root signs an intermediate, the intermediate signs the server's static key
// (whatsmeow handshake.go verifyServerCert, version 20260821).
func newNoiseChain(static *keys.KeyPair) ([]byte, error) {
	const serial = 1
	middle := keys.NewKeyPair()
	intermediate, err := signNoiseCert(rootKey(), &waCert.CertChain_NoiseCertificate_Details{
		Serial:       proto.Uint32(serial),
		IssuerSerial: proto.Uint32(whatsmeow.WACertIssuerSerial),
		Key:          middle.Pub[:],
	})
	if err != nil {
		return nil, err
	}
	leaf, err := signNoiseCert(middle, &waCert.CertChain_NoiseCertificate_Details{
		Serial:       proto.Uint32(serial + 1),
		IssuerSerial: proto.Uint32(serial),
		Key:          static.Pub[:],
	})
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waCert.CertChain{Leaf: leaf, Intermediate: intermediate})
}

func signNoiseCert(by *keys.KeyPair, d *waCert.CertChain_NoiseCertificate_Details) (*waCert.CertChain_NoiseCertificate, error) {
	d.NotBefore = proto.Uint64(0)
	d.NotAfter = proto.Uint64(math.MaxUint32)
	details, err := proto.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("marshal certificate: %w", err)
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*by.Priv), details)
	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
}
