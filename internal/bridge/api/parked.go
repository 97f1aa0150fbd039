package api

import (
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

// maxRetry is what a list of keys may hold: thousands of them.
const maxRetry = 1 << 20

// listParked shows the server what it refused.
func (a *api) listParked(w http.ResponseWriter, _ *http.Request) {
	body := wire.ParkedList{Total: a.Status().Parked, Tray: a.Parked(wire.MaxTray)}
	if body.Tray == nil {
		body.Tray = []wire.Parked{}
	}
	httpx.WriteJSON(w, http.StatusOK, body)
}

// retryParked has parked messages delivered again.
func (a *api) retryParked(w http.ResponseWriter, r *http.Request) error {
	var order wire.Retry
	if err := httpx.Decode(w, r, maxRetry, &order); err != nil {
		return err
	}
	count, err := a.Retry(order.Keys)
	if err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, wire.RetryReply{Status: "ok", Retried: count})
	return nil
}
