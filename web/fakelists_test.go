package web_test

import (
	"net/http"

	"github.com/coder/websocket"
)

// lists answers what the list asks beside the tickets: who may have them, saved
// views, and the line on which changes are told, where nothing is ever said.
func (f *fake) lists(mux *http.ServeMux) {
	f.handle(mux, "GET /api/v1/personas", func(*http.Request) answer {
		return answer{200, object{"personas": []object{{"id": 1, "nombre": "ana"}}}}
	})
	f.handle(mux, "GET /api/v1/vistas", func(*http.Request) answer { return answer{200, object{"vistas": []object{}}} })
	mux.HandleFunc("GET /api/v1/eventos", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		if conn.Write(r.Context(), websocket.MessageText, []byte(`{"tipo":"hola","version":0}`)) != nil {
			return
		}
		for { // until the panel hangs up, or the server goes down
			if _, _, err := conn.Read(r.Context()); err != nil {
				return
			}
		}
	})
}
