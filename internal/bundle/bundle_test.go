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
	asked := regexp.MustCompile(`<link rel="modulepreload" href="{{\.Base}}/(js/chunk-[^"]+)">\n<script type="module"`).FindSubmatch(made["index.html"])
	if asked == nil || len(made[string(asked[1])]) == 0 {
		t.Errorf("got the page %s, want it to ask for what the program shares with its later parts", made["index.html"])
	}
}

func TestWhatIsImportedLaterStaysApartAndTheRestIsAskedForAtOnce(t *testing.T) {
	made, err := bundle.Make(fstest.MapFS{
		"index.html":    file("<head>\n<script type=\"module\" src=\"/x/js/main.js\"></script>\n</head>"),
		"js/main.js":    file("import { a } from './shared.js';\nconsole.log(a, () => import('./later.js'));"),
		"js/later.js":   file("import { a } from './shared.js';\nexport const later = a + 'spät';"),
		"js/shared.js":  file("export const a = 'geteilt';"),
		"js/unused.js":  file("export const nobody = 1;"),
		"css/other.css": file("p{}"),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(text string) (names []string) {
		for name, data := range made {
			if strings.Contains(string(data), text) && strings.HasSuffix(name, ".js") {
				names = append(names, name)
			}
		}
		return names
	}
	later, shared := holds("sp\\xE4t"), holds("geteilt")
	if len(later) != 1 || later[0] == "js/main.js" || len(shared) != 1 || shared[0] == later[0] {
		t.Fatalf("got the later part in %v and the shared one in %v, want each in one file of its own", later, shared)
	}
	want := "<head>\n<link rel=\"modulepreload\" href=\"/x/" + shared[0] + "\">\n<script type=\"module\" src=\"/x/js/main.js\"></script>\n</head>"
	if got := string(made["index.html"]); got != want {
		t.Errorf("got the page %s, want %s", got, want)
	}
}
