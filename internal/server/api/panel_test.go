package api_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"mostrador/internal/server/api"
	"mostrador/internal/wire"
	"mostrador/web"
)

func TestThePageAllowsItsOwnImportMapAndNoOtherInlineScript(t *testing.T) {
	for name, option := range map[string]option{
		"test panel": func(*api.Options) {},
		"real panel": func(o *api.Options) { o.Panel = web.FS() },
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t, option)
			w := s.do(http.MethodGet, "/entrar", "")
			found := regexp.MustCompile(`(?s)<script type="importmap">(.*?)</script>`).FindStringSubmatch(w.Body.String())
			if w.Code != http.StatusOK || found == nil || strings.Contains(w.Body.String(), "{{") {
				t.Fatalf("got %d %s, want a filled page with an import map", w.Code, w.Body)
			}
			sum := sha256.Sum256([]byte(found[1]))
			want := "script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"
			if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, want) {
				t.Errorf("got policy %q, want %q in it", got, want)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-cache" {
				t.Errorf("got Cache-Control %q, want no-cache", got)
			}
			for _, path := range regexp.MustCompile(`/assets/[0-9a-f]+/[\w./-]+`).FindAllString(w.Body.String(), -1) {
				if strings.HasSuffix(path, "x.js") {
					continue
				}
				a := s.do(http.MethodGet, path, "")
				if a.Code != http.StatusOK || !strings.Contains(a.Header().Get("Cache-Control"), "immutable") {
					t.Errorf("%s: got %d %q, want it kept for ever", path, a.Code, a.Header().Get("Cache-Control"))
				}
			}
		})
	}
}

func TestAssetsAreOnlyThePanelsFiles(t *testing.T) {
	s := openShop(t)
	w := s.do(http.MethodGet, "/assets/0123456789abcdef/js/main.js", "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("under an old hash: got %d %v, want it as it is now, not kept", w.Code, w.Header())
	}
	for _, path := range []string{
		"/assets/x/", "/assets/x/js", "/assets/x/js/", "/assets/x/index.html", "/assets/x/VENDOR.md", "/assets/x/nada.js",
		"/assets/x/../../tickets.db", "/assets/x/..%2f..%2ftickets.js", "/assets/x//js/main.js", "/assets/x/js/./main.js",
	} {
		wantProblem(t, s.do(http.MethodGet, path, ""), http.StatusNotFound, "no existe")
	}
}

func TestALivePanelIsReadAnew(t *testing.T) {
	files := fstest.MapFS{"index.html": {Data: []byte("uno")}, "a.js": {Data: []byte("1")}}
	s := openShop(t, func(o *api.Options) { o.Panel, o.PanelLive = files, true })
	files["index.html"] = &fstest.MapFile{Data: []byte("dos")}
	if got := s.do(http.MethodGet, "/entrar", "").Body.String(); got != "dos" {
		t.Errorf("got %q, want dos", got)
	}
	if got := s.do(http.MethodGet, "/assets/x/a.js", "").Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("got %q, want no-cache", got)
	}
	delete(files, "index.html")
	wantProblem(t, s.do(http.MethodGet, "/entrar", ""), http.StatusInternalServerError, "interno")
}

func TestFilesAreCompressedForWhoeverTakesThem(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.Panel = web.FS() })
	page := s.do(http.MethodGet, "/entrar", "").Body.String()
	path := regexp.MustCompile(`/assets/[0-9a-f]+/js/main.js`).FindString(page)
	whole := s.do(http.MethodGet, path, "").Body.String()
	for offer, want := range map[string]string{
		"gzip": "gzip", "br, gzip;q=0.8": "gzip", "GZIP": "gzip", "": "", "br": "", "gzip;q=0": "", "gzip; q=0.000": "", "xgzip": "",
	} {
		for range 2 {
			w := s.do(http.MethodGet, path, "", "Accept-Encoding", offer)
			got, body := w.Header().Get("Content-Encoding"), w.Body.String()
			if got != want || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%q: got encoding %q that varies by %q, want %q", offer, got, w.Header().Get("Vary"), want)
			}
			if got == "gzip" {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := io.ReadAll(z)
				if err != nil || len(body) >= len(raw) {
					t.Errorf("%q: got %d bytes for %d, %v, want fewer", offer, len(body), len(raw), err)
				}
				body = string(raw)
			}
			if body != whole {
				t.Errorf("%q: got another file", offer)
			}
		}
	}
	if got := s.do(http.MethodGet, "/entrar", "", "Accept-Encoding", "gzip").Header().Get("Content-Encoding"); got != "gzip" {
		t.Errorf("the page: got %q, want gzip", got)
	}
}

func TestJoinedFilesAreServedOnlyForThePanelTheyWereMadeOf(t *testing.T) {
	files := fstest.MapFS{
		"index.html":        {Data: []byte(`<script type="module" src="{{.Base}}/js/main.js"></script>`)},
		"js/main.js":        {Data: []byte("import './a.js'")},
		"joined/js/main.js": {Data: []byte("joined")},
		"joined/index.html": {Data: []byte(`<link rel="modulepreload" href="{{.Base}}/js/chunk.js">`)},
	}
	hash, err := web.Hash(files)
	if err != nil {
		t.Fatal(err)
	}
	for of, want := range map[string]string{hash: "joined", "0123456789abcdef": "import './a.js'"} {
		files["joined/hash"] = &fstest.MapFile{Data: []byte(of)}
		s := openShop(t, func(o *api.Options) { o.Panel = files })
		if got := s.do(http.MethodGet, "/assets/"+hash+"/js/main.js", "").Body.String(); got != want {
			t.Errorf("joined of %s: got %q, want %q", of, got, want)
		}
		page := s.do(http.MethodGet, "/entrar", "").Body.String()
		if asks := strings.Contains(page, `<link rel="modulepreload" href="/assets/`+hash+`/js/chunk.js">`); asks != (want == "joined") {
			t.Errorf("joined of %s: got the page %s", of, page)
		}
	}
}

func TestThePanelShowsHowTheBridgeIs(t *testing.T) {
	s := openShop(t)
	s.laptop.answer(http.StatusOK, `{"status":"ok","whatsapp":"conectado","cola_pendiente":3,"cola_apartados":1,"estado":"conectado"}`)
	got := fields(t, s.ask(http.MethodGet, "/api/v1/puente", ""))
	if got["alcanzable"] != true || got["whatsapp"] != wire.Connected || got["cola_pendiente"] != 3.0 || got["cola_apartados"] != 1.0 || got["laptop_url"] != s.laptop.URL {
		t.Errorf("got %v, want what the bridge says", got)
	}
	for status, part := range map[int]string{http.StatusOK: "no es el puente", http.StatusInternalServerError: "no es el puente"} {
		s.laptop.answer(status, "<html>")
		got = fields(t, s.ask(http.MethodGet, "/api/v1/puente", ""))
		if got["alcanzable"] != false || got["whatsapp"] != wire.Disconnected || !strings.Contains(got["motivo"].(string), part) {
			t.Errorf("%d: got %v, want it said that no bridge is there", status, got)
		}
	}
	s.laptop.Close()
	got = fields(t, s.ask(http.MethodGet, "/api/v1/puente", ""))
	if got["alcanzable"] != false || got["estado"] != "inalcanzable" || got["motivo"] == "" || got["solucion"] == "" {
		t.Errorf("got %v, want it out of reach", got)
	}
}

func TestWithoutAnAddressTheBridgeIsSaidToBeUnknown(t *testing.T) {
	s := openShop(t, func(o *api.Options) { o.BridgeURL = "" })
	got := fields(t, s.ask(http.MethodGet, "/api/v1/puente", ""))
	if got["alcanzable"] != false || !strings.Contains(got["solucion"].(string), "IP_LAPTOP") {
		t.Errorf("got %v, want IP_LAPTOP named", got)
	}
}
