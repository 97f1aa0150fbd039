package config_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/config"
)

// forDevelopers are variables that operators need not know.
var forDevelopers = []string{"PANEL_DIR"}

// asked returns the variables that load looks at, sorted.
func asked(t *testing.T, load func(config.Getenv, string) error) []string {
	t.Helper()
	var names []string
	err := load(func(name string) string {
		if !slices.Contains(names, name) && !slices.Contains(forDevelopers, name) {
			names = append(names, name)
		}
		return ""
	}, t.TempDir())
	if err == nil {
		t.Fatal("got no error from an empty environment, want one about API_TOKEN")
	}
	slices.Sort(names)
	return names
}

// mentioned returns what pattern's group finds in a file, sorted.
func mentioned(t *testing.T, file, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		if name := string(match[1]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

const assignment = `(?m)^#?([A-Z_]+)=`

func TestTheExamplesShowEveryVariableAndNoOther(t *testing.T) {
	server := asked(t, func(g config.Getenv, dir string) error { _, err := config.LoadServer(g, dir); return err })
	bridge := asked(t, func(g config.Getenv, dir string) error { _, err := config.LoadBridge(g, dir); return err })
	if diff := cmp.Diff(server, mentioned(t, ".env.example", assignment)); diff != "" {
		t.Errorf(".env.example (-code +file):\n%s", diff)
	}
	if diff := cmp.Diff(bridge, mentioned(t, ".env.laptop.example", assignment)); diff != "" {
		t.Errorf(".env.laptop.example (-code +file):\n%s", diff)
	}
	both := slices.Compact(slices.Sorted(slices.Values(slices.Concat(server, bridge))))
	for _, guide := range []string{"DEPLOY.md", "DEPLOY.es.md"} {
		if diff := cmp.Diff(both, mentioned(t, guide, "(?m)^\\| `([A-Z_]+)`")); diff != "" {
			t.Errorf("%s (-code +file):\n%s", guide, diff)
		}
	}
}
