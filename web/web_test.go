package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/browser"
	"mostrador/web"
)

// modules says what each part of the panel may import: names are folders or
// files of static/js, or libraries of the import map.
var modules = map[string][]string{
	"boot":       {},
	"said":       {},
	"wire":       {"verdictwire", "said"},
	"bridgewire": {"wire", "said"},
	"bridge":     {},
	"links":      {},
	"keys":       {},
	"kept":       {},
	"shelf":      {},
	"compose":    {},
	"cards":      {},
	"convwire":   {"wire"},
	"convapi":    {"api", "wire", "convwire"},
	"talk":       {"@preact/signals-core"},
	"poll":       {},
	"i18n":       {},
	"html":       {"preact", "htm"},
	"zone":       {"i18n"},
	"format":     {"i18n", "zone"},
	"thread":     {"format"},
	"listwire":   {"wire"},
	"filter":     {"zone"},
	"live":       {},
	"listing":    {},
	"api":        {"wire", "bridgewire", "listwire", "filter", "said", "i18n"},

	"accountwire": {"wire"},
	"accountapi":  {"accountwire", "api"},
	"audit":       {"i18n"},

	"noticewire": {"wire", "said"},
	"noticeapi":  {"noticewire", "api"},

	"reportwire": {"wire"},
	"reportapi":  {"reportwire", "api"},

	"copieswire": {"wire"},
	"copiesapi":  {"copieswire", "api"},

	"shopwire":   {"wire"},
	"pairingapi": {"api", "bridgewire"},
	"shopapi":    {"shopwire", "api", "listwire"},

	"verdictwire": {},
	"learnwire":   {"wire"},
	"learnapi":    {"api", "wire", "learnwire"},
	"categories":  {"@preact/signals-core"},

	"agent": {},

	"drafting":    {"@preact/signals-core"},
	"draftingapi": {"api", "wire"},

	"router":     {"@preact/signals-core"},
	"state":      {"kept", "@preact/signals-core"},
	"steps":      {},
	"keyboard":   {"keys", "router", "state", "talk"},
	"actions":    {"actions", "shelf", "noticeapi", "noticewire", "drafting", "draftingapi", "api", "accountapi", "shopapi", "reportapi", "copiesapi", "pairingapi", "learnapi", "categories", "convapi", "convwire", "i18n", "state", "talk", "compose", "filter", "listing", "live", "kept", "format"},
	"components": {"components", "learnwire", "html", "i18n", "format", "links", "thread", "bridge", "compose", "cards", "steps", "preact/hooks"},
	"views":      {"views", "drafting", "components", "categories", "actions", "audit", "agent", "state", "router", "html", "i18n", "format", "thread", "bridge", "talk", "compose", "steps", "filter", "listing", "zone", "preact/hooks"},
	"main":       {"zone", "said", "views", "actions", "state", "router", "keyboard", "poll", "html", "i18n", "format", "preact", "@preact/signals", "@preact/signals-core"},
}

var (
	importing  = regexp.MustCompile(`(?m)^import (?:[^;]*? from )?'([^']+)';|=> import\('([^']+)'\)`)
	textKey    = regexp.MustCompile(`'([a-z]+\.[A-Za-z_.]+)'`)
	function   = regexp.MustCompile(`^(export )?(async )?function`)
	vendorFile = regexp.MustCompile(`(?m)^\| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$`)
)

// scripts returns the panel's own JavaScript by its name below static/js.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(web.FS(), "js", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			found[strings.TrimPrefix(name, "js/")] = readStatic(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("got %d scripts, want all of the panel's", len(found))
	}
	return found
}

// part returns the name under which the table knows a script.
func part(name string) string {
	folder, _, nested := strings.Cut(name, "/")
	if nested {
		return folder
	}
	return strings.TrimSuffix(name, ".js")
}

func TestScriptsImportOnlyWhatTheTableAllows(t *testing.T) {
	for name, source := range scripts(t) {
		allowed, known := modules[part(name)]
		if !known {
			t.Errorf("%s is not in the table", name)
		}
		for _, found := range importing.FindAllStringSubmatch(source, -1) {
			imported := found[1] + found[2] // at once or later
			if strings.HasPrefix(imported, ".") {
				file := path.Join(path.Dir(name), imported)
				if _, err := fs.Stat(web.FS(), "js/"+file); err != nil {
					t.Errorf("%s imports %s: %v", name, imported, err)
				}
				imported = part(file)
			}
			if !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s, which the table does not allow", name, imported)
			}
		}
	}
}

func TestNoScriptMakesMarkupOfText(t *testing.T) {
	for name, source := range scripts(t) {
		for _, bad := range []string{"dangerouslySetInnerHTML", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "style="} {
			if strings.Contains(source, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		if !strings.HasPrefix(source, "// @ts-check\n") {
			t.Errorf("%s does not begin with // @ts-check", name)
		}
	}
}

func TestScriptsAndStylesStaySmall(t *testing.T) {
	for name, source := range scripts(t) {
		lines := strings.Split(source, "\n")
		if len(lines) > 150 {
			t.Errorf("%s: got %d lines, want at most 150", name, len(lines))
		}
		start := 0
		for i, line := range lines {
			if function.MatchString(line) {
				start = i
			}
			if line == "}" && i-start+1 > 40 && function.MatchString(lines[start]) {
				t.Errorf("%s: %s: got %d lines, want at most 40", name, lines[start], i-start+1)
			}
		}
	}
	sheets, err := fs.ReadDir(web.FS(), "css")
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		if lines := strings.Count(readStatic(t, "css/"+sheet.Name()), "\n"); lines > 300 {
			t.Errorf("%s: got %d lines, want at most 300", sheet.Name(), lines)
		}
	}
}

func TestEveryTextExistsAndIsUsed(t *testing.T) {
	var texts map[string]any
	if err := json.Unmarshal([]byte(readStatic(t, "i18n/es.json")), &texts); err != nil {
		t.Fatal(err)
	}
	spaces := map[string]bool{}
	for key := range texts {
		space, _, _ := strings.Cut(key, ".")
		spaces[space] = true
	}
	used := map[string]bool{}
	for name, source := range scripts(t) {
		for _, found := range textKey.FindAllStringSubmatch(source, -1) {
			key := found[1]
			space, rest, _ := strings.Cut(key, ".")
			if !spaces[space] || rest == "js" {
				continue
			}
			used[key] = true
			if texts[key] == nil {
				t.Errorf("%s uses the text %s, which does not exist", name, key)
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("nothing uses the text %s", key)
		}
	}
}

func TestEveryStyleSheetIsPartOfTheOneThatPagesLoad(t *testing.T) {
	sheets, err := fs.Glob(web.FS(), "css/*.css")
	if err != nil || len(sheets) < 5 {
		t.Fatalf("got %q, %v, want the style sheets", sheets, err)
	}
	whole := readStatic(t, "css/app.css")
	for _, sheet := range sheets {
		name := path.Base(sheet)
		if name != "app.css" && name != "dark.css" && !strings.Contains(whole, `@import "`+name+`";`) {
			t.Errorf("css/app.css does not import %s", name)
		}
	}
	page, _ := renderedIndex(t)
	if got := strings.Count(string(page), `rel="stylesheet"`); got != 2 {
		t.Errorf("index.html: got %d style sheets, want app.css, where the others go, and dark.css", got)
	}
}

func TestVendoredFilesAreTheOnesTheListNames(t *testing.T) {
	listed := map[string]string{}
	for _, row := range vendorFile.FindAllStringSubmatch(readStatic(t, "vendor/VENDOR.md"), -1) {
		listed[row[1]] = row[6]
	}
	entries, err := fs.ReadDir(web.FS(), "vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if name == "VENDOR.md" {
			continue
		}
		sum := sha256.Sum256([]byte(readStatic(t, "vendor/"+name)))
		if got := hex.EncodeToString(sum[:]); got != listed[name] {
			t.Errorf("vendor/%s: got sha256 %s, want %q", name, got, listed[name])
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("VENDOR.md lists %s, which is not there", name)
	}
}

func TestTheFilledPageNamesOnlyFilesThatExist(t *testing.T) {
	page, _ := renderedIndex(t)
	named := regexp.MustCompile(regexp.QuoteMeta(base)+`/([^"]+)"`).FindAllSubmatch(page, -1)
	if len(named) < 11 {
		t.Errorf("got %d files named, want the icon, the style sheets, 5 libraries and the main script", len(named))
	}
	for _, name := range named {
		if _, err := fs.Stat(web.FS(), string(name[1])); err != nil {
			t.Error(err)
		}
	}
	var mapped struct{ Imports map[string]string }
	inline := regexp.MustCompile(`<script type="importmap">(.*?)</script>`).FindSubmatch(page)
	if err := json.Unmarshal(inline[1], &mapped); err != nil {
		t.Fatal(err)
	}
	if got := mapped.Imports["preact/hooks"]; got != base+"/vendor/hooks.mjs" {
		t.Errorf("preact/hooks: got %q, want the file below %s", got, base)
	}
	if strings.Contains(string(page), "{{") || strings.Contains(string(page), "<style") || strings.Contains(string(page), " style=") {
		t.Error("the page has a placeholder or a style of its own left")
	}
}

func TestPureModulesPassTheirOwnTests(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		browser.Missing(t, "no node: the panel's pure modules stay untested")
	}
	files, err := filepath.Glob("test/*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d test files (%v), want some", len(files), err)
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{"--import", "./test/register.mjs", "--test"}, files...)...)
	cmd.Env = append(os.Environ(), "TZ=America/Mexico_City")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
