package wasim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	stdlog "log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// mediaHost is where the client is told to fetch and put media.
const mediaHost = "mmg.whatsapp.net"

// newCertificate makes a TLS certificate for WhatsApp's host names, and the
// pool that trusts it.
func newCertificate() (tls.Certificate, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "wasim"},
		DNSNames:     []string{"*.whatsapp.com", "*.whatsapp.net"},
		NotBefore:    time.Now().Add(-24 * time.Hour),
		NotAfter:     time.Now().Add(365 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots, nil
}

// HTTPClient returns the client that reaches this simulator whatever host is
// asked for, over TLS it trusts. Give it to whatsmeow's SetWebsocketHTTPClient,
// SetPreLoginHTTPClient, SetMediaHTTPClient and GetLatestVersion. It is the
// same client on every call, and unusable after Close.
func (s *Server) HTTPClient() *http.Client { return s.client }

func newHTTPClient(addr string, roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}
}

func (s *Server) newHTTPServer(cert tls.Certificate) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws/chat", s.serveChat)
	mux.HandleFunc("GET /{$}", s.serveFrontPage)
	mux.HandleFunc("GET /"+mediaPrefix+"/{name}", s.serveMedia)
	mux.HandleFunc("POST /mms/{kind}/{token}", s.serveUpload)
	return &http.Server{
		Handler:           s.tracked(mux),
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
		ErrorLog:          stdlog.New(io.Discard, "", 0), // cut connections are the point
	}
}

// tracked makes Close wait for requests being served: closing an http.Server
// does not, and a hijacked websocket is out of its sight altogether.
func (s *Server) tracked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		s.wg.Add(1)
		s.mu.Unlock()
		defer s.wg.Done()
		next.ServeHTTP(w, r)
	})
}

// serveFrontPage is what whatsmeow's GetLatestVersion reads (update.go).
func (s *Server) serveFrontPage(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	revision := s.currentVersion()[2]
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><script>{"client_revision":%d,"server":"wasim"}</script>`, revision)
}
