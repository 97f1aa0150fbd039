package photos_test

import (
	"os"
	"path/filepath"
	"testing"

	"mostrador/internal/server/photos"
	"mostrador/internal/ticket"
)

func TestRemovedFilesAreGoneWhereverTheyWere(t *testing.T) {
	dir := t.TempDir()
	f, err := photos.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	var names []string
	for range 3 {
		name, err := f.Save([]byte("x"), "image/png")
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	aside := filepath.Join(dir, "huerfanas")
	if err := os.MkdirAll(aside, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, names[1]), filepath.Join(aside, names[1])); err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveAll([]string{names[0], names[1], "../etc/passwd", "nothing.jpg"}); err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveAll(names[:2]); err != nil {
		t.Errorf("again: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != names[2] {
		t.Errorf("got %v, %v, want only %s left", left, err, names[2])
	}
	if set, err := os.ReadDir(aside); err != nil || len(set) != 0 {
		t.Errorf("set aside: got %v, %v, want nothing", set, err)
	}
}

func TestAStoredFileIsReadByItsNameOnly(t *testing.T) {
	f, err := photos.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	for _, name := range []string{"../x", "x.jpg", "0123456789abcdef0123456789abcdef.jpg"} {
		if _, err := f.Open(name); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("%q: got %v, want %q", name, err, ticket.CodeNotFound)
		}
	}
}
