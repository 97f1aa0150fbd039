package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/rest"
)

// document is the part of the OpenAPI document that the tests look at.
type document struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string            `json:"operationId"`
		Summary     string            `json:"summary"`
		Role        string            `json:"x-rol"`
		Responses   map[string]any    `json:"responses"`
		Parameters  []json.RawMessage `json:"parameters"`
	} `json:"paths"`
}

func (s *shop) document() document {
	s.t.Helper()
	w := s.ask(http.MethodGet, rest.Prefix+"/openapi.json", "")
	var d document
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("got %d %v, want the document", w.Code, err)
	}
	return d
}

// as returns the cookie header of a new user with the role.
func (s *shop) as(role auth.Role) []string {
	s.t.Helper()
	name := "user-" + string(role)
	if err := s.auth.AddUser(s.t.Context(), s.origin.Business, name, "muy secreta"); err != nil {
		s.t.Fatal(err)
	}
	s.exec(fmt.Sprintf(`UPDATE users SET role = '%s' WHERE name = '%s'`, role, name))
	w := s.do(http.MethodPost, "/entrar", fmt.Sprintf(`{"usuario":%q,"clave":"muy secreta"}`, name))
	return []string{"Cookie", auth.Cookie + "=" + sessionCookie(s.t, w).Value}
}

func TestTheDocumentDescribesEveryRouteOfTheAPI(t *testing.T) {
	s := openShop(t)
	d := s.document()
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("got OpenAPI %q, want 3.1", d.OpenAPI)
	}
	described, seen := 0, map[string]bool{}
	for path, operations := range d.Paths {
		for method, op := range operations {
			described++
			if op.OperationID == "" || seen[op.OperationID] || op.Summary == "" {
				t.Errorf("%s %s: got name %q and %q, want both and no name twice", method, path, op.OperationID, op.Summary)
			}
			seen[op.OperationID] = true
			if _, ok := auth.ParseRole(op.Role); !ok {
				t.Errorf("%s %s: got role %q, want one", method, path, op.Role)
			}
		}
	}
	routes := 0
	err := chi.Walk(s.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path, ours := strings.CutPrefix(route, rest.Prefix)
		if !ours || strings.HasPrefix(path, "/openapi") || path == "/eventos" { // a WebSocket is no operation
			return nil
		}
		routes++
		if d.Paths[path][strings.ToLower(method)].OperationID == "" {
			t.Errorf("%s %s is not in the document", method, route)
		}
		return nil
	})
	if err != nil || routes != described {
		t.Errorf("got %d routes and %d described, %v, want the same", routes, described, err)
	}
}

// fillPath puts something that may exist into a path's parameters.
var fillPath = strings.NewReplacer("{numero}", "1", "{mensaje}", "1", "{cliente}", "1", "{vista}", "1", "{nota}", "1", "{categoria}", "1", "{correccion}", "1",
	"{usuario}", "99", "{token}", "99", "{invitacion}", "99", "{sesion}", "00", "{respuesta}", "1", "{union}", "1", "{copia}", "x", "{canal}", "99")

func TestEachRoleMayDoWhatTheDocumentSaysAndNoMore(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	d := s.document()
	for _, role := range []auth.Role{auth.RoleReader, auth.RoleAgent, auth.RoleAdmin} {
		cookie := s.as(role)
		for path, operations := range d.Paths {
			for method, op := range operations {
				needed, _ := auth.ParseRole(op.Role)
				w := s.do(strings.ToUpper(method), rest.Prefix+fillPath.Replace(path), "{}", append(cookie, "Content-Type", "application/json")...)
				if refused := w.Code == http.StatusForbidden; refused == role.Covers(needed) {
					t.Errorf("%s as %s: got %d, want it refused: %v", op.OperationID, role, w.Code, !role.Covers(needed))
				}
			}
		}
		for _, path := range []string{"/ticket/1/enviar-mensaje", "/responder/1"} {
			w := s.do(http.MethodPost, path, `{"mensaje":"x"}`, cookie...)
			if refused := w.Code == http.StatusForbidden; refused == role.Covers(auth.RoleAgent) {
				t.Errorf("%s as %s: got %d", path, role, w.Code)
			}
		}
	}
}
