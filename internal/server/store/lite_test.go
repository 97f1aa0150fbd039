package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"

	"mostrador/internal/ticket"
)

func openedLite(t *testing.T) *liteConn {
	t.Helper()
	path, err := prepareFile(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := openLite(t.Context(), fileURI(path).String(), writerPragmas)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

func TestWhatSQLiteIsGivenComesBack(t *testing.T) {
	c := openedLite(t)
	// Numbers in another order than that of the text, and one of them twice.
	const echo = `SELECT $7, $6, $5, $4, $3, $2, $1, $7`
	q := &tx{ctx: t.Context(), conn: c}
	for range 2 {
		var whole, again int64
		var small int
		var kind ticket.Kind
		var text, bytes string
		var yes bool
		var part float64
		found, err := q.row([]any{&whole, &small, &kind, &text, &bytes, &yes, &part, &again}, echo,
			0.5, true, []byte("b"), "ñ\x00o", ticket.KindText, 7, int64(1)<<40)
		if err != nil || !found {
			t.Fatalf("got %v, %v, want a row", found, err)
		}
		if whole != 1<<40 || again != whole || small != 7 || kind != ticket.KindText || text != "ñ\x00o" || bytes != "b" || !yes || part != 0.5 {
			t.Errorf("got %v %v %v %q %q %v %v %v", whole, small, kind, text, bytes, yes, part, again)
		}
	}
}

func TestWhatDoesNotFitIsAnErrorAndTheConnectionGoesOn(t *testing.T) {
	c := openedLite(t)
	q := &tx{ctx: t.Context(), conn: c}
	var n int64
	var list []string
	tests := map[string]struct {
		dest  []any
		query string
		args  []any
		want  string
	}{
		"a value too few":         {[]any{&n}, `SELECT $2`, []any{1}, "no value for $2"},
		"a value of no column":    {[]any{&n}, `SELECT $1`, []any{struct{}{}}, "cannot be stored"},
		"a parameter by name":     {[]any{&n}, `SELECT :name`, []any{1}, "has no number"},
		"a variable too few":      {nil, `SELECT 1`, nil, "1 columns into 0"},
		"a variable of no column": {[]any{&list}, `SELECT 1`, nil, "into a *[]string"},
		"nothing for a number":    {[]any{&n}, `SELECT NULL`, nil, "NULL"},
		"no SQL":                  {[]any{&n}, `SELEC 1`, nil, "syntax error"},
		"two statements":          {[]any{&n}, `SELECT 1; SELECT 2`, nil, "trailing"},
		"broken on the way":       {[]any{&n}, `SELECT abs($1)`, []any{int64(-1 << 63)}, "overflow"},
	}
	for name, tt := range tests {
		if _, err := q.row(tt.dest, tt.query, tt.args...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
		if found, err := q.row([]any{&n}, `SELECT $1`, 7); err != nil || !found || n != 7 {
			t.Errorf("after %s: got %v, %v, %v", name, n, found, err)
		}
	}
	if err := q.exec(`SELECT abs($1)`, int64(-1<<63)); err == nil {
		t.Error("exec of what breaks: got no error")
	}
	if _, err := openLite(t.Context(), fileURI(t.TempDir()).String(), nil); liteCode(err) != 14 { // SQLITE_CANTOPEN
		t.Errorf("open a folder: got %v", err)
	}
	if _, err := openLite(t.Context(), fileURI(filepath.Join(t.TempDir(), "x")).String(), nil); liteCode(err) != 14 {
		t.Errorf("open nothing: got %v", err)
	}
}

func TestACommitWithoutRoomIsSureToHaveFailed(t *testing.T) {
	for code, want := range map[sqlite.ResultCode]bool{sqlite.ResultFull: false, sqlite.ResultIOErrFsync: true, sqlite.ResultIOErrWrite: true} {
		if err := unsure(code.ToError()); errors.Is(err, ErrUnsure) != want || liteCode(err) != int(code.ToPrimary()) {
			t.Errorf("%v: got %v, want it unsure: %t", code, err, want)
		}
	}
}
