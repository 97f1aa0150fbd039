package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// freshFor is how long a beat is believed: two of them may get lost.
	freshFor = 3 * time.Minute
	// stuckAfter is how long a reply waits before the way to the laptop is looked at.
	stuckAfter = time.Minute
	// maxRetries is how many messages one request may name.
	maxRetries = 1000
)

// States of the bridge that it cannot tell itself.
const (
	stateUnconfigured = "sin_configurar"
	stateUnreachable  = "inalcanzable"
)

// bridgeState answers with what the bridge's beats say; only a bridge that does
// not beat is asked itself.
func (s *server) bridgeState(w http.ResponseWriter, r *http.Request) error {
	view, err := s.knownState(r.Context(), businessOf(r))
	if err != nil {
		return err
	}
	if view.Reachable {
		s.checkWay(r.Context(), &view)
	} else {
		s.askBridge(r.Context(), &view)
	}
	httpx.WriteJSON(w, http.StatusOK, view)
	return nil
}

// knownState is what the database knows; it is reachable if a beat came lately.
func (s *server) knownState(ctx context.Context, business int64) (bridgeView, error) {
	view := bridgeView{WhatsApp: wire.Disconnected, URL: s.BridgeURL, Tray: []parkedView{}}
	var err error
	if view.Replies, err = s.Store.QueuedReplies(ctx, business); err != nil {
		return view, fmt.Errorf("count queued replies: %w", err)
	}
	oldest, err := s.Store.OldestReply(ctx, business)
	if err != nil {
		return view, fmt.Errorf("load oldest reply: %w", err)
	}
	view.OldestReply = moment(oldest)
	alerts, err := s.Store.OpenAlerts(ctx, business)
	if err != nil {
		return view, fmt.Errorf("load alerts: %w", err)
	}
	view.Alerts = viewAlerts(alerts)
	beat, found, err := s.Store.LastBeat(ctx, business)
	if err != nil {
		return view, fmt.Errorf("load last beat: %w", err)
	}
	if found {
		view.addBeat(beat, s.Now().Sub(beat.At) < freshFor)
	}
	return view, nil
}

// askBridge completes the view of a bridge that never beat, or does so no more.
// A connected bridge gets its waiting replies.
func (s *server) askBridge(ctx context.Context, view *bridgeView) {
	health, err := wire.BridgeHealth{}, error(nil)
	if s.BridgeURL != "" {
		health, err = s.Health(ctx, s.BridgeURL)
	}
	switch {
	case s.BridgeURL == "" && view.LastBeat == nil:
		view.State, view.Reason = stateUnconfigured, "El servidor no sabe dónde está la laptop."
		view.Solution = "Ponga IP_LAPTOP en la configuración del servidor y reinícielo."
	case s.BridgeURL == "" || err != nil:
		view.State, view.Reason = stateUnreachable, "La laptop no da señales de vida."
		if err != nil {
			view.Reason = httpx.Message(err)
		}
		view.Solution = "Los mensajes no se pierden: lo que llegue espera en la laptop y las respuestas, aquí."
	default:
		if health.WhatsApp == wire.Connected {
			s.Outbox.Alive(s.BridgeID)
		}
		view.addHealth(health, s.Now())
	}
}

// checkWay completes the view of a bridge that beats: its beats say nothing of
// the way from here to it, which replies take.
func (s *server) checkWay(ctx context.Context, view *bridgeView) {
	stuck := view.OldestReply != nil && s.Now().Sub(*view.OldestReply) > stuckAfter
	if view.Problem != "" {
		return
	}
	if s.BridgeURL == "" {
		view.Problem = "El servidor no sabe dónde está la laptop, y las respuestas no pueden salir: ponga IP_LAPTOP en su configuración y reinícielo."
	} else if stuck {
		if _, err := s.Health(ctx, s.BridgeURL); err != nil {
			view.Problem = "La laptop manda señales, pero este servidor no la alcanza, y las respuestas no pueden salir: revise IP_LAPTOP, PUERTO_LAPTOP y el cortafuegos de la laptop."
		}
	}
}

// retryParked has the bridge deliver parked messages again.
func (s *server) retryParked(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Keys []string `json:"claves"`
	}
	if err := decodeForm(w, r, maxForm, &form); err != nil {
		return err
	}
	if err := checkKeys(form.Keys); err != nil {
		return err
	}
	if s.BridgeURL == "" {
		return ticket.NewError(ticket.CodeUnavailable, "El servidor no sabe dónde está la laptop: falta IP_LAPTOP en su configuración. También puede reintentar en la página del puente, en la laptop.")
	}
	n, err := s.Retry(r.Context(), s.BridgeURL, form.Keys)
	if err != nil {
		return fmt.Errorf("ask bridge to retry: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, wire.RetryReply{Status: "ok", Retried: n})
	return nil
}

func checkKeys(keys []string) error {
	if len(keys) > maxRetries {
		return invalid("claves", fmt.Sprintf("puede nombrar a lo más %d mensajes", maxRetries))
	}
	for _, key := range keys {
		if !validKey(key) {
			return invalid("claves", "tiene algo que no es la clave de un mensaje")
		}
	}
	return nil
}
