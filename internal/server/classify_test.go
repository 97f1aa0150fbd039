package server_test

import (
	"errors"
	"strings"
	"testing"

	"mostrador/internal/server"
)

func classify(t *testing.T, in string) []string {
	t.Helper()
	var out, problems strings.Builder
	o := server.Options{Args: []string{"classify"}, Stdin: strings.NewReader(in), Stdout: &out, Stderr: &problems}
	if err := server.Run(t.Context(), o); err != nil || problems.Len() > 0 {
		t.Fatalf("got %v and %q, want no error", err, problems.String())
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestEveryLineIsClassifiedHoweverItLooks(t *testing.T) {
	lines := []string{
		"1\t" + strings.Repeat("no prende ", 20_000), "2\t\xff\xfe", "3", "4\t", "5\t" + strings.Repeat("a", 1<<20), "6\tla impresora\tno imprime\r",
		"ñ \xff\tno prende",
	}
	got := classify(t, strings.Join(lines, "\n\r\n\n"))
	if len(got) != len(lines) {
		t.Fatalf("got %d answers %.300q, want %d", len(got), got, len(lines))
	}
	for i, line := range got {
		id, _, _ := strings.Cut(lines[i], "\t")
		if id == "3" {
			id = ""
		}
		if fields := strings.Split(line, "\t"); len(fields) != 4 || fields[0] != id {
			t.Errorf("got %q, want id %q and three more fields", line, id)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errors.New("unplugged") }
func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestInputAndOutputThatFailAreSaid(t *testing.T) {
	for name, o := range map[string]server.Options{
		"input":  {Args: []string{"classify"}, Stdin: broken{}, Stdout: &strings.Builder{}},
		"output": {Args: []string{"classify"}, Stdin: strings.NewReader("1\thola\n"), Stdout: broken{}},
	} {
		var problems strings.Builder
		o.Stderr = &problems
		if err := server.Run(t.Context(), o); err == nil || problems.Len() == 0 {
			t.Errorf("%s: got %v and %q, want an error", name, err, problems.String())
		}
	}
}
