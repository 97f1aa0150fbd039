package rest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// freshFor is how long a beat is believed: two of them may get lost.
	freshFor = 3 * time.Minute
	// stuckAfter is how long a reply waits before the way to the laptop is looked at.
	stuckAfter = time.Minute
)

// States of the bridge that it cannot tell itself.
const (
	stateUnconfigured = "sin_configurar"
	stateUnreachable  = "inalcanzable"
)

func (s *service) bridge() {
	register(s, operation(http.MethodGet, "/puente", "ver-puente", "puente", "Cómo está el WhatsApp y la laptop que lo tiene"), auth.RoleReader, s.bridgeState)
	register(s, operation(http.MethodPost, "/puente/reintentar", "reintentar-apartados", "puente", "Hace que la laptop entregue otra vez los mensajes apartados"), auth.RoleAgent, s.retryParked)
}

// bridgeState answers with what the bridge's beats say; only a bridge that does
// not beat is asked itself.
func (s *service) bridgeState(ctx context.Context, _ *struct{}) (*body[Bridge], error) {
	view, err := s.knownState(ctx, businessOf(ctx))
	if err != nil {
		return nil, err
	}
	if view.Reachable {
		s.checkWay(ctx, &view)
	} else {
		s.askBridge(ctx, &view)
	}
	return answer(view), nil
}

// knownState is what the database knows; it is reachable if a beat came lately.
func (s *service) knownState(ctx context.Context, business int64) (Bridge, error) {
	view := Bridge{WhatsApp: wire.Disconnected, URL: s.BridgeURL, Tray: []Parked{}}
	s.addLink(&view)
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
func (s *service) askBridge(ctx context.Context, view *Bridge) {
	health, err := wire.BridgeHealth{}, error(nil)
	url, missing := s.way()
	if missing == nil {
		health, err = s.Health(ctx, url)
	}
	switch {
	case missing != nil && view.LastBeat == nil:
		view.State = stateUnconfigured
		view.Reason, view.Solution = s.Links.Missing()
	case missing != nil || err != nil:
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
func (s *service) checkWay(ctx context.Context, view *Bridge) {
	stuck := view.OldestReply != nil && s.Now().Sub(*view.OldestReply) > stuckAfter
	if view.Problem != "" {
		return
	}
	url, missing := s.way()
	if missing != nil {
		view.Problem = "La laptop manda señales, pero las respuestas no pueden salir. " + cmp.Or(view.LinkNote, httpx.Message(missing))
	} else if stuck {
		if _, err := s.Health(ctx, url); err != nil {
			view.Problem = "La laptop manda señales, pero este servidor no la alcanza, y las respuestas no pueden salir: revise IP_LAPTOP, PUERTO_LAPTOP y el firewall de la laptop."
			if view.LinkSince != nil {
				view.Problem = "La laptop tiene el enlace abierto, pero no contesta por él, y las respuestas no pueden salir: reinicie el puente."
			}
		}
	}
}

// way returns where the bridge is called now, or why nowhere.
func (s *service) way() (string, error) { return s.Links.Way(s.BridgeID, s.BridgeURL) }

// addLink puts the way to the bridge into v.
func (s *service) addLink(v *Bridge) {
	state := s.Links.State(s.BridgeID)
	v.Problem, v.LinkSince = s.Links.Problem(s.BridgeID), moment(state.Since)
	_, missing := s.way()
	switch {
	case !state.Since.IsZero():
		v.Link = linkReverse
	case missing == nil:
		v.Link = linkDirect
	default:
		v.Link = linkNone
	}
}

// parkedKeys names parked messages, all of them when empty.
type parkedKeys struct {
	Body struct {
		Keys []string `json:"claves" maxItems:"1000" doc:"Vacío: todos."`
	}
}

func (s *service) retryParked(ctx context.Context, in *parkedKeys) (*body[wire.RetryReply], error) {
	if slices.ContainsFunc(in.Body.Keys, wrongKey) {
		return nil, ticket.NewError(ticket.CodeInvalid, "El campo «claves» tiene algo que no es la clave de un mensaje.")
	}
	url, err := s.way()
	if err != nil {
		return nil, ticket.NewError(ticket.CodeUnavailable, httpx.Message(err)+" También puede reintentar en la página del puente, en la laptop.")
	}
	n, err := s.Retry(ctx, url, in.Body.Keys)
	if err != nil {
		return nil, fmt.Errorf("ask bridge to retry: %w", err)
	}
	return answer(wire.RetryReply{Status: "ok", Retried: n}), nil
}

// maxKey is longer than any key of the bridge's, in bytes.
const maxKey = 200

func wrongKey(key string) bool {
	return key == "" || len(key) > maxKey || strings.ContainsFunc(key, unicode.IsControl)
}
