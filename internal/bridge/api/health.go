package api

import (
	"net/http"
	"time"

	"rsc.io/qr"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// health answers everybody; callers with the token learn more.
func (a *api) health(w http.ResponseWriter, r *http.Request) {
	s := a.Status()
	body := wire.BridgeHealth{
		Status:   "ok",
		WhatsApp: wire.Disconnected,
		Queue:    s.Waiting,
		Uptime:   a.Now().Sub(a.started).Seconds(),
	}
	if s.Connected {
		body.WhatsApp = wire.Connected
	}
	if a.token.Authorizes(r) {
		body.State, body.Reason, body.Solution, body.Account = s.State, s.Reason, s.Solution, s.Account
		body.OldestQueue, body.Parked = a.waited(s).Seconds(), s.Parked
		body.Version, body.Library = a.Version, a.Library
	}
	httpx.WriteJSON(w, http.StatusOK, body)
}

// waited is the age of the oldest waiting message, 0 without one.
func (a *api) waited(s Status) time.Duration {
	if s.Oldest.IsZero() {
		return 0
	}
	return max(0, a.Now().Sub(s.Oldest))
}

// pairing tells the server what to show while there is no phone.
func (a *api) pairing(w http.ResponseWriter, _ *http.Request) {
	s := a.Status()
	body := wire.Pairing{State: s.State, QR: s.QR, Code: s.Code}
	if !s.QRExpires.IsZero() {
		body.Expires = &s.QRExpires
	}
	httpx.WriteJSON(w, http.StatusOK, body)
}

// qrPicture is the code to scan as a PNG, with its white margin.
func (a *api) qrPicture(w http.ResponseWriter, _ *http.Request) error {
	text := a.Status().QR
	if text == "" {
		return ticket.NewError(ticket.CodeNotFound, "Ahora no hay código QR.")
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ticket.NewError(ticket.CodeNotFound, "El código QR no cabe en una imagen.")
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(code.PNG())
	return nil
}
