package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"
)

const (
	// callTime is what the other side has to answer.
	callTime = 6 * time.Second
	// maxAnswer is as much of an answer as is read, in bytes.
	maxAnswer = 1 << 20
	// maxDetail is as much of the other side's sentence as is shown, in runes.
	maxDetail = 300
)

// Caller asks the programs over HTTP, without the proxies that are for the way to
// WhatsApp, and without following redirects, which would give the token to others.
type Caller struct {
	Token string
	Now   func() time.Time
	// Client is how; nil: directly.
	Client *http.Client
}

// Answer is what came of a question.
type Answer struct {
	Err         error // nobody answered
	Status      int
	Body        []byte
	Certificate *x509.Certificate // of the other side, nil without TLS
	ahead       time.Duration     // the other's clock less ours
	dated       bool              // ahead is known
}

// Ask makes a GET request, with the token if withToken.
func (c Caller) Ask(ctx context.Context, url string, withToken bool) Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return Answer{Err: err}
	}
	if withToken {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if c.Client != nil {
		client = *c.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	sent := c.Now()
	resp, err := client.Do(r)
	if err != nil {
		return Answer{Err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	took := c.Now().Sub(sent)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	a := Answer{Err: err, Status: resp.StatusCode, Body: body}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		a.ahead, a.dated = date.Sub(sent.Add(took/2)), true
	}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		a.Certificate = resp.TLS.PeerCertificates[0]
	}
	return a
}

// Decode reads a JSON answer of status 200 into v and reports whether it was one.
func (a Answer) Decode(v any) bool {
	return a.Err == nil && a.Status == http.StatusOK && json.Unmarshal(a.Body, v) == nil
}

// Detail is the sentence of a problem document (RFC 9457), otherwise without one.
func (a Answer) Detail(otherwise string) string {
	var problem struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(a.Body, &problem) != nil || problem.Detail == "" {
		return otherwise
	}
	text := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, problem.Detail))
	return string(text[:min(len(text), maxDetail)])
}

// Once returns a question that is asked when first wanted, and once.
func Once(ask func(ctx context.Context) Answer) func(ctx context.Context) Answer {
	var once sync.Once
	var a Answer
	return func(ctx context.Context) Answer {
		once.Do(func() { a = ask(ctx) })
		return a
	}
}

// Here is the address of this machine's program that listens on address, a
// host:port; "" if the port is not known before it starts.
func Here(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Reason says in Spanish why nobody answered at the address that the variable
// called name holds, and what to do.
func Reason(err error, name string) (why, do string) {
	var network net.Error
	_, unknownName := errors.AsType[*net.DNSError](err)
	switch {
	case isCertificate(err):
		return "El certificado de la dirección en " + name + " no sirve: " + certificateProblem(err), "Renueve el certificado, o ponga el nombre para el que se hizo."
	case notTLS(err):
		return "En " + name + " contesta algo que no habla HTTPS.", "Ponga http:// en vez de https://, o encienda HTTPS en el servidor."
	case unknownName:
		return "El nombre en " + name + " no existe, o no hay red.", "Revise el nombre y la conexión a la red; con una dirección IP no hace falta nombre."
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errRefusedOnWindows):
		return "La máquina en " + name + " contesta, pero en ese puerto no hay nadie.", "Arranque el programa allí y revise el puerto."
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "La dirección en " + name + " no contesta a tiempo: está apagada, en otra red o detrás de un firewall.", "Revise la dirección y abra el puerto en el firewall de esa máquina."
	}
	return "No se llega a la dirección en " + name + ".", "Revise la red y la dirección."
}

// errRefusedOnWindows is WSAECONNREFUSED (winsock2.h), which syscall does not count
// as ECONNREFUSED.
const errRefusedOnWindows = syscall.Errno(10061)

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

func notTLS(err error) bool {
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok || err != nil && strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// certificateProblem says what is wrong with a certificate.
func certificateProblem(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "está vencido, o el reloj de esta máquina está mal."
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "es de otro nombre."
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "no lo firmó nadie que esta máquina conozca."
	}
	return "esta máquina no lo acepta."
}
