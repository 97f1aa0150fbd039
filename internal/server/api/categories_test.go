package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/rest"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/wire"
)

const v1 = "/api/v1"

// learns has the shop classify with a learner that runs until the test ends.
func (s *shop) learns() {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.learn.Run(ctx); err != nil {
			s.t.Errorf("learn: %v", err)
		}
	}()
	s.t.Cleanup(func() { stop(); <-done })
	s.classify = s.learn.Classify
}

// learned waits until the model is made of what people said.
func (s *shop) learned() {
	s.t.Helper()
	storetest.Eventually(s.t, "the model is up to date", func() bool {
		current, err := s.learn.Current(s.t.Context(), s.origin.Business)
		return err == nil && current
	})
}

// says delivers a first message of a customer of their own and returns the ticket.
func (s *shop) says(n int, text string) map[string]any {
	s.t.Helper()
	number := s.deliver(wire.Webhook{Sender: fmt.Sprintf("52155%08d@s.whatsapp.net", n), Content: text})
	return fields(s.t, s.ask(http.MethodGet, fmt.Sprintf("%s/tickets/%d", v1, number), ""))
}

func TestACorrectionInThePanelChangesALaterSimilarMessage(t *testing.T) {
	s := openShop(t)
	s.learns()
	if w := s.ask(http.MethodPost, v1+"/categorias", `{"nombre":"Aeromodelismo","color":"azul"}`); w.Code != http.StatusOK {
		t.Fatalf("got %d %s, want the category", w.Code, w.Body)
	}
	var all []map[string]any // written before the first lesson
	for i, text := range []string{
		"mi dron no despega", "se estrelló el dron contra un árbol", "una hélice del dron está rota", "el dron pierde altura al volar", "quiero volar mi dron y gira solo",
		"el gimbal del drone vibra", "el control del dron no enlaza", "se fue volando el dron y no volvió", "cambian motores de drone?", "calibrar el dron antes del vuelo",
	} {
		got := s.says(i, text)
		if got["categoria"] == "Aeromodelismo" {
			t.Errorf("%q: got Aeromodelismo before anybody taught it", text)
		}
		all = append(all, got)
	}
	for _, got := range all {
		w := s.asAna(http.MethodPost, fmt.Sprintf("%s/tickets/%v/categoria", v1, got["id"]), `{"categoria":"Aeromodelismo"}`)
		if answer := fields(t, w); w.Code != http.StatusOK || answer["cambio"] != true || answer["ticket"].(map[string]any)["fuente"] != "persona" {
			t.Fatalf("correct: got %d %s", w.Code, w.Body)
		}
	}
	s.learned()
	if got := s.says(99, "se me cayó el drone y ya no vuela bien"); got["categoria"] != "Aeromodelismo" || got["fuente"] != "modelo" {
		t.Errorf("got %v by %v for %v, want Aeromodelismo by the model", got["categoria"], got["fuente"], got["palabras"])
	}
	if got := s.says(98, "la impresora saca las hojas en blanco"); got["categoria"] != "Impresoras" {
		t.Errorf("got %v, want Impresoras as before", got["categoria"])
	}
	s.ask(http.MethodPatch, v1+"/clasificador", `{"aprende":false}`)
	s.learned()
	if got := s.says(97, "mi drone no vuela"); got["categoria"] == "Aeromodelismo" {
		t.Error("got Aeromodelismo, want nothing learned once learning is switched off")
	}
}

func TestACorrectionIsUndoneAndConfirmedAndCounted(t *testing.T) {
	s := openShop(t)
	s.deliver(original("la impresora saca las hojas en blanco", nil))
	path := v1 + "/tickets/1/categoria"
	first := fields(t, s.asAna(http.MethodPost, path, `{"categoria":"conectividad"}`))
	if first["antes"] != "Impresoras" || first["correccion"] == 0.0 {
		t.Errorf("got %v, want it corrected from Impresoras", first)
	}
	if last := s.lastMessage(); last["texto"] != "Categoría: Impresoras → Conectividad" || last["autor"] != "Ana" {
		t.Errorf("got %v, want an event of Ana's", last)
	}
	accuracy := func() map[string]any {
		return fields(t, s.ask(http.MethodGet, v1+"/clasificador", ""))["acierto"].(map[string]any)
	}
	if got := accuracy(); got["de"] != 1.0 || got["aciertos"] != 0.0 || got["dichos_por_personas"] != 1.0 {
		t.Errorf("corrected: got %v, want one miss", got)
	}
	undo := fmt.Sprintf("%s/%v/deshacer", path, first["correccion"])
	if got := fields(t, s.asAna(http.MethodPost, undo, "")); got["categoria"] != "Impresoras" || got["fuente"] != "modelo" {
		t.Errorf("undone: got %v by %v, want what the model said", got["categoria"], got["fuente"])
	}
	wantProblem(t, s.asAna(http.MethodPost, undo, ""), http.StatusConflict, "ya se deshizo")
	if got := accuracy(); got["de"] != 0.0 {
		t.Errorf("undone: got %v, want nothing judged", got)
	}
	if got := fields(t, s.asAna(http.MethodPost, path, `{"categoria":"Impresoras"}`)); got["cambio"] != false || got["correccion"] == 0.0 {
		t.Errorf("confirmed: got %v, want no change", got)
	}
	if got := accuracy(); got["de"] != 1.0 || got["aciertos"] != 1.0 {
		t.Errorf("confirmed: got %v, want one hit", got)
	}
	for body, status := range map[string]int{`{"categoria":"Nada"}`: http.StatusUnprocessableEntity, `{"categoria":""}`: http.StatusUnprocessableEntity, `{}`: http.StatusUnprocessableEntity} {
		wantProblem(t, s.asAna(http.MethodPost, path, body), status, "")
	}
	wantProblem(t, s.asAna(http.MethodPost, v1+"/tickets/9/categoria", `{"categoria":"Impresoras"}`), http.StatusNotFound, "Ticket")
}

func TestAListOfCategoriesCanBeBrief(t *testing.T) {
	s := openShop(t)
	brief := answerOf[rest.CategoryList](s, http.MethodGet, "/categorias?breve=true", "").Categories
	full := answerOf[rest.CategoryList](s, http.MethodGet, "/categorias", "").Categories
	for i, c := range full {
		if len(c.Keywords) == 0 && !c.Rest {
			t.Errorf("%s: got no keywords, want all of them", c.Name)
		}
		c.Description, c.Keywords, c.Examples = "", []string{}, []string{}
		if !reflect.DeepEqual(brief[i], c) {
			t.Errorf("brief: got %+v, want %+v", brief[i], c)
		}
	}
}

func TestWhatManyTicketsTaughtIsTakenBack(t *testing.T) {
	s := openShop(t)
	s.deliver(original("la impresora saca las hojas en blanco", nil))
	changed := answerOf[rest.BulkChanged](s, http.MethodPost, "/tickets/lote", `{"tickets":[1],"categoria":"Conectividad"}`)
	if len(changed.Before) != 1 || changed.Before[0].Category != "Impresoras" || changed.Before[0].Correction == 0 {
		t.Fatalf("got %+v, want a correction from Impresoras", changed)
	}
	undo := fmt.Sprintf(`{"correcciones":[{"id":1,"correccion":%d}]}`, changed.Before[0].Correction)
	for _, want := range []int{1, 0} {
		if got := answerOf[rest.Undone](s, http.MethodPost, "/tickets/lote/deshacer", undo); got.Count != want {
			t.Errorf("undone: got %d, want %d", got.Count, want)
		}
	}
	if got := answerOf[rest.Ticket](s, http.MethodGet, "/tickets/1", ""); got.Category != "Impresoras" || got.Source != "modelo" {
		t.Errorf("undone: got %q by %q, want what the model said", got.Category, got.Source)
	}
	if got := fields(t, s.ask(http.MethodGet, v1+"/clasificador", ""))["acierto"].(map[string]any); got["de"] != 0.0 {
		t.Errorf("undone: got %v, want nothing judged", got)
	}
	for _, body := range []string{`{}`, `{"correcciones":[]}`, `{"correcciones":[{"id":1}]}`} {
		wantProblem(t, s.asAna(http.MethodPost, v1+"/tickets/lote/deshacer", body), http.StatusUnprocessableEntity, "")
	}
	wantProblem(t, s.asAna(http.MethodPost, v1+"/tickets/lote/deshacer", `{"correcciones":[{"id":9,"correccion":1}]}`), http.StatusNotFound, "Ticket")
}

func TestCategoriesAreEditedOrderedAndArchived(t *testing.T) {
	s := openShop(t)
	list := func() []any { return fields(t, s.ask(http.MethodGet, v1+"/categorias", ""))["categorias"].([]any) }
	names := func() string {
		var all []string
		for _, c := range list() {
			if c := c.(map[string]any); c["archivada"] == false {
				all = append(all, c["nombre"].(string))
			}
		}
		return strings.Join(all, ", ")
	}
	if got := list(); len(got) != 13 || got[12].(map[string]any)["resto"] != true || got[0].(map[string]any)["color"] == "" {
		t.Fatalf("got %v, want the help desk's", got)
	}
	added := fields(t, s.ask(http.MethodPost, v1+"/categorias", `{"nombre":" Drones  y más ","palabras_clave":["dron"," ","dron"],"ejemplos":["no vuela"],"prioridad":"alta"}`))
	if added["nombre"] != "Drones y más" || len(added["palabras_clave"].([]any)) != 1 || added["prioridad"] != "alta" {
		t.Errorf("got %v, want it tidied up", added)
	}
	wantProblem(t, s.ask(http.MethodPost, v1+"/categorias", `{"nombre":"DRONES Y MÁS"}`), http.StatusConflict, "Ya hay una categoría")
	for _, bad := range []string{`{}`, `{"nombre":"x","color":"fucsia"}`, `{"nombre":"` + strings.Repeat("x", 61) + `"}`} {
		wantProblem(t, s.ask(http.MethodPost, v1+"/categorias", bad), http.StatusUnprocessableEntity, "")
	}
	path := fmt.Sprintf("%s/categorias/%v", v1, added["id"])
	if got := fields(t, s.ask(http.MethodPatch, path, `{"archivada":true}`)); got["archivada"] != true || got["nombre"] != "Drones y más" {
		t.Errorf("got %v, want only that changed", got)
	}
	wantProblem(t, s.ask(http.MethodPatch, fmt.Sprintf("%s/categorias/%v", v1, list()[12].(map[string]any)["id"]), `{"archivada":true}`), http.StatusConflict, "no se puede archivar")
	wantProblem(t, s.ask(http.MethodPatch, v1+"/categorias/999", `{}`), http.StatusNotFound, "Categoría no encontrada")
	s.deliver(original("hola", nil))
	wantProblem(t, s.ask(http.MethodPost, v1+"/tickets/1/categoria", `{"categoria":"Drones y más"}`), http.StatusConflict, "archivada")

	var ids []any
	for _, c := range list() {
		ids = append(ids, c.(map[string]any)["id"])
	}
	ids[0], ids[1] = ids[1], ids[0]
	order, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		t.Fatal(err)
	}
	s.ask(http.MethodPut, v1+"/categorias/orden", string(order))
	if got := names(); !strings.HasPrefix(got, "Hardware - Energía, Hardware - Pantalla, Hardware - Otros") {
		t.Errorf("got %s, want the first two in the other order", got)
	}
	wantProblem(t, s.ask(http.MethodPut, v1+"/categorias/orden", `{"ids":[1,2]}`), http.StatusConflict, "cambiaron")

	s.ask(http.MethodPost, v1+"/categorias/plantilla", `{"plantilla":"comercio"}`)
	if got := names(); got != "soporte, facturacion, pedidos, ventas, reclamo, cancelacion, citas, cuenta, otros" {
		t.Errorf("got %s, want the other template's", got)
	}
	wantProblem(t, s.ask(http.MethodPost, v1+"/categorias/plantilla", `{"plantilla":"otra"}`), http.StatusUnprocessableEntity, "plantilla")
}

func TestARenamedCategoryIsRenamedEverywhere(t *testing.T) {
	s := openShop(t)
	s.deliver(original("la impresora saca las hojas en blanco", nil))
	var id any
	for _, c := range fields(t, s.ask(http.MethodGet, v1+"/categorias", ""))["categorias"].([]any) {
		if c := c.(map[string]any); c["nombre"] == "Impresoras" {
			id = c["id"]
		}
	}
	s.ask(http.MethodPatch, fmt.Sprintf("%s/categorias/%v", v1, id), `{"nombre":"Impresión"}`)
	if got := fields(t, s.ask(http.MethodGet, v1+"/tickets/1", "")); got["categoria"] != "Impresión" {
		t.Errorf("got %v, want the new name", got["categoria"])
	}
	s.learns()
	s.learned()
	if got := s.says(1, "mi impresora mancha las hojas"); got["categoria"] != "Impresión" {
		t.Errorf("got %v, want the new name for what the old one stood for", got["categoria"])
	}
}

func TestDoubtAndReasonsAreServed(t *testing.T) {
	s := openShop(t)
	got := s.says(1, "xilófono zarzuela quórum")
	if got["duda"] != "sin_clasificar" || len(got["candidatas"].([]any)) != 2 {
		t.Errorf("got %v and %v, want it unclassified with two candidates", got["duda"], got["candidatas"])
	}
	got = s.says(2, "el cargador saca humo")
	if got["prioridad"] != "alta" || got["prioridad_motivo"] != "peligro" || fmt.Sprint(got["prioridad_palabras"]) != "[saca humo]" {
		t.Errorf("got %v for %v %v, want the danger told", got["prioridad"], got["prioridad_motivo"], got["prioridad_palabras"])
	}
	n := s.deliver(wire.Webhook{Sender: "5215588888888@s.whatsapp.net", Kind: "nota_de_voz", ID: "V1", File: &wire.File{Name: "voz.ogg", MIME: "audio/ogg", State: wire.FilePending}})
	if got := fields(t, s.ask(http.MethodGet, fmt.Sprintf("%s/tickets/%d", v1, n), "")); got["duda"] != "nota_de_voz" {
		t.Errorf("got %v, want it told that it is a voice note", got["duda"])
	}
}

func TestCorrectionsOfAnIntervalAreForgottenAndRemembered(t *testing.T) {
	s := openShop(t)
	taught := func(body string) any {
		return fields(t, s.ask(http.MethodPatch, v1+"/clasificador", body))["correcciones"]
	}
	s.says(1, "la impresora saca las hojas en blanco")
	s.ask(http.MethodPost, v1+"/tickets/1/categoria", `{"categoria":"Conectividad"}`)
	s.clock.Advance(time.Hour)
	since := s.clock.Now().Format("2006-01-02T15:04:05Z07:00")
	s.clock.Advance(time.Hour)
	s.says(2, "no agarra el wifi")
	s.ask(http.MethodPost, v1+"/tickets/2/categoria", `{"categoria":"Impresoras"}`)
	s.clock.Advance(time.Hour)
	for _, step := range []struct {
		body string
		want float64
	}{
		{`{}`, 2}, {`{"olvidar_desde":"` + since + `"}`, 1}, {`{"olvidar_todo":true}`, 0}, {`{"recordar_todo":true}`, 2}, {`{"aprende":false}`, 0}, {`{"aprende":true,"confianza_minima":0.5}`, 2},
	} {
		if got := taught(step.body); got != step.want {
			t.Errorf("%s: got %v lessons, want %v", step.body, got, step.want)
		}
	}
	wantProblem(t, s.ask(http.MethodPatch, v1+"/clasificador", `{"confianza_minima":1.5}`), http.StatusUnprocessableEntity, "confianza_minima")
	if got := fields(t, s.ask(http.MethodGet, v1+"/clasificador", "")); got["confianza_minima"] != 0.5 || got["plantilla"] != "mesa" {
		t.Errorf("got %v, want the threshold kept", got)
	}
}
