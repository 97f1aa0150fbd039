package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/api"
	"mostrador/internal/wire"
)

// healthy is a beat of a bridge at work, by the clock of s.
func (s *shop) healthy() wire.Beat {
	return wire.Beat{
		BridgeHealth: wire.BridgeHealth{
			Status: "ok", WhatsApp: wire.Connected, State: "conectado", Account: "5214771234567", Uptime: 3600, Version: "v1.2.3", Library: "v0.0.1",
			Queue: 2, OldestQueue: 90, Parked: 1,
		},
		Time: s.clock.Now().Add(1500 * time.Millisecond), Received: 40, Delivered: 37, Files: 3, Damaged: 1,
		Tray: []wire.Parked{{Key: "c|K1|m", Sender: customer, Name: "Ana", Text: "mire", Reason: "La imagen está dañada.", At: s.clock.Now().Add(-time.Hour)}},
	}
}

// beat sends a beat that must be taken.
func (s *shop) beat(b wire.Beat) {
	s.t.Helper()
	body, err := json.Marshal(b)
	if err != nil {
		s.t.Fatal(err)
	}
	if w := s.ask(http.MethodPost, wire.PathBeat, string(body)); w.Code != http.StatusOK {
		s.t.Fatalf("beat: got %d %s, want 200", w.Code, w.Body)
	}
}

// pass lets time go by while the server goes on watching.
func (s *shop) pass(d time.Duration) {
	s.t.Helper()
	for range d / time.Minute {
		s.clock.Advance(time.Minute)
		if err := s.watch.Look(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shop) bridge() map[string]any {
	s.t.Helper()
	return fields(s.t, s.asAna(http.MethodGet, "/api/v1/puente", ""))
}

// alerts returns the kinds of the open alerts.
func (s *shop) alerts() string {
	s.t.Helper()
	var kinds []string
	for _, alert := range s.bridge()["alertas"].([]any) {
		kinds = append(kinds, alert.(map[string]any)["tipo"].(string))
	}
	return strings.Join(kinds, " ")
}

func TestABeatIsAnsweredWithTheServersClock(t *testing.T) {
	s := openShop(t)
	body, err := json.Marshal(s.healthy())
	if err != nil {
		t.Fatal(err)
	}
	got := fields(t, s.ask(http.MethodPost, wire.PathBeat, string(body)))
	if got["status"] != "ok" || got["hora"] != "2026-11-23T10:00:00Z" {
		t.Errorf("got %v, want ok and 10:00", got)
	}
}

func TestOnlyTheBridgeMayBeat(t *testing.T) {
	s := openShop(t)
	wantProblem(t, s.asAna(http.MethodPost, wire.PathBeat, `{"whatsapp":"conectado"}`), http.StatusUnauthorized, "token")
	if got := s.bridge()["ultima_senal"]; got != nil {
		t.Errorf("got a sign of life at %v, want none", got)
	}
}

func TestThePanelShowsWhatTheLastBeatSaid(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`)
	s.ask(http.MethodPost, "/responder/1", "")
	s.clock.Advance(10 * time.Minute)
	s.beat(s.healthy())
	s.clock.Advance(time.Minute)
	s.laptop.answer(http.StatusOK, `{"status":"ok","whatsapp":"desconectado"}`)
	got := s.bridge()
	for key, want := range map[string]any{
		"alcanzable": true, "whatsapp": wire.Connected, "estado": "conectado", "problema": "", "cuenta": "+52 477 123 4567",
		"version": "v1.2.3", "version_whatsmeow": "v0.0.1", "diferencia_reloj": 1.5, "ultima_senal": "2026-11-23T10:10:00Z",
		"en_marcha_desde": "2026-11-23T09:10:00Z", "recibidos": 40.0, "entregados": 37.0, "cola_pendiente": 2.0,
		"cola_mas_antiguo": "2026-11-23T10:08:30Z", "cola_archivos": 3.0, "cola_danados": 1.0, "cola_apartados": 1.0,
		"respuestas_en_cola": 1.0, "respuesta_mas_antigua": "2026-11-23T10:00:00Z",
	} {
		if got[key] != want {
			t.Errorf("%s: got %v, want %v", key, got[key], want)
		}
	}
	tray := fmt.Sprint(got["apartados"])
	if want := "[map[clave:c|K1|m contenido:mire motivo:La imagen está dañada. nombre:Ana numero_oculto:false recibido:2026-11-23T09:10:00Z telefono:+52 477 275 8198]]"; tray != want {
		t.Errorf("tray: got %s, want %s", tray, want)
	}
}

func TestABeatBringsTheRepliesThatWaitForward(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.answer(http.StatusServiceUnavailable, `{"error":"WhatsApp desconectado"}`)
	s.ask(http.MethodPost, "/responder/1", "")
	// What came in was a sign of life too; this uses it up.
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("without WhatsApp: got %d sent, %v; want none", n, err)
	}
	s.clock.Advance(6 * time.Second)
	s.laptop.answer(http.StatusOK, `{"ok":true}`)
	away := s.healthy()
	away.WhatsApp, away.State = wire.Disconnected, "conectando"
	s.beat(away)
	if n, err := s.outbox.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("after a beat without WhatsApp: got %d sent, %v; want none", n, err)
	}
	s.beat(s.healthy())
	if n, err := s.outbox.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("after a beat with WhatsApp: got %d sent, %v; want 1", n, err)
	}
}

func TestABridgeThatFallsSilentIsAskedItself(t *testing.T) {
	s := openShop(t)
	s.beat(s.healthy())
	s.clock.Advance(4 * time.Minute)
	s.laptop.answer(http.StatusOK, `{"status":"ok","whatsapp":"conectado","estado":"conectado","cola_pendiente":9,"cola_antiguedad":60}`)
	got := s.bridge()
	if got["alcanzable"] != true || got["cola_pendiente"] != 9.0 || got["cola_mas_antiguo"] != "2026-11-23T10:03:00Z" || !strings.Contains(got["problema"].(string), "SERVER_URL") {
		t.Errorf("got %v, want its own answer and a hint at SERVER_URL", got)
	}
	s.laptop.Close()
	got = s.bridge()
	if got["alcanzable"] != false || got["whatsapp"] != wire.Disconnected || got["estado"] != "inalcanzable" || got["ultima_senal"] != "2026-11-23T10:00:00Z" || got["recibidos"] != 40.0 {
		t.Errorf("got %v, want it out of reach with what was last heard", got)
	}
}

func TestASilentBridgeWithoutAnAddressIsOutOfReachToo(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.BridgeURL = "" })
	s.beat(s.healthy())
	if got := s.bridge(); got["alcanzable"] != true || got["estado"] != "conectado" || !strings.Contains(got["problema"].(string), "IP_LAPTOP") {
		t.Errorf("got %v, want it connected, and IP_LAPTOP missed for the replies", got)
	}
	s.clock.Advance(4 * time.Minute)
	if got := s.bridge(); got["alcanzable"] != false || got["estado"] != "inalcanzable" {
		t.Errorf("got %v, want it out of reach", got)
	}
}

func TestAWayToTheLaptopThatIsBlockedIsFoundOnceRepliesWait(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	s.laptop.Close()
	s.beat(s.healthy())
	if got := s.bridge()["problema"]; got != "" {
		t.Errorf("without replies: got problem %q, want none", got)
	}
	s.ask(http.MethodPost, "/responder/1", "")
	s.clock.Advance(2 * time.Minute)
	if got := s.bridge(); got["alcanzable"] != true || !strings.Contains(got["problema"].(string), "firewall") {
		t.Errorf("got %v, want a hint at the firewall", got)
	}
}

func TestAlertsComeAndGoByThemselves(t *testing.T) {
	s := openShop(t)
	s.pass(10 * time.Minute)
	if got := s.alerts(); got != "" {
		t.Errorf("before the first beat: got alerts %q, want none", got)
	}
	s.beat(s.healthy())
	s.pass(4 * time.Minute)
	if got := s.alerts(); got != "" {
		t.Errorf("after 4 minutes: got alerts %q, want none", got)
	}
	s.pass(time.Minute)
	alert := s.bridge()["alertas"].([]any)[0].(map[string]any)
	if alert["tipo"] != "silencio" || alert["desde"] != "2026-11-23T10:10:00Z" || alert["mensaje"] == "" || !strings.Contains(alert["solucion"].(string), "encendida") {
		t.Errorf("got %v, want the silence since 10:10 and what to do", alert)
	}
	s.beat(s.healthy())
	if got := s.alerts(); got != "" {
		t.Errorf("after a beat: got alerts %q, want none", got)
	}
}

func TestBadBeatsAreRefusedInSpanish(t *testing.T) {
	s := openShop(t)
	for _, tt := range []struct {
		name, body string
		status     int
		part       string
	}{
		{"empty", ``, http.StatusBadRequest, "vacío"},
		{"no JSON", `whatsapp=conectado`, http.StatusBadRequest, "JSON"},
		{"broken off", `{"whatsapp":"conect`, http.StatusBadRequest, "JSON"},
		{"no UTF-8", "{\"whatsapp\":\"\xff\"}", http.StatusBadRequest, "UTF-8"},
		{"not a time", `{"whatsapp":"conectado","hora":"ayer"}`, http.StatusBadRequest, "JSON"},
		{"a list", `[]`, http.StatusUnprocessableEntity, "objeto"},
		{"says nothing", `{}`, http.StatusUnprocessableEntity, "whatsapp"},
		{"unknown word", `{"whatsapp":"quizás"}`, http.StatusUnprocessableEntity, "whatsapp"},
		{"number as text", `{"whatsapp":"conectado","recibidos":"3"}`, http.StatusUnprocessableEntity, "recibidos"},
		{"number too large", `{"whatsapp":"conectado","recibidos":1e40}`, http.StatusUnprocessableEntity, "recibidos"},
		{"tray of texts", `{"whatsapp":"conectado","apartados":["a"]}`, http.StatusUnprocessableEntity, "apartados"},
		{"negative count", `{"whatsapp":"conectado","cola_danados":-1}`, http.StatusUnprocessableEntity, "cola_danados"},
		{"negative age", `{"whatsapp":"conectado","cola_antiguedad":-0.5}`, http.StatusUnprocessableEntity, "cola_antiguedad"},
		{"enormous", `{"whatsapp":"` + strings.Repeat("x", 2<<20) + `"}`, http.StatusRequestEntityTooLarge, "grande"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, s.ask(http.MethodPost, wire.PathBeat, tt.body), tt.status, tt.part)
		})
	}
}

func TestAHostileBeatIsCutToSizeAndCleaned(t *testing.T) {
	s := openShop(t)
	b := s.healthy()
	b.State, b.Reason, b.Problem, b.Account = "raro\x00\n", strings.Repeat("ñ", 5000), "a\u202eb\x1b[31mc\x00", "no es un número"
	b.Time = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	b.Uptime, b.OldestQueue = 1e300, 1e300
	b.Tray = nil
	for i := range 60 {
		b.Tray = append(b.Tray, wire.Parked{Key: fmt.Sprint("K", i), Sender: "<script>", Name: strings.Repeat("n", 900), Text: "x\r\ny" + strings.Repeat("t", 9000), Reason: "\x00"})
	}
	b.Tray[0].Key, b.Tray[1].Key, b.Tray[2].Key = "", "a\x00b", strings.Repeat("k", 5000)
	s.beat(b)
	got := s.bridge()
	if got["estado"] != "raro" || len([]rune(got["motivo"].(string))) != 500 || got["problema"] != "ab[31mc" || got["cuenta"] != "" {
		t.Errorf("got state %q, %d runes of reason, problem %q; want them clean and cut", got["estado"], len([]rune(got["motivo"].(string))), got["problema"])
	}
	tray := got["apartados"].([]any)
	first := tray[0].(map[string]any)
	if len(tray) != wire.MaxTray-3 || first["clave"] != "K3" || len(first["nombre"].(string)) != 200 || !strings.HasPrefix(first["contenido"].(string), "x ytt") || first["numero_oculto"] != true {
		t.Errorf("got %d in the tray, the first %.300v; want those with a usable key, cut", len(tray), first)
	}
	if clock := got["diferencia_reloj"].(float64); clock > -1e9 {
		t.Errorf("got a clock %v s ahead, want it far behind", clock)
	}
}

func TestAWholeBeatOfAnotherTimeIsTaken(t *testing.T) {
	s := openShop(t)
	for _, year := range []int{1, 1970, 2038, 9999} {
		b := s.healthy()
		b.Time = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		b.Tray[0].At = b.Time
		s.beat(b)
		s.bridge()
	}
}
