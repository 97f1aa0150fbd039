package live

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/coder/websocket"

	"mostrador/internal/server/auth"
	"mostrador/internal/ticket"
)

// Accept makes a panel of the request, for whoever auth.Require let through, and
// returns at once; the panel lives on until it closes, does not answer, or its
// session ends. A page of another web site is CodeForbidden, a request that is
// no WebSocket CodeInvalid.
func (h *Hub) Accept(w http.ResponseWriter, r *http.Request) error {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return ticket.NewError(ticket.CodeInvalid, "Esta dirección solo sirve para una conexión WebSocket.")
	}
	if !h.sameSite(r) {
		return ticket.NewError(ticket.CodeForbidden, "La conexión viene de otro sitio web; abra el panel y hágalo desde ahí.")
	}
	// The origin is checked already, and better: behind a proxy too.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		h.Log.Debug().Err(err).Msg("no websocket came of a request") // which is answered already
		return nil
	}
	conn.SetReadLimit(messageLimit)
	c := &Client{
		Identity: auth.From(r.Context()), hub: h, conn: conn,
		cookie: strings.Clone(r.Header.Get("Cookie")), authorization: strings.Clone(r.Header.Get("Authorization")),
	}
	if !h.enter(c) {
		_ = conn.CloseNow()
		return nil
	}
	// Apart from the request, whose goroutine has grown on its way here.
	go c.read() //nolint:gosec // the panel outlives the request
	return nil
}

// sameSite reports whether the request comes from a page of ours, of a trusted
// origin, or from no page at all.
func (h *Hub) sameSite(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(h.Origins, origin) {
		return true
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// refused reports whether err says that somebody may not be here.
func refused(err error) bool {
	code := ticket.CodeOf(err)
	return code == ticket.CodeUnauthorized || code == ticket.CodeForbidden
}
