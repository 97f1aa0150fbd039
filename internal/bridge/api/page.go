package api

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// pathState is what the page reads every two seconds.
const pathState = "/estado.json"

// maxForm is what a form of the page may hold; a WebAuthn assertion has about a
// kilobyte.
const maxForm = 64 << 10

//go:embed page
var pageFiles embed.FS

func readPage(name string) string {
	data, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		return "" // embedded: the tests see every one of them
	}
	return string(data)
}

// page is the whole page with the present state in it.
func (a *api) page(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	t, err := template.ParseFS(pageFiles, "page/pagina.html")
	if err == nil {
		err = t.Execute(&body, a.view())
	}
	if err != nil {
		a.writeError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}

func (a *api) pageState(w http.ResponseWriter, _ *http.Request) {
	httpx.WriteJSON(w, http.StatusOK, a.view())
}

func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, name, time.Time{}, strings.NewReader(readPage(name)))
	}
}

// notice is the answer to a form.
type notice struct {
	Message string `json:"mensaje"`
}

func (a *api) requestCode(w http.ResponseWriter, r *http.Request) error {
	phone, err := formValue(w, r, "telefono")
	if err != nil {
		return err
	}
	code, err := a.WhatsApp.RequestCode(r.Context(), phone)
	if err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, notice{"Escriba en el teléfono el código " + code})
	return nil
}

func (a *api) answerPasskey(w http.ResponseWriter, r *http.Request) error {
	assertion, err := formValue(w, r, "respuesta")
	if err != nil {
		return err
	}
	if err := a.WhatsApp.AnswerPasskey(r.Context(), []byte(assertion)); err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, notice{"Respuesta enviada a WhatsApp."})
	return nil
}

func (a *api) confirmPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := a.WhatsApp.ConfirmPasskey(r.Context()); err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, notice{"Confirmado. La vinculación continúa sola."})
	return nil
}

func (a *api) retryAll(w http.ResponseWriter, _ *http.Request) error {
	count, err := a.Retry(nil)
	if err != nil {
		return err
	}
	httpx.WriteJSON(w, http.StatusOK, notice{Plural(count, "mensaje vuelve", "mensajes vuelven") + " a la cola."})
	return nil
}

// formValue reads one field of a form that must not be empty.
func formValue(w http.ResponseWriter, r *http.Request, name string) (string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return "", ticket.NewError(ticket.CodeMalformed, "El formulario no se puede leer.")
	}
	value := strings.TrimSpace(r.PostForm.Get(name))
	if value == "" {
		return "", ticket.NewError(ticket.CodeMalformed, "El campo está vacío.")
	}
	return value, nil
}
