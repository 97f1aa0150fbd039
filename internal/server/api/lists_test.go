package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/rest"
	"mostrador/internal/wire"
)

// answerOf asks as Ana and returns the JSON of a good answer.
func answerOf[T any](s *shop, method, path, body string) (answer T) {
	s.t.Helper()
	w := s.asAna(method, rest.Prefix+path, body)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s %s: got %d %s, want 200", method, path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// listed returns the numbers of the tickets that a query of the list brings.
func (s *shop) listed(query string) []int64 {
	s.t.Helper()
	numbers := []int64{}
	for _, t := range answerOf[rest.TicketList](s, http.MethodGet, "/tickets?"+query, "").Tickets {
		numbers = append(numbers, t.Number)
	}
	return numbers
}

// three tickets: 1 with a picture, 2 about a printer, 3 of today.
func (s *shop) three() {
	s.t.Helper()
	s.deliver(original("hola", jpeg))
	s.deliver(wire.Webhook{Sender: "5214770000002@s.whatsapp.net", Content: "mi impresora no imprime, año nuevo", Name: "Begoña"})
	s.clock.Advance(24 * time.Hour)
	s.deliver(wire.Webhook{Sender: "5214770000003@s.whatsapp.net", Content: "quiero saber el precio"})
}

func TestTheListTakesEveryFilter(t *testing.T) {
	s := openShop(t)
	s.three()
	me := answerOf[rest.Me](s, http.MethodGet, "/yo", "")
	people := answerOf[rest.People](s, http.MethodGet, "/personas", "").People
	if !slices.Equal(people, []rest.Person{{ID: me.ID, Name: "Ana"}}) {
		t.Errorf("people: got %v, want Ana, who is %d", people, me.ID)
	}
	changed := answerOf[rest.BulkChanged](s, http.MethodPost, "/tickets/lote", fmt.Sprintf(`{"tickets":[2,3],"estado":"en_proceso","prioridad":"urgente","categoria":"Café","asignado":%d}`, me.ID))
	if len(changed.Before) != 2 || changed.Before[0].Number != 2 || changed.Before[0].Status != "pendiente" || changed.Before[0].Assignee != 0 {
		t.Errorf("bulk change: got %+v, want what both were", changed)
	}
	answerOf[rest.BulkChanged](s, http.MethodPost, "/tickets/lote", `{"tickets":[3],"asignado":0}`)
	answerOf[rest.BulkChanged](s, http.MethodPost, "/tickets/lote", `{"tickets":[1],"categoria":"Uno, dos"}`)
	for query, want := range map[string][]int64{
		"":                            {3, 2, 1},
		"estado=pendiente":            {1},
		"estado=pendiente,en_proceso": {3, 2, 1},
		"prioridad=alta,urgente":      {3, 2},
		"categoria=Caf%C3%A9":         {3, 2},
		"categoria=Uno%2C+dos":        {1},
		"categoria=Uno%2C+dos&categoria=Caf%C3%A9": {3, 2, 1},
		"asignado=yo":                  {2},
		"asignado=nadie":               {3, 1},
		fmt.Sprint("asignado=", me.ID): {2},
		"foto=con":                     {1},
		"foto=sin":                     {3, 2},
		"sin_leer=true":                {3, 2, 1},
		"desde=2026-11-24T00:00:00Z":   {3},
		"hasta=2026-11-24T00:00:00Z":   {2, 1},
		"estado=resuelto":              {},
		"foto=sin&asignado=yo":         {2},
	} {
		if got := s.listed(query); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", query, got, want)
		}
	}
	if got := answerOf[rest.TicketList](s, http.MethodGet, "/tickets?foto=con", "").Total; got != -1 {
		t.Errorf("total of a filter: got %d, want -1", got)
	}
	if got := answerOf[rest.Ticket](s, http.MethodGet, "/tickets/2", "").Assignee; got == nil || got.Name != "Ana" {
		t.Errorf("assignee: got %+v, want Ana", got)
	}
	for _, query := range []string{"estado=x", "prioridad=x", "asignado=x", "asignado=-1", "desde=ayer", "foto=x", "limite=0", "antes=x", "otra=1"} {
		wantProblem(t, s.asAna(http.MethodGet, rest.Prefix+"/tickets?"+query, ""), http.StatusUnprocessableEntity, "")
	}
	for _, query := range []string{"estado=pendiente&estado=resuelto", "sin_leer=true&sin_leer=false"} { // half of it would be ignored
		wantProblem(t, s.asAna(http.MethodGet, rest.Prefix+"/tickets?"+query, ""), http.StatusUnprocessableEntity, "varias veces")
	}
	wantProblem(t, s.ask(http.MethodGet, rest.Prefix+"/tickets?asignado=yo", ""), http.StatusUnprocessableEntity, "usuario")
	wantProblem(t, s.asAna(http.MethodPost, rest.Prefix+"/tickets/lote", `{"tickets":[1,99],"estado":"resuelto"}`), http.StatusNotFound, "")
	wantProblem(t, s.asAna(http.MethodPost, rest.Prefix+"/tickets/lote", `{"tickets":[]}`), http.StatusUnprocessableEntity, "tickets")
}

func TestASearchShowsWhereTheWordsAre(t *testing.T) {
	s := openShop(t)
	s.three()
	for more := true; more; {
		var err error
		if more, err = s.store.IndexWords(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
	}
	found := answerOf[rest.FoundList](s, http.MethodGet, "/buscar?q=Impr%C3%A9sora", "")
	if len(found.Tickets) != 1 || found.Tickets[0].Number != 2 || found.Tickets[0].By != "mensaje" || found.Tickets[0].Message == 0 || !found.Complete {
		t.Fatalf("got %+v, want ticket 2 by its message", found)
	}
	if got := found.Tickets[0].Snippet; !slices.Equal(got, []rest.Piece{{Text: "mi "}, {Text: "impresora", Hit: true}, {Text: " no imprime, año nuevo"}}) {
		t.Errorf("snippet: got %+v, want the word marked", got)
	}
	for query, want := range map[string]int{"ano": 0, "a%C3%B1o": 1, "begon": 0, "bego%C3%B1": 1, "impresora&estado=resuelto": 0, "%23": 0, "477%20000%200003": 1} {
		if got := len(answerOf[rest.FoundList](s, http.MethodGet, "/buscar?q="+query, "").Tickets); got != want {
			t.Errorf("%q: got %d tickets, want %d", query, got, want)
		}
	}
	if got := answerOf[rest.FoundList](s, http.MethodGet, "/buscar?q=3", "").Tickets; len(got) == 0 || got[0].Number != 3 || got[0].By != "numero" {
		t.Errorf("by number: got %+v, want ticket 3 first", got)
	}
	wantProblem(t, s.asAna(http.MethodGet, rest.Prefix+"/buscar", ""), http.StatusUnprocessableEntity, "q")
}

func TestViewsAreOnesOwnUnlessAnAdministratorSharesThem(t *testing.T) {
	s := openShop(t)
	names := func(cookie []string) (all []string) {
		var list rest.ViewList
		if err := json.Unmarshal(s.do(http.MethodGet, rest.Prefix+"/vistas", "", cookie...).Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		for _, v := range list.Views {
			all = append(all, fmt.Sprint(v.Name, " ", v.Filter, " ", v.Shared))
		}
		return all
	}
	save := func(cookie []string, body string) int {
		return s.do(http.MethodPost, rest.Prefix+"/vistas", body, append(cookie, "Content-Type", "application/json")...).Code
	}
	admin, agent := s.as(auth.RoleAdmin), s.as(auth.RoleAgent)
	for _, tt := range []struct {
		who  []string
		body string
		want int
	}{
		{admin, `{"nombre":"De todos","filtro":"estado=pendiente","compartida":true}`, 200},
		{admin, `{"nombre":"Mía","filtro":"asignado=yo"}`, 200},
		{agent, `{"nombre":"Mía","filtro":"foto=con"}`, 200},
		{agent, `{"nombre":"Mía","filtro":"foto=sin"}`, 200}, // in its place
		{agent, `{"nombre":"x","filtro":"","compartida":true}`, 403},
		{agent, `{"nombre":" ","filtro":""}`, 422},
		{agent, `{"filtro":""}`, 422},
	} {
		if got := save(tt.who, tt.body); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.body, got, tt.want)
		}
	}
	if got, want := names(agent), []string{"De todos estado=pendiente true", "Mía foto=sin false"}; !slices.Equal(got, want) {
		t.Errorf("agent: got %q, want %q", got, want)
	}
	remove := func(cookie []string, id int) int {
		return s.do(http.MethodDelete, fmt.Sprint(rest.Prefix, "/vistas/", id), "", cookie...).Code
	}
	if got := []int{remove(agent, 1), remove(agent, 2), remove(admin, 1), remove(admin, 2)}; !slices.Equal(got, []int{404, 404, 204, 204}) {
		t.Errorf("deleting: got %v, want only one's own and the shared ones by an administrator", got)
	}
	if got := names(admin); len(got) != 0 {
		t.Errorf("admin: got %q, want none left", got)
	}
}
