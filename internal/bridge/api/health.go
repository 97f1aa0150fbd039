package api

import (
	"net/http"
	"time"

	"rsc.io/qr"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Health is how the bridge is, for a caller with the token; Uptime counts from
// started.
func (o Options) Health(started time.Time) wire.BridgeHealth {
	s := o.Status()
	body := wire.BridgeHealth{
		Status: "ok", WhatsApp: wire.Disconnected, Queue: s.Waiting, Uptime: o.Now().Sub(started).Seconds(),
		State: s.State, Reason: s.Reason, Solution: s.Solution, Account: s.Account,
		OldestQueue: o.waited(s).Seconds(), Parked: s.Parked, Version: o.Version, Library: o.Library,
	}
	if s.Connected {
		body.WhatsApp = wire.Connected
	}
	return body
}

// health answers everybody; callers with the token learn more.
func (a *api) health(w http.ResponseWriter, r *http.Request) {
	body := a.Health(a.started)
	if !a.token.Authorizes(r) {
		body = wire.BridgeHealth{Status: body.Status, WhatsApp: body.WhatsApp, Queue: body.Queue, Uptime: body.Uptime}
	}
	httpx.WriteJSON(w, http.StatusOK, body)
}

// waited is the age of the oldest waiting message, 0 without one.
func (o Options) waited(s Status) time.Duration {
	if s.Oldest.IsZero() {
		return 0
	}
	return max(0, o.Now().Sub(s.Oldest))
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
