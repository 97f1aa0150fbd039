package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files returns the texts of the repository's files with the given ending, by
// their paths from its root.
func files(t *testing.T, ending string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == ".git" || name == "bin" || name == "dist") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ending) {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestTheTestsThatDocumentsNameExist(t *testing.T) {
	known := map[string]bool{}
	for _, text := range files(t, "_test.go") {
		for _, match := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`).FindAllStringSubmatch(text, -1) {
			known[match[1]] = true
		}
	}
	named := 0
	for path, text := range files(t, ".md") {
		for _, match := range regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w+)`").FindAllStringSubmatch(text, -1) {
			named++
			if !known[match[1]] {
				t.Errorf("%s names %s, which does not exist", path, match[1])
			}
		}
	}
	if named == 0 {
		t.Error("no document names a test, want SECURITY.md to")
	}
}

func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	for path, text := range files(t, ".md") {
		for _, match := range regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", filepath.Dir(path), match[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", path, match[1])
			}
		}
	}
}
