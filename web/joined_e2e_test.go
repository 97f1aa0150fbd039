package web_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mostrador/internal/bundle"
	"mostrador/web"
)

// joinedPanel is the panel as a release serves it.
func joinedPanel(t *testing.T) fstest.MapFS {
	t.Helper()
	imports, err := bundle.ImportMap([]byte(readStatic(t, "index.html")), "{{.Base}}/")
	if err != nil {
		t.Fatal(err)
	}
	made, err := bundle.Make(web.FS(), imports)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	err = fs.WalkDir(web.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[name] = &fstest.MapFile{Data: []byte(readStatic(t, name))}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range made {
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestTheJoinedPanelWorksAndIsSmall(t *testing.T) {
	files := joinedPanel(t)
	size := 0
	first := []string{"js/boot.js", "js/main.js"}
	for _, found := range regexp.MustCompile(`<link rel="modulepreload" href="{{\.Base}}/([^"]+)">`).FindAllSubmatch(files["index.html"].Data, -1) {
		first = append(first, string(found[1]))
	}
	for _, name := range append([]string{"index.html", "css/app.css", "css/dark.css", "i18n/es.json", "icon.svg"}, first...) {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write(files[name].Data)
		_ = z.Close()
		size += out.Len()
	}
	const most = 100_000 // of 120 KB; the rest is for headers and the first tickets
	if size > most {
		t.Errorf("got %d bytes compressed, want at most %d", size, most)
	}
	f := newFake(t, files)
	f.loggedIn = true
	f.fill()
	p := openTab(t, f)
	p.Visit("")
	p.WaitFor("document.querySelectorAll('.ticket').length === 7")
	p.Click(row(12, ".ticket-link"))
	p.WaitText(".log", "Av. Juárez 12")
	for _, url := range p.Requests() {
		if name, ours := strings.CutPrefix(url, f.URL+base+"/"); ours && strings.HasPrefix(name, "js/") && !slices.Contains(first, name) {
			t.Errorf("the joined panel still asks for %s", name)
		}
	}
	p.Visit("#/ajustes/cuenta")
	p.WaitText(".settings h1", "Ajustes")
	p.WaitFor("document.activeElement === document.getElementById('contenido')")
}

func TestAPageThatDoesNotComeSaysSo(t *testing.T) {
	files := joinedPanel(t)
	for name := range files {
		if strings.HasPrefix(name, "js/others-") || name == "js/views/others.js" {
			delete(files, name)
		}
	}
	f := newFake(t, files)
	f.loggedIn = true
	p := openTab(t, f)
	p.Visit("#/ajustes/cuenta")
	p.WaitText("#contenido", "No se pudo abrir esta página")
	p.WaitText("#contenido .button", "Recargar")
}
