package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/web"
)

const (
	base     = "/assets/prueba"
	password = "clave de prueba"
)

type object = map[string]any

// fake answers like the server's panel API, with canned data, so that the panel
// can be tested without one. Its fields change only under mu.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	tickets  []object // newest first
	messages map[int][]object
	bridge   object
	pageSize int                     // the largest page it gives; 0 means whatever is asked
	outcomes map[int][]func() answer // of the next notices, by ticket; 200 when used up
	retries  []func() answer         // of the next wishes to try parked messages again; success when used up
	drafts   func() answer           // what the language model writes; nil without one
	down     bool                    // every connection is cut
	gaveUp   int                     // channels for notices that are off because nothing got through
	loggedIn bool                    // as if the cookie were always there
	log      []string                // "METHOD path body", in order
}

type answer struct {
	status int
	body   object
}

func problem(status int, detail string, extra ...any) func() answer {
	body := object{"type": "about:blank", "status": status, "detail": detail}
	for i := 0; i+1 < len(extra); i += 2 {
		body[extra[i].(string)] = extra[i+1]
	}
	return func() answer { return answer{status, body} }
}

// newFake serves the panel's own files, or those given.
func newFake(t *testing.T, files ...fs.FS) *fake {
	t.Helper()
	f := &fake{
		messages: map[int][]object{}, outcomes: map[int][]func() answer{},
		bridge: object{"alcanzable": true, "whatsapp": "conectado", "respuestas_en_cola": 0},
	}
	f.Server = httptest.NewServer(f.routes(t, append(files, web.FS())[0]))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) routes(t *testing.T, files fs.FS) http.Handler {
	mux := http.NewServeMux()
	index, policy := renderedIndex(t)
	shell := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(index)
	}
	mux.HandleFunc("GET /{$}", shell)
	mux.HandleFunc("GET /entrar", shell)
	mux.Handle("GET "+base+"/", http.StripPrefix(base, http.FileServerFS(files)))
	mux.HandleFunc("GET /fotos/{name}", servePhoto)
	mux.HandleFunc("POST /entrar", f.logIn)
	mux.HandleFunc("POST /salir", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sesion", MaxAge: -1})
		w.WriteHeader(http.StatusNoContent)
	})
	f.handle(mux, "GET /api/v1/yo", func(*http.Request) answer {
		return answer{200, object{"id": 1, "usuario": "ana", "rol": "administrador", "negocio": "Mostrador", "login": true, "redacta": f.drafts != nil, "canales_apagados": f.gaveUp, "aviso_recibido": "Hola, recibimos tu equipo."}}
	})
	f.drafting(mux)
	f.handle(mux, "GET /api/v1/puente", func(*http.Request) answer { return answer{200, f.bridge} })
	f.handle(mux, "POST /api/v1/puente/reintentar", f.retryParked)
	f.handle(mux, "GET /api/v1/tickets", f.listTickets)
	f.handle(mux, "GET /api/v1/tickets/resumen", f.summarize)
	f.handle(mux, "GET /api/v1/tickets/{id}", f.oneTicket(func(_ int, ticket object, _ object) answer { return answer{200, ticket} }))
	f.handle(mux, "GET /api/v1/tickets/{id}/conversacion", f.oneTicket(func(id int, ticket object, _ object) answer {
		return answer{200, object{"ticket": ticket, "mensajes": append([]object{}, f.messages[id]...)}}
	}))
	f.handle(mux, "POST /api/v1/tickets/{id}/aviso", f.oneTicket(f.notify))
	f.handle(mux, "POST /api/v1/tickets/{id}/mensajes", f.oneTicket(f.reply))
	f.handle(mux, "POST /api/v1/tickets/{id}/mensajes/{mensaje}/{decision}", f.decide)
	f.handle(mux, "PATCH /api/v1/tickets/{id}", f.oneTicket(func(_ int, ticket, body object) answer {
		ticket["estado"] = body["estado"]
		return answer{200, ticket}
	}))
	f.lists(mux)
	return f.cut(mux)
}

// cut ends connections while the server is down.
func (f *fake) cut(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down := f.down
		f.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// handle serves a route that needs a session; h runs under mu.
func (f *fake) handle(mux *http.ServeMux, pattern string, h func(*http.Request) answer) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if _, err := r.Cookie("sesion"); err != nil && !f.loggedIn {
			write(w, problem(401, "Entra con tu usuario y tu contraseña.")())
			return
		}
		write(w, h(r))
	})
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

func (f *fake) logIn(w http.ResponseWriter, r *http.Request) {
	var body struct{ Usuario, Clave string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Usuario != "ana" || body.Clave != password {
		write(w, problem(401, "El usuario o la contraseña no son correctos.")())
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "sesion", Value: "ok", HttpOnly: true, Path: "/", SameSite: http.SameSiteStrictMode})
	write(w, answer{200, object{"usuario": "ana", "rol": "administrador"}})
}

func (f *fake) listTickets(r *http.Request) answer {
	query := r.URL.Query()
	limit, _ := strconv.Atoi(query.Get("limite"))
	if f.pageSize > 0 {
		limit = min(limit, f.pageSize)
	}
	before, err := strconv.Atoi(query.Get("antes"))
	if err != nil {
		before = 1 << 30
	}
	var matching []object
	total := 0
	for _, ticket := range f.tickets {
		if status := query.Get("estado"); status == "" || ticket["estado"] == status {
			total++
			if ticket["id"].(int) < before {
				matching = append(matching, ticket)
			}
		}
	}
	body := object{"tickets": append([]object{}, matching[:min(limit, len(matching))]...), "total": total}
	if len(matching) > limit {
		body["siguiente"] = strconv.Itoa(matching[limit-1]["id"].(int))
	}
	return answer{200, body}
}

func (f *fake) summarize(*http.Request) answer {
	body := object{"pendiente": 0, "en_proceso": 0, "esperando_cliente": 0, "resuelto": 0, "total": len(f.tickets)}
	for _, ticket := range f.tickets {
		body[ticket["estado"].(string)] = body[ticket["estado"].(string)].(int) + 1
	}
	return answer{200, body}
}

func (f *fake) oneTicket(h func(id int, ticket, body object) answer) func(*http.Request) answer {
	return func(r *http.Request) answer {
		id, _ := strconv.Atoi(r.PathValue("id"))
		var body object
		_ = json.NewDecoder(r.Body).Decode(&body)
		if r.Method == http.MethodPost {
			f.log = append(f.log, strings.TrimSpace(fmt.Sprint(r.URL.Path, " ", body["mensaje"])))
		}
		i := slices.IndexFunc(f.tickets, func(ticket object) bool { return ticket["id"] == id })
		if i < 0 {
			return problem(404, "Ticket no encontrado")()
		}
		return h(id, f.tickets[i], body)
	}
}

func (f *fake) notify(id int, ticket, _ object) answer {
	if waiting := f.outcomes[id]; len(waiting) > 0 {
		f.outcomes[id] = waiting[1:]
		result := waiting[0]()
		if result.body["en_cola"] == true {
			ticket["aviso"] = object{"estado": "en_cola", "fecha": now(), "motivo": ""}
		}
		return result
	}
	ticket["aviso"] = object{"estado": "enviado", "fecha": now(), "motivo": ""}
	return answer{200, object{"status": "Enviado", "ticket_id": id}}
}

func (f *fake) reply(id int, _, body object) answer {
	text := body["mensaje"].(string)
	entry := message(1000+len(f.messages[id]), "salida", "texto", text)
	entry["entrega"], entry["fecha"] = "enviado", now()
	if strings.Contains(text, "rechazada") {
		return problem(422, "Este cliente ya no está en WhatsApp.")()
	}
	if strings.Contains(text, "sin permiso") && body["escribir_primero"] != true {
		return problem(409, "Esta persona todavía no ha escrito.")()
	}
	f.messages[id] = append(f.messages[id], entry)
	if strings.Contains(text, "más tarde") {
		entry["entrega"] = "en_cola"
		return problem(503, "WhatsApp está desconectado.", "en_cola", true)()
	}
	return answer{200, object{"status": "Enviado", "ticket_id": id}}
}

// decide sends a reply after all, or takes it back; a limited one stays so.
func (f *fake) decide(r *http.Request) answer {
	return f.oneTicket(func(id int, ticket, _ object) answer {
		i := slices.IndexFunc(f.messages[id], func(m object) bool { return fmt.Sprint(m["id"]) == r.PathValue("mensaje") })
		if i < 0 {
			return problem(404, "Respuesta no encontrada")()
		}
		m := f.messages[id][i]
		switch {
		case r.PathValue("decision") == "descartar":
			m["entrega"], m["motivo"] = "descartado", "Lo descartó Ana."
		case m["entrega"] == "limitado":
			return problem(503, "WhatsApp limita.", "en_cola", true)()
		default:
			m["entrega"], m["motivo"] = "enviado", ""
		}
		if notice, ok := ticket["aviso"].(object); ok && notice["id"] == m["id"] {
			ticket["aviso"] = object{"id": m["id"], "estado": m["entrega"], "fecha": now(), "motivo": m["motivo"]}
		}
		return answer{200, object{"status": "Enviado", "ticket_id": id}}
	})(r)
}

// posted returns what was asked of the server, other than reading.
func (f *fake) posted() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

// change runs edit while no request is served.
func (f *fake) change(edit func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	edit()
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

func renderedIndex(t *testing.T) (page []byte, policy string) {
	t.Helper()
	raw, err := fs.ReadFile(web.FS(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	page = bytes.ReplaceAll(raw, []byte("{{.Base}}"), []byte(base))
	importMap := regexp.MustCompile(`(?s)<script type="importmap">(.*?)</script>`).FindSubmatch(page)
	if importMap == nil {
		t.Fatal("index.html has no import map")
	}
	sum := sha256.Sum256(importMap[1])
	return page, "default-src 'self'; script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
}

// servePhoto draws a picture whose colours come from its name; names with
// "falta" do not exist.
func servePhoto(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if strings.Contains(name, "falta") {
		http.NotFound(w, r)
		return
	}
	if !strings.HasSuffix(name, ".png") {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write([]byte(name))
		return
	}
	seed := sha256.Sum256([]byte(name))
	picture := image.NewRGBA(image.Rect(0, 0, 640, 420))
	for i := range picture.Pix {
		x, y := i/4%640, i/4/640
		picture.Pix[i] = seed[i%4]/2 + uint8(x/8) + uint8(y/12)
	}
	for x := 250; x < 390; x++ {
		for y := 120; y < 300; y++ {
			picture.Set(x, y, color.RGBA{seed[4], seed[5], seed[6], 255})
		}
	}
	for i := 3; i < len(picture.Pix); i += 4 {
		picture.Pix[i] = 255
	}
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, picture)
}

func readStatic(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(web.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
