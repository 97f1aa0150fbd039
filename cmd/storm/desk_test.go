package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// counter is a panel with one ticket, number 7 of Ana.
type counter struct {
	mu       sync.Mutex
	messages []shown
	clicks   []string                      // paths of what was asked for, looking left out
	lose     int                           // so many answers to clicks get lost
	click    func(c *counter, path string) // what a click does; called with mu held
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var answer any = struct{}{}
	switch {
	case r.URL.Path == "/tickets":
		answer = map[string]any{"tickets": []map[string]any{{"id": 7, "nombre": "Ana"}}}
	case r.Method == http.MethodGet:
		answer = map[string]any{"mensajes": c.messages}
	default:
		c.clicks = append(c.clicks, r.URL.Path)
		c.click(c, r.URL.Path)
		if c.lose > 0 {
			c.lose--
			panic(http.ErrAbortHandler)
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// at returns the desk before a panel.
func at(t *testing.T, c *counter) *desk {
	t.Helper()
	web := httptest.NewServer(c)
	t.Cleanup(web.Close)
	return newDesk(strings.TrimPrefix(web.URL, "http://"), "token")
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func TestAPersonLooksBeforeWritingAgain(t *testing.T) {
	keep := func(c *counter, _ string) {
		c.messages = append(c.messages, shown{Direction: directionOut, Text: "ya quedó"})
	}
	forget := func(c *counter, path string) {
		if len(c.clicks) > 1 {
			keep(c, path)
		}
	}
	for _, tt := range []struct {
		name   string
		click  func(c *counter, path string)
		clicks int
	}{{"the server had it", keep, 1}, {"it had not", forget, 2}} {
		t.Run(tt.name, func(t *testing.T) {
			panel := &counter{lose: 1, click: tt.click}
			d := at(t, panel)
			d.write(within(t), "Ana", "ya quedó")
			if len(panel.clicks) != tt.clicks || d.again != tt.clicks-1 || len(panel.messages) != 1 {
				t.Errorf("got %d clicks, %d of them again, want %d", len(panel.clicks), d.again, tt.clicks)
			}
			if len(d.accepted) != 1 || panel.clicks[0] != "/ticket/7/enviar-mensaje" {
				t.Errorf("got %q accepted after %q", d.accepted, panel.clicks)
			}
		})
	}
}

func TestAPersonConfirmsWhatIsADayLateUntilItHasGone(t *testing.T) {
	asks := func(id int64, text string) shown {
		return shown{ID: id, Direction: directionOut, Text: text, Delivery: deliveryConfirm}
	}
	panel := &counter{lose: 1, messages: []shown{
		{ID: 1, Direction: directionIn, Text: "¿ya?"}, asks(2, "uno"), {ID: 3, Direction: directionOut, Text: "otro", Delivery: "leido"}, asks(4, "dos"),
	}}
	panel.click = func(c *counter, path string) {
		for i, m := range c.messages {
			// The first click on a reply is refused: it still asks.
			if strings.HasSuffix(path, "/"+string(rune('0'+m.ID))+"/reintentar") && len(c.clicks) > 2 {
				c.messages[i].Delivery = "enviado"
			}
		}
	}
	d := at(t, panel)
	d.confirm(within(t), "Ana", "dos")
	want := "/api/v1/tickets/7/mensajes/2/reintentar /api/v1/tickets/7/mensajes/4/reintentar"
	if got := strings.Join(panel.clicks, " "); got != want+" "+want {
		t.Errorf("got clicks %s, want twice %s", got, want)
	}
	if len(d.late) != 2 || !d.late["uno"] || !d.late["dos"] {
		t.Errorf("got %v noted as late, want uno and dos", d.late)
	}
}

func TestAPersonWhoWaitsGoesHomeWithTheStorm(t *testing.T) {
	panel := &counter{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := at(t, panel)
	d.write(ctx, "Luis", "hola")
	d.confirm(ctx, "Luis", "hola")
	if len(panel.clicks) > 0 || len(d.accepted) > 0 {
		t.Errorf("got clicks %q, %q accepted, want none", panel.clicks, d.accepted)
	}
}
