package api

import (
	"fmt"
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

// bridgeView is the state of the bridge as the server sees it.
type bridgeView struct {
	Reachable bool   `json:"alcanzable"`
	WhatsApp  string `json:"whatsapp"`
	State     string `json:"estado"`
	Reason    string `json:"motivo"`
	Solution  string `json:"solucion"`
	Queue     int    `json:"cola_pendiente"`
	Parked    int    `json:"cola_apartados"`
	Replies   int64  `json:"respuestas_en_cola"`
	URL       string `json:"laptop_url"`
}

func (s *server) bridgeState(w http.ResponseWriter, r *http.Request) error {
	replies, err := s.Store.QueuedReplies(r.Context(), businessOf(r))
	if err != nil {
		return fmt.Errorf("count queued replies: %w", err)
	}
	view := bridgeView{WhatsApp: wire.Disconnected, Replies: replies, URL: s.BridgeURL}
	switch health, err := s.askBridge(r); {
	case s.BridgeURL == "":
		view.State, view.Reason = "sin_configurar", "El servidor no sabe dónde está la laptop."
		view.Solution = "Ponga IP_LAPTOP en la configuración del servidor y reinícielo."
	case err != nil:
		view.State, view.Reason = "inalcanzable", httpx.Message(err)
		view.Solution = "Los mensajes no se pierden: lo que llegue espera en la laptop y las respuestas, aquí."
	default:
		view.Reachable, view.WhatsApp, view.State, view.Reason, view.Solution = true, health.WhatsApp, health.State, health.Reason, health.Solution
		view.Queue, view.Parked = health.Queue, health.Parked
	}
	httpx.WriteJSON(w, http.StatusOK, view)
	return nil
}

// askBridge asks for the bridge's health; a connected bridge gets its waiting
// replies.
func (s *server) askBridge(r *http.Request) (wire.BridgeHealth, error) {
	if s.BridgeURL == "" {
		return wire.BridgeHealth{}, nil
	}
	health, err := s.Health(r.Context(), s.BridgeURL)
	if err == nil && health.WhatsApp == wire.Connected {
		s.Outbox.Alive(s.BridgeID)
	}
	return health, err
}
