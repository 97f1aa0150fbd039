package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speaking are the packages whose sentences reach the panel.
var speaking = []string{
	"httpx", "address", "server/api", "server/auth", "server/rest", "server/store", "server/hours", "server/photos", "server/outbox", "server/assist", "server/llm",
	"server/classifier", "server/learn", "server/live", "server/retention", "server/notify",
}

// verb is where a sentence has a value in it.
var verb = regexp.MustCompile(`%[.0-9]*[a-z]`)

// pattern is a sentence with {} for each value in it; empty when it begins with
// one or is none.
func pattern(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			return ""
		}
		return text
	case *ast.BinaryExpr:
		left, right := pattern(e.X), pattern(e.Y)
		if left == "" {
			return ""
		}
		if right == "" {
			right = "{}"
		}
		return left + right
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return strings.ReplaceAll(verb.ReplaceAllString(pattern(e.Args[0]), "{}"), "%%", "%")
		}
		if f, ok := e.Fun.(*ast.Ident); ok && f.Name == "reason" { // or what the laptop says
			return pattern(e.Args[1])
		}
	}
	return ""
}

// sentences returns what the server may say to people in Spanish.
func sentences(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	for _, pkg := range speaking {
		files, err := filepath.Glob(filepath.Join("..", "internal", pkg, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && (len(call.Args) == 2 && strings.HasSuffix(nameOf(call.Fun), "NewError") || len(call.Args) == 1 && nameOf(call.Fun) == "invalid") {
					if text := pattern(call.Args[len(call.Args)-1]); strings.Contains(text, " ") || strings.HasSuffix(text, ".") {
						said[text] = true
					}
				}
				return true
			})
		}
	}
	return said
}

// startup are beginnings of sentences that only whoever starts the server reads.
var startup = []string{
	"DATABASE_URL tiene que empezar", "El archivo {} es la base de datos del sistema original", "La base de datos es de una versión más nueva",
	"No se puede abrir el archivo de la base de datos",
}

func TestEverySentenceOfTheServerIsTranslated(t *testing.T) {
	said := sentences(t)
	if len(said) < 100 {
		t.Fatalf("got %d sentences, want those of every package", len(said))
	}
	for _, language := range []string{"en", "pt"} {
		var table map[string]string
		if err := json.Unmarshal([]byte(readStatic(t, "i18n/server/"+language+".json")), &table); err != nil {
			t.Fatal(err)
		}
		for _, sentence := range slices.Sorted(maps.Keys(said)) {
			starts := slices.ContainsFunc(startup, func(begin string) bool { return strings.HasPrefix(sentence, begin) })
			if table[sentence] == "" && !starts {
				t.Errorf("i18n/server/%s.json lacks %q", language, sentence)
			}
		}
		for spanish, translated := range table {
			if got, want := strings.Count(translated, "{}"), strings.Count(spanish, "{}"); got != want || translated == "" {
				t.Errorf("%s: %q: got %d values in %q, want %d", language, spanish, got, translated, want)
			}
		}
	}
}

func TestEveryCodeOfAnErrorHasAMeaningInThePanel(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/ticket/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	guard := readStatic(t, "js/actions/guard.js")
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		found++
		if code := pattern(spec.Values[0]); !strings.Contains(guard, code+": 'problem.") {
			t.Errorf("js/actions/guard.js says nothing of %q", code)
		}
		return true
	})
	if found < 10 {
		t.Errorf("got %d codes, want all of them", found)
	}
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}
