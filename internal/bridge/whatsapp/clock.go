package whatsapp

import (
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow"
)

const (
	week = 7 * 24 * time.Hour
	// sessionStart is where whatsmeow lets the weeks of its session numbers begin
	// (client.go, getUnifiedSessionID).
	sessionStart = 3 * 24 * time.Hour
)

// clockAhead is by how much this machine's clock is ahead of WhatsApp's, as told
// at the last login; up to half a week, beyond which TLS fails anyway. The library
// keeps the difference to itself and shows it only in a number that is WhatsApp's
// time within the week.
func clockAhead(cli *whatsmeow.Client) time.Duration {
	number, err := strconv.ParseInt(cli.DangerousInternals().GetUnifiedSessionID(), 10, 64) //nolint:staticcheck // only reads; see docs/DECISIONS.md
	if err != nil {
		return 0
	}
	theirs := time.Duration(number) * time.Millisecond
	ours := time.Duration((time.Now().UnixMilli()+sessionStart.Milliseconds())%week.Milliseconds()) * time.Millisecond
	ahead := (ours - theirs) % week
	switch {
	case ahead > week/2:
		ahead -= week
	case ahead < -week/2:
		ahead += week
	}
	return ahead.Round(time.Second)
}

// ClockAhead is by how much this machine's clock was ahead of WhatsApp's at the
// last login, negative when it was behind; zero before the first.
func (c *Client) ClockAhead() time.Duration { return time.Duration(c.ahead.Load()) }

// noLine says why there is no line to WhatsApp and what to do.
func noLine(err error, now time.Time) (reason, solution string) {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "La conexión segura con WhatsApp no vale en la fecha de esta computadora, " + now.Local().Format("02/01/2006 15:04") + ".",
			"Ponga en hora el reloj de esta computadora; después se conecta solo."
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "Algo en la red se hace pasar por WhatsApp.",
			"Un antivirus, un proxy o la red misma abre las conexiones seguras: deje pasar web.whatsapp.com sin tocar, o use otra red."
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !dns.IsTimeout {
		return "No se encuentra WhatsApp en internet.", "Revise el internet de esta computadora; después se conecta solo."
	}
	return "No hay conexión con WhatsApp.", solutionLost
}

// solutionLost is what to do about most lines that break.
const solutionLost = "Se reconecta solo. Si tarda, revise el internet de esta computadora."
