package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/api"
	"mostrador/internal/server/assist"
	"mostrador/internal/server/jobs"
	"mostrador/internal/server/llm"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
)

// assistant is one whose jobs nobody runs.
func assistant(s *store.Store, folder *photos.Folder, now func() time.Time, model *llm.Client) *assist.Assist {
	return assist.New(assist.Options{Store: s, Photos: folder, Model: model, Jobs: jobs.New(jobs.Options{Store: s, Log: zerolog.Nop()}), Now: now})
}

// withModel lets an API draft with a model that answers with status and text; the
// returned string is what it was last asked.
func withModel(t *testing.T, status int, text string) (option, *atomic.Value) {
	t.Helper()
	var asked atomic.Value
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked.Store(string(body))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"choices":[{"message":{"role":"assistant","content":"`+text+`"}}],"error":{"message":"secreto"}}`)
	}))
	t.Cleanup(stub.Close)
	return func(o *api.Options) {
		o.Assist = assistant(o.Store, o.Photos, o.Now, llm.New(llm.Options{
			Chat: llm.Endpoint{URL: stub.URL, Model: "m", Key: "k"}, Now: o.Now, Log: o.Log,
		}))
	}, &asked
}

func TestADraftIsOnlyAnAnswer(t *testing.T) {
	model, asked := withModel(t, http.StatusOK, "Buenas tardes, ¿qué modelo es?")
	s := openShop(t, model)
	s.deliver(original("no prende, soy del 477 275 8198", nil))
	before := s.stored()
	for _, path := range []string{"/api/v1/tickets/1/sugerencia", "/api/v1/tickets/1/resumen"} {
		w := s.ask(http.MethodPost, path, "")
		if got := fields(t, w); w.Code != http.StatusOK || got["texto"] != "Buenas tardes, ¿qué modelo es?" {
			t.Errorf("%s: got %d %v", path, w.Code, got)
		}
		if got := asked.Load().(string); strings.Contains(got, "8198") || !strings.Contains(got, "no prende") {
			t.Errorf("%s: the model was asked %s", path, got)
		}
	}
	if got := s.stored(); got != before {
		t.Errorf("stored: got %s, want %s as before", got, before)
	}
	if got := fields(t, s.ask(http.MethodGet, "/api/v1/yo", "")); got["redacta"] != true {
		t.Errorf("session: got %v, want redacta", got)
	}
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/9/sugerencia", ""), http.StatusNotFound, "Ticket")
}

func TestADraftThatFailsSaysWhyAndTheStateRemembers(t *testing.T) {
	model, _ := withModel(t, http.StatusUnauthorized, "x")
	s := openShop(t, model)
	s.deliver(original("no prende", nil))
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/1/sugerencia", ""), http.StatusServiceUnavailable, "LLM_KEY")
	got := fields(t, s.ask(http.MethodGet, "/api/v1/asistente", ""))
	if got["redacta"] != true || got["transcribe"] != false || got["fallos"] != 1.0 || !strings.Contains(got["problema"].(string), "LLM_KEY") || got["desde"] == nil {
		t.Errorf("state: got %v", got)
	}
}

func TestWithoutAModelNothingIsDrafted(t *testing.T) {
	s := openShop(t)
	s.deliver(original("no prende", nil))
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/1/sugerencia", ""), http.StatusServiceUnavailable, "LLM_URL")
	got := fields(t, s.ask(http.MethodGet, "/api/v1/asistente", ""))
	if got["redacta"] != false || got["problema"] != "" || got["desde"] != nil {
		t.Errorf("state: got %v", got)
	}
	if got := fields(t, s.ask(http.MethodGet, "/api/v1/yo", "")); got["redacta"] != false {
		t.Errorf("session: got %v, want no drafts", got)
	}
}

func TestAConversationWithoutAWordIsNotDrafted(t *testing.T) {
	model, asked := withModel(t, http.StatusOK, "x")
	s := openShop(t, model)
	s.deliver(original("", jpeg))
	wantProblem(t, s.ask(http.MethodPost, "/api/v1/tickets/1/resumen", ""), http.StatusUnprocessableEntity, "no hay texto")
	if asked.Load() != nil {
		t.Error("the model was asked")
	}
}
