package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/server/store/storetest"
)

// files returns the names in the folder of pictures.
func (s *shop) files() []string {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, "fotos"))
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestEveryWayOfWritingAPictureInJSONIsTaken(t *testing.T) {
	escaped := strings.NewReplacer("/", `\/`, "+", `\u002b`, "A", `\u0041`).Replace(base64Of(jpeg))
	numbers, err := json.Marshal(func() (list []int) {
		for _, b := range jpeg {
			list = append(list, int(b))
		}
		return list
	}())
	if err != nil {
		t.Fatal(err)
	}
	quoted := `"` + base64Of(jpeg) + `"`
	for name, body := range map[string]string{
		"first":              `{"imagen":` + quoted + `,"remitente":"5214772758198"}`,
		"last":               `{"remitente":"5214772758198","contenido":"","imagen":` + quoted + `}`,
		"escaped":            `{"remitente":"5214772758198","imagen":"` + escaped + `"}`,
		"escaped key":        `{"remitente":"5214772758198","im\u0061gen":` + quoted + `}`,
		"key in capitals":    `{"REMITENTE":"5214772758198","IMAGEN":` + quoted + `}`,
		"numbers":            `{"remitente":"5214772758198","imagen":` + string(numbers) + `}`,
		"twice, the last":    `{"remitente":"5214772758198","imagen":"aG9sYQ==","imagen":` + quoted + `}`,
		"white space around": " {\n\"remitente\" :\t\"5214772758198\" , \"imagen\" : " + quoted + " }\r\n",
		"beside another":     `{"otro":{"imagen":"aG9sYQ=="},"remitente":"5214772758198","imagen":` + quoted + `}`,
		"a file":             `{"remitente":"5214772758198","archivo":{"datos":` + quoted + `,"mime":"image/jpeg"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t)
			if w := s.ask(http.MethodPost, "/webhook", body); w.Code != http.StatusOK {
				t.Fatalf("got %d %s, want 200", w.Code, w.Body)
			}
			names := s.files()
			if len(names) != 1 || !strings.HasSuffix(names[0], ".jpg") {
				t.Fatalf("got files %v, want one .jpg", names)
			}
			data, err := os.ReadFile(filepath.Join(s.dir, "fotos", names[0]))
			if err != nil || !bytes.Equal(data, jpeg) {
				t.Errorf("got %q, %v, want the picture", data, err)
			}
		})
	}
}

func TestTheFileIsThereBeforeTheRowCanBe(t *testing.T) {
	s := openShop(t)
	db := s.database()
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(original("mire", jpeg))
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- s.post(string(body)) }()
	storetest.Eventually(t, "the file has its name", func() bool {
		names := s.files()
		return len(names) == 1 && strings.HasSuffix(names[0], ".jpg")
	})
	if _, err := db.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if w := <-answer; w.Code != http.StatusOK {
		t.Errorf("got %d %s, want 200", w.Code, w.Body)
	}
	if got := s.stored(); !strings.HasSuffix(got, "attachments 1, files 1") {
		t.Errorf("got %s, want the file and its row", got)
	}
}

// damage overwrites the table of messages on the disk, under the running server.
func (s *shop) damage() {
	s.t.Helper()
	db := s.database()
	defer db.Close()
	var page, size int64
	err := db.QueryRowContext(s.t.Context(), `SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'messages'`).Scan(&page, &size)
	// A write of somebody else makes the server read its pages again.
	for _, step := range []string{`UPDATE businesses SET name = name || '.'`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if err == nil {
			_, err = db.ExecContext(s.t.Context(), step)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	f, err := os.OpenFile(s.url, os.O_WRONLY, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("?", int(size))), (page-1)*size); err != nil {
		s.t.Fatal(err)
	}
}

func TestADamagedDatabaseIsNeverA200AndHealthSaysSo(t *testing.T) {
	s := openShop(t)
	s.damage()
	if w := s.do(http.MethodGet, "/health", ""); w.Code != http.StatusOK {
		t.Errorf("health before anybody writes: got %d %s, want 200", w.Code, w.Body)
	}
	body, _ := json.Marshal(original("mire", jpeg))
	wantProblem(t, s.ask(http.MethodPost, "/webhook", string(body)), http.StatusServiceUnavailable, "dañado")
	w := s.do(http.MethodGet, "/health", "")
	if got := fields(t, w); w.Code != http.StatusServiceUnavailable || got["status"] != "error" || !strings.Contains(fmt.Sprint(got["message"]), "dañado") {
		t.Errorf("health: got %d %v, want 503 and the reason", w.Code, got)
	}
	if got := s.files(); len(got) != 0 {
		t.Errorf("got files %v, want none", got)
	}
}

func FuzzAWebhookIsStoredWholeOrRefusedWithoutATrace(f *testing.F) {
	for _, seed := range []string{
		`{"remitente":"5214772758198","contenido":"hola","imagen":"/9j/4AAQ"}`,
		`{"remitente":"5214772758198","imagen":"\/9j\/4AAQ","imagen":null,"archivo":{"nombre":"a","datos":"AAAA"}}`,
		`{"remitente":"5214772758198","archivo":{"datos":"AAAA"},"archivo":{"datos":"*"}}`,
		`{"remitente":"5214772758198","imagen":[255,216,255,224]}`,
		`{"remitente":"5214772758198","imagen":"/9j/`,
	} {
		f.Add([]byte(seed))
	}
	s := openShop(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		s.t = t
		before := len(s.files())
		w := s.post(string(body))
		files := s.files()
		for _, name := range files {
			if strings.HasPrefix(name, "tmp-") {
				t.Errorf("got %s left behind", name)
			}
		}
		switch w.Code {
		case http.StatusOK:
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			if len(files) != before {
				t.Errorf("got %d %s and %d files, want %d", w.Code, w.Body, len(files), before)
			}
		default:
			t.Errorf("got %d %s, want it taken or refused", w.Code, w.Body)
		}
	})
}
