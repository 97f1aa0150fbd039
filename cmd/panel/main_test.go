package main

import (
	"os"
	"path/filepath"
	"testing"

	"mostrador/web"
)

func TestJoinedFilesKnowWhichPanelTheyAreOf(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, web.FS()); err != nil {
		t.Fatal(err)
	}
	want, err := web.Hash(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // joining what was joined changes nothing
		if err := join(dir); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, web.JoinedOf)); err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
	}
	for _, name := range []string{"js/main.js", "css/app.css"} {
		if info, err := os.Stat(filepath.Join(dir, web.Joined, name)); err != nil || info.Size() < 5000 {
			t.Errorf("%s: got %v, want it joined", name, err)
		}
	}
	if err := join(t.TempDir()); err == nil {
		t.Error("a folder without a panel: got no error")
	}
}
