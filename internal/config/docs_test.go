package config_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/config"
)

var update = flag.Bool("update", false, "write the example files anew")

// names returns the names of variables, sorted; those for developers too if all.
func names(variables []config.Variable, all bool) []string {
	var names []string
	for _, v := range variables {
		if all || !v.Hidden {
			names = append(names, v.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestTheTableHasWhatTheProgramsReadAndNoMore(t *testing.T) {
	for who, load := range map[config.Program]func(config.Getenv, string) error{
		config.ForServer: func(g config.Getenv, dir string) error { _, err := config.LoadServer(g, dir); return err },
		config.ForBridge: func(g config.Getenv, dir string) error { _, err := config.LoadBridge(g, dir); return err },
	} {
		var asked []string
		err := load(func(name string) string {
			if !slices.Contains(asked, name) && !strings.HasSuffix(name, "_FILE") {
				asked = append(asked, name)
			}
			return ""
		}, t.TempDir())
		if err == nil {
			t.Error("got no error from an empty environment, want one about API_TOKEN")
		}
		slices.Sort(asked)
		if diff := cmp.Diff(names(config.Variables(who), true), asked); diff != "" {
			t.Errorf("program %d (-table +read):\n%s", who, diff)
		}
	}
}

// example is the file that people copy to .env.
func example(title string, who config.Program) string {
	var text, secrets strings.Builder
	for _, v := range config.Variables(who) {
		if v.Hidden {
			continue
		}
		fmt.Fprintf(&text, "\n# %s\n", v.Help)
		if v.Default != "" {
			fmt.Fprintf(&text, "# Por omisión: %s\n", v.Default)
		}
		hash := "#"
		if v.Common {
			hash = ""
		}
		fmt.Fprintf(&text, "%s%s=%s\n", hash, v.Name, v.Example)
		if v.InFile() {
			fmt.Fprintf(&secrets, " %s_FILE", v.Name)
		}
	}
	return fmt.Sprintf("# Configuración %s. Copie este archivo como .env y edítelo.\n"+
		"# Lo que es secreto puede estar en un archivo aparte, que nombra la variable terminada\n# en _FILE:%s\n%s", title, secrets.String(), text.String())
}

func TestTheExamplesShowEveryVariableWithASentenceItsDefaultAndAnExample(t *testing.T) {
	for file, want := range map[string]string{
		".env.example":        example("del servidor", config.ForServer|config.ForCompose),
		".env.laptop.example": example("de la laptop", config.ForBridge),
	} {
		if *update {
			if err := os.WriteFile("../../"+file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s; «go test ./internal/config -update» writes it (-want +got):\n%s", file, diff)
		}
	}
}

func TestEveryVariableHasASentenceAndWhatItNeeds(t *testing.T) {
	for _, v := range config.Variables(config.ForServer | config.ForBridge | config.ForCompose) {
		if !strings.HasSuffix(v.Help, ".") {
			t.Errorf("%s: got the help %q, want sentences", v.Name, v.Help)
		}
		if v.Example == "" && !v.Hidden && v.Secrecy != config.Secret || v.Example != "" && v.Secrecy == config.Secret {
			t.Errorf("%s: got the example %q, want one for all but secrets", v.Name, v.Example)
		}
	}
}

var (
	rowOfGuide = regexp.MustCompile("(?m)^\\| `([A-Z][A-Z0-9_]*)` \\|.*\\| (.*) \\|$")
	guides     = []string{"DEPLOY.md", "DEPLOY.es.md"}
)

func TestTheGuidesHaveEveryVariableWithItsDefault(t *testing.T) {
	all := config.Variables(config.ForServer | config.ForBridge | config.ForCompose)
	for _, guide := range guides {
		text, err := os.ReadFile("../../" + guide)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, match := range rowOfGuide.FindAllStringSubmatch(string(text), -1) {
			name, last := match[1], match[2]
			if !slices.Contains(got, name) {
				got = append(got, name)
			}
			i := slices.IndexFunc(all, func(v config.Variable) bool { return v.Name == name })
			if i >= 0 && all[i].Default != "" && last != "`"+all[i].Default+"`" {
				t.Errorf("%s says that %s is %s by default, want `%s`", guide, name, last, all[i].Default)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(names(all, false), got); diff != "" {
			t.Errorf("%s (-table +guide):\n%s", guide, diff)
		}
	}
}

func TestComposeAsksForNothingThatIsNotInTheTable(t *testing.T) {
	text, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	known := append(names(config.Variables(config.ForServer|config.ForBridge|config.ForCompose), true), "VERSION") // the build's
	found := regexp.MustCompile(`\$\{([A-Z_]+)`).FindAllSubmatch(text, -1)
	if len(found) == 0 {
		t.Fatal("docker-compose.yml asks for nothing")
	}
	for _, match := range found {
		if name := string(match[1]); !slices.Contains(known, name) {
			t.Errorf("docker-compose.yml asks for %s, which no example shows", name)
		}
	}
}
