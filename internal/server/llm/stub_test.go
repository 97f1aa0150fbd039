package llm_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/llm"
)

// asked is a request that reached the stub.
type asked struct {
	path   string
	header http.Header
	body   string
	System string
	User   string
	Model  string `json:"model"`
	Format struct {
		Type string `json:"type"`
	} `json:"response_format"`
	Messages []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"messages"`
}

// stub is an OpenAI-compatible server that answers what a test wants.
type stub struct {
	*httptest.Server

	mu    sync.Mutex
	calls []asked
}

// newStub starts a stub whose answers answer writes.
func newStub(t *testing.T, answer func(w http.ResponseWriter, a asked)) *stub {
	t.Helper()
	s := &stub{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a := asked{path: r.URL.Path, header: r.Header, body: string(body)}
		_ = json.Unmarshal(body, &a) // a voice note is no JSON
		for _, m := range a.Messages {
			if m.Role == "system" {
				a.System = m.Content
			} else {
				a.User = m.Content
			}
		}
		s.mu.Lock()
		s.calls = append(s.calls, a)
		s.mu.Unlock()
		answer(w, a)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) all() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// says answers with text as a model does.
func says(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id": "1", "object": "chat.completion", "choices": []any{map[string]any{
			"index": 0, "finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": text},
		}},
	})
}

// fails answers with status as OpenAI does, repeating what it was sent, as some do.
func fails(w http.ResponseWriter, status int, a asked) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": "no: " + a.User, "type": "x", "code": "y"}})
}

// now is when everything happens.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const secret = "sk-secreta"

func client(t *testing.T, url string) *llm.Client {
	t.Helper()
	e := llm.Endpoint{URL: url + "/v1", Model: "modelo", Key: secret}
	return llm.New(llm.Options{Chat: e, Audio: e, Now: func() time.Time { return now }, Log: zerolog.Nop()})
}
