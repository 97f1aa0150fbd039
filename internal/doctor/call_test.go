package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mostrador/internal/doctor"
)

// secure is a server whose certificate is for name and good from a day ago until
// end, and a client that trusts it.
func secure(t *testing.T, name string, end time.Time) (*httptest.Server, *http.Client) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: end.Add(-90 * 24 * time.Hour), NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, s.Listener.Addr().String())
	}
	return s, &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
}

func TestCertificatesAreJudged(t *testing.T) {
	const address = "https://panel.ejemplo.com"
	now := time.Now()
	check := func(name string, client *http.Client, want doctor.State, text string) {
		t.Helper()
		a := doctor.Caller{Now: time.Now, Client: client}.Ask(t.Context(), address, false)
		if got := doctor.Encryption(address, "DOMINIO", a, now); got.State != want || !strings.Contains(got.Found, text) {
			t.Errorf("%s: got %+v (%v), want %s with %q", name, got, a.Err, want, text)
		}
	}
	_, good := secure(t, "panel.ejemplo.com", now.Add(60*24*time.Hour))
	check("good", good, doctor.Good, "59 días")
	_, ending := secure(t, "panel.ejemplo.com", now.Add(5*24*time.Hour))
	check("ending", ending, doctor.Doubt, "vence en 4 días")
	_, over := secure(t, "panel.ejemplo.com", now.Add(-time.Hour))
	check("over", over, doctor.Bad, "vencido")
	_, other := secure(t, "otro.ejemplo.com", now.Add(60*24*time.Hour))
	check("of another name", other, doctor.Bad, "otro nombre")
	stranger, client := secure(t, "panel.ejemplo.com", now.Add(60*24*time.Hour))
	client.Transport.(*http.Transport).TLSClientConfig = nil
	check("of nobody we know", client, doctor.Bad, "no lo firmó nadie")
	stranger.Close()
	check("nobody there", client, doctor.Unknown, "Nadie contesta")
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	a := doctor.Caller{Now: time.Now}.Ask(t.Context(), "https"+strings.TrimPrefix(plain.URL, "http"), false)
	if got := doctor.Encryption(address, "DOMINIO", a, now); got.State != doctor.Bad || !strings.Contains(got.Found, "no habla HTTPS") {
		t.Errorf("no TLS: got %+v (%v), want %s", got, a.Err, doctor.Bad)
	}
}

func TestOnlyTheInternetNeedsHTTPS(t *testing.T) {
	for address, want := range map[string]doctor.State{
		"http://192.168.1.10:8523": doctor.Good, "http://servidor:8523": doctor.Good, "http://caja.local": doctor.Good,
		"http://[::1]:1": doctor.Good, "http://100.100.1.2:8523": doctor.Good,
		"http://panel.ejemplo.com": doctor.Doubt, "http://8.8.8.8": doctor.Doubt, "http://%zz": doctor.Doubt,
	} {
		if got := doctor.Encryption(address, "SERVER_URL", doctor.Answer{}, time.Now()); got.State != want {
			t.Errorf("%s: got %+v, want %s", address, got, want)
		}
	}
}

// nameless is a client for which there are no names: networks differ in what they
// answer about one that is not there.
var nameless = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}}}

func TestSilenceIsExplained(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	endless, cancel := context.WithTimeout(t.Context(), 0)
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context //nolint:containedctx // of the case
		client *http.Client
		url    string
		want   string
	}{
		"nobody at the port": {t.Context(), nil, closed.URL, "no hay nadie"},
		"no such name":       {t.Context(), nameless, "http://no-existe.invalid", "no existe"},
		"too slow":           {endless, nil, closed.URL, "no contesta a tiempo"},
		"no address":         {t.Context(), nil, "http://[::1", "No se llega"},
	} {
		a := doctor.Caller{Now: time.Now, Client: c.client}.Ask(c.ctx, c.url, false)
		if why, do := doctor.Reason(a.Err, "SERVER_URL"); !strings.Contains(why, c.want) || !strings.Contains(why, "SERVER_URL") || do == "" {
			t.Errorf("%s: got %q, %q of %v, want %q", name, why, do, a.Err, c.want)
		}
	}
}

func TestTheTokenStaysWhereItWasSent(t *testing.T) {
	var seen []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = append(seen, r.Header.Get("Authorization")) }))
	t.Cleanup(elsewhere.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer secreto" {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		}
	}))
	t.Cleanup(first.Close)
	c := doctor.Caller{Token: "secreto", Now: time.Now}
	if a := c.Ask(t.Context(), first.URL, true); a.Status != http.StatusFound || len(seen) > 0 {
		t.Errorf("got %d and %v elsewhere, want the redirect as the answer", a.Status, seen)
	}
	if a := c.Ask(t.Context(), first.URL, false); a.Status != http.StatusOK {
		t.Errorf("got %d, want no token", a.Status)
	}
}

func TestTheClockOfWhoAnswersIsRead(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", noon.Add(3*time.Hour).Format(http.TimeFormat))
	}))
	t.Cleanup(s.Close)
	c := doctor.Caller{Now: func() time.Time { return noon }}
	if got := doctor.Clock(c.Ask(t.Context(), s.URL, false), "del servidor"); got.State != doctor.Bad || !strings.Contains(got.Found, "3 horas atrasado") {
		t.Errorf("got %+v, want three hours", got)
	}
	s.Close()
	if got := doctor.Clock(c.Ask(t.Context(), s.URL, false), "del servidor"); got.State != doctor.Unknown {
		t.Errorf("got %+v, want %s", got, doctor.Unknown)
	}
}

func TestTheOthersSentenceIsBounded(t *testing.T) {
	a := doctor.Answer{Body: []byte(`{"detail":"` + strings.Repeat("a", 1000) + `\u001b[2J"}`)}
	if got := a.Detail("x"); len(got) != 300 {
		t.Errorf("got %d letters, want 300", len(got))
	}
	if got := (doctor.Answer{Body: []byte("<html>")}).Detail("otra"); got != "otra" {
		t.Errorf("got %q, want otra", got)
	}
}

func TestThisMachinesAddressIsKnownUnlessThePortIsNot(t *testing.T) {
	for address, want := range map[string]string{
		":9000": "http://127.0.0.1:9000", "0.0.0.0:1": "http://127.0.0.1:1", "[::]:1": "http://127.0.0.1:1", "10.0.0.1:80": "http://10.0.0.1:80", ":0": "", "x": "",
	} {
		if got := doctor.Here(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}
