package wasim

import (
	"crypto/x509"
	"fmt"
	"net/http"

	"go.mau.fi/whatsmeow"
)

// Remote is what a client in another process needs to take this simulator for
// WhatsApp. It is a plain value that can be written down as JSON.
type Remote struct {
	Address     string   `json:"address"`     // host:port; may be that of something in between
	Certificate []byte   `json:"certificate"` // of its TLS, DER
	RootKey     [32]byte `json:"root_key"`    // public; signs its Noise certificates
}

// Remote returns how another process reaches this simulator.
func (s *Server) Remote() Remote {
	return Remote{Address: s.listener.Addr().String(), Certificate: s.leaf, RootKey: *rootKey().Pub}
}

// Dial is Trust and HTTPClient for the simulator r of another process: it makes
// whatsmeow take it, and nothing else, for WhatsApp. Call it once, before the
// first client connects; a process that has called Trust cannot.
func (r Remote) Dial() (*http.Client, error) {
	leaf, err := x509.ParseCertificate(r.Certificate)
	if err != nil {
		return nil, fmt.Errorf("parse certificate of simulator: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	trustOnce.Do(func() { whatsmeow.WACertPubKey = r.RootKey })
	return newHTTPClient(r.Address, roots), nil
}
