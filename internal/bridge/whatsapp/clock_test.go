package whatsapp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestWhyThereIsNoLineIsSaidWithWhatToDo(t *testing.T) {
	now := time.Date(2019, 1, 2, 3, 4, 0, 0, time.Local)
	for want, err := range map[string]error{
		"fecha de esta computadora, 02/01/2019 03:04. Ponga en hora": &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}},
		"se hace pasar por WhatsApp. Un antivirus":                   &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"No se encuentra WhatsApp en internet. Revise el internet":   &net.OpError{Op: "dial", Err: &net.DNSError{Name: "web.whatsapp.com", IsNotFound: true}},
		"No hay conexión con WhatsApp. Se reconecta solo.":           errors.New("other"),
	} {
		reason, solution := noLine(err, now)
		if got := reason + " " + solution; !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}
