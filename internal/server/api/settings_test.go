package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/rest"
)

func (s *shop) settings(method, body string) rest.Settings {
	s.t.Helper()
	w := s.ask(method, rest.Prefix+"/ajustes", body)
	var v rest.Settings
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("%s: got %d %s", method, w.Code, w.Body)
	}
	return v
}

func TestSettingsChangeOnlyWhereTheyAreNamed(t *testing.T) {
	s := openShop(t)
	want := rest.Settings{
		Name: "Taller", Hours: []rest.Day{}, ReceivedText: "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto.", Window: 72,
	}
	if diff := cmp.Diff(want, s.settings(http.MethodGet, "")); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	s.settings(http.MethodPatch, `{"negocio":"Taller Núñez","zona_horaria":"Europe/Madrid"}`)
	s.settings(http.MethodPatch, `{"horario":[
		{"dia":"domingo","tramos":[{"desde":"00:00","hasta":"02:00"}]},
		{"dia":"lunes","tramos":[{"desde":"16:00","hasta":"24:00"},{"desde":"09:30","hasta":"14:00"}]},
		{"dia":"martes","tramos":[]}]}`)
	want.Name, want.Zone = "Taller Núñez", "Europe/Madrid"
	want.Hours = []rest.Day{
		{Day: "lunes", Spans: []rest.Span{{From: "09:30", To: "14:00"}, {From: "16:00", To: "24:00"}}},
		{Day: "domingo", Spans: []rest.Span{{From: "00:00", To: "02:00"}}},
	}
	want.Window, want.Keep, want.Away = 24, rest.Keep{Tickets: 365, Photos: 90, Log: 30}, rest.Away{Text: "Cerrado."}
	got := s.settings(http.MethodPatch, `{"ventana_horas":24,"conservar":{"tickets_dias":365,"fotos_dias":90,"registro_dias":30},"fuera_de_horario":{"activo":false,"texto":"Cerrado."}}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("at last (-want +got):\n%s", diff)
	}
	if me := fields(t, s.ask(http.MethodGet, rest.Prefix+"/yo", "")); me["negocio"] != "Taller Núñez" || me["zona_horaria"] != "Europe/Madrid" {
		t.Errorf("got %v, want the panel to know both", me)
	}
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	s := openShop(t)
	for body, part := range map[string]string{
		`{"zona_horaria":"Marte/Norte"}`: "zona horaria",
		`{"negocio":"  "}`:               "nombre",
		`{"horario":[{"dia":"lunes","tramos":[{"desde":"9:00","hasta":"10:00"}]}]}`:                              "horario",
		`{"horario":[{"dia":"lunes","tramos":[{"desde":"09:00","hasta":"24:30"}]}]}`:                             "horario",
		`{"horario":[{"dia":"lunes","tramos":[{"desde":"10:00","hasta":"09:00"}]}]}`:                             "horario",
		`{"horario":[{"dia":"hoy","tramos":[]}]}`:                                                                "horario",
		`{"horario":[{"dia":"lunes","tramos":[{"desde":"09:00","hasta":"10:00"}]},{"dia":"lunes","tramos":[]}]}`: "dos veces",
		`{"conservar":{"tickets_dias":3,"fotos_dias":0,"registro_dias":0}}`:                                      "7",
		`{"fuera_de_horario":{"activo":true,"texto":"x"}}`:                                                       "zona horaria",
		`{"ventana_horas":-1}`: "ventana_horas",
		`{"otro":1}`:           "otro",
	} {
		wantProblem(t, s.ask(http.MethodPatch, rest.Prefix+"/ajustes", body), http.StatusUnprocessableEntity, part)
	}
}

func TestADryRunCountsWhatWouldGoAndDeletesNothing(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", jpeg))
	if w := s.ask(http.MethodPatch, rest.Prefix+"/tickets/1", `{"estado":"resuelto"}`); w.Code != http.StatusOK {
		t.Fatalf("got %d", w.Code)
	}
	before := s.stored()
	s.clock.Advance(31 * 24 * time.Hour)
	for query, want := range map[string]string{
		"tickets_dias=30&fotos_dias=30&registro_dias=30": `{"tickets":1,"fotos":1,"registro":1}`,
		"tickets_dias=60": `{"tickets":0,"fotos":0,"registro":0}`,
		"":                `{"tickets":0,"fotos":0,"registro":0}`,
	} {
		if w := s.ask(http.MethodGet, rest.Prefix+"/ajustes/limpieza?"+query, ""); strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%s: got %d %s, want %s", query, w.Code, w.Body, want)
		}
	}
	wantProblem(t, s.ask(http.MethodGet, rest.Prefix+"/ajustes/limpieza?tickets_dias=1", ""), http.StatusUnprocessableEntity, "7")
	if got := s.stored(); got != before {
		t.Errorf("got %s, want %s as before", got, before)
	}
}
