package uplink

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Windows' names for what the others call ECONNREFUSED, EHOSTUNREACH and
// ENETUNREACH (winsock2.h); syscall does not count them as the same.
const (
	errWindowsRefused     = syscall.Errno(10061)
	errWindowsNoHost      = syscall.Errno(10065)
	errWindowsNoNetwork   = syscall.Errno(10051)
	reasonSilent          = "El servidor no contesta: está apagado, o SERVER_URL no es su dirección."
	reasonUnknownName     = "No se encuentra el servidor: el nombre en SERVER_URL no existe o no hay red."
	reasonLate            = "El servidor no contestó a tiempo: revise la red, el firewall del servidor y la dirección en SERVER_URL."
	reasonRefused         = "El servidor no contesta en el puerto de SERVER_URL: revise que el programa server esté en marcha y que ese sea su puerto."
	reasonNoWay           = "No hay camino hasta el servidor: revise la red de esta computadora (Wi-Fi, cable, VPN) y la dirección en SERVER_URL."
	reasonPlain           = "El servidor no habla HTTPS: ponga http:// en SERVER_URL."
	reasonSecure          = "El servidor pide HTTPS: ponga https:// en SERVER_URL. Los mensajes esperan."
	reasonExpired         = "El certificado del servidor no vale en la fecha de esta computadora: póngala en hora; si la fecha está bien, hay que renovar el certificado."
	reasonOtherName       = "El certificado del servidor es de otro nombre: ponga en SERVER_URL el nombre que tiene el certificado."
	reasonUntrusted       = "No se puede confiar en el certificado del servidor: use uno de una autoridad conocida, o instale en esta computadora el de la suya."
	reasonBadCertificates = "El certificado del servidor no es válido: revise el HTTPS del servidor."
)

// silence is the outcome of getting no answer.
func silence(err error) outcome {
	out := outcome{err: err, reason: reasonSilent}
	var network net.Error
	dns, unknown := errors.AsType[*net.DNSError](err)
	op, _ := errors.AsType[*net.OpError](err)
	switch {
	case unknown && !dns.IsTimeout:
		out.reason = reasonUnknownName
	case errors.As(err, &network) && network.Timeout() || errors.Is(err, context.DeadlineExceeded):
		out.timedOut, out.reason = op == nil || op.Op != "dial", reasonLate
	case isAny(err, syscall.ECONNREFUSED, errWindowsRefused):
		out.reason = reasonRefused
	case isAny(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, errWindowsNoHost, errWindowsNoNetwork):
		out.reason = reasonNoWay
	case errors.Is(err, http.ErrSchemeMismatch):
		out.reason = reasonPlain
	default:
		out.reason = certificateReason(err)
	}
	return out
}

// certificateReason says what is wrong with the server's certificate, if that is
// it.
func certificateReason(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired { // which also says «not yet»
			return reasonExpired
		}
		return reasonBadCertificates
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return reasonOtherName
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return reasonUntrusted
	}
	return reasonSilent
}

func isAny(err error, causes ...syscall.Errno) bool {
	for _, cause := range causes {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
