package bundle_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"mostrador/internal/bundle"
	"mostrador/web"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestScriptsAndStylesBecomeOneFileEach(t *testing.T) {
	made, err := bundle.Make(fstest.MapFS{
		"js/main.js":     file("import { a } from './parts/a.js';\nimport 'lib';\nconsole.log(a);"),
		"js/parts/a.js":  file("import { b } from '../b.js';\nexport const a = `<p>  ${b}</p>`;"),
		"js/b.js":        file("export const b = 'bé';"),
		"vendor/lib.mjs": file("/*! @license Somebody */ console.log('lib');"),
		"css/app.css":    file(`@import "one.css"; @import "two.css";`),
		"css/one.css":    file(`p { color: red }`),
		"css/two.css":    file(`p { color: blue; background: url(/x.png) }`),
	}, map[string]string{"lib": "vendor/lib.mjs"})
	if err != nil {
		t.Fatal(err)
	}
	script, sheet := string(made["js/main.js"]), string(made["css/app.css"])
	for _, want := range []string{"<p>  ", `console.log("lib")`, "@license Somebody"} {
		if !strings.Contains(script, want) {
			t.Errorf("script: got %s, want %q in it", script, want)
		}
	}
	if regexp.MustCompile(`(?m)^import|\bfrom\b"`).MatchString(script) {
		t.Errorf("script: got %s, want nothing imported any more", script)
	}
	if want := "p{color:red}p{color:#00f;background:url(/x.png)}"; !strings.Contains(sheet, want) {
		t.Errorf("styles: got %s, want %s", sheet, want)
	}
}

func TestAFaultIsSaidWithItsPlace(t *testing.T) {
	for name, text := range map[string]string{"js/main.js:2": "let a = 1;\nimport './none.js';", "js/main.js:1": "let = = 1;"} {
		if _, err := bundle.Make(fstest.MapFS{"js/main.js": file(text)}, nil); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: got %v, want the place", text, err)
		}
	}
}

func TestThePanelIsJoinedWhole(t *testing.T) {
	page, err := fs.ReadFile(web.FS(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	imports, err := bundle.ImportMap(page, "{{.Base}}/")
	if err != nil || imports["preact/hooks"] != "vendor/hooks.mjs" {
		t.Fatalf("got %v, %v, want the page's import map", imports, err)
	}
	made, err := bundle.Make(web.FS(), imports)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range bundle.Entries {
		if len(made[name]) < 5000 {
			t.Errorf("%s: got %d bytes, want all of it", name, len(made[name]))
		}
	}
}
