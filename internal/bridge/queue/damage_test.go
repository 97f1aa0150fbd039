package queue_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/bridge/queue"
)

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func listDir(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDamagedFilesAreMovedAsideAndDelayNobody(t *testing.T) {
	dir := t.TempDir()
	q := mustOpen(t, dir)
	mustPut(t, q, entry("ana", "1"), entry("ana", "2"), entry("ana", "3"), entry("ana", "4"), entry("luis", "5"))
	files := listDir(t, filepath.Join(dir, "espera"))
	for i, content := range []string{"", `{"clave":"1","chat":"ana"`, strings.Repeat("\x00", 300)} {
		writeFile(t, filepath.Join(dir, "espera", files[i]), content)
	}
	must(t, os.Rename(filepath.Join(dir, "espera", files[3]), filepath.Join(dir, "x")))
	must(t, os.Rename(filepath.Join(dir, "x"), filepath.Join(dir, "espera", queue.FileName(1, "ana", "otra"))))
	q = mustOpen(t, dir)
	must(t, q.Done(mustNext(t, q.Next, "5")))
	if item := ready(t, q.Next); item != nil {
		t.Errorf("got message %q, want none", item.Entry.Key)
	}
	wantCounts(t, q, 0, 0, 0, 4)
	wantCounts(t, mustOpen(t, dir), 0, 0, 0, 4)
}

func TestForeignFilesAreMovedAsideAndTemporaryOnesRemoved(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "espera", "leame.txt"), "hola")
	writeFile(t, filepath.Join(dir, "fotos", "leame.txt"), "hola")
	writeFile(t, filepath.Join(dir, "espera", strings.ToUpper(queue.FileName(1, "ana", "1"))), "{}")
	writeFile(t, filepath.Join(dir, "espera", queue.FileName(1, "ana", "1")+".tmp"), "{")
	must(t, os.Mkdir(filepath.Join(dir, "espera", "carpeta"), 0o700))
	q := mustOpen(t, dir)
	wantCounts(t, q, 0, 0, 0, 3)
	if diff := cmp.Diff([]string{"carpeta"}, listDir(t, filepath.Join(dir, "espera"))); diff != "" {
		t.Errorf("files left waiting (-want +got):\n%s", diff)
	}
}

func TestAFileThatVanishedIsForgotten(t *testing.T) {
	dir := t.TempDir()
	q := mustOpen(t, dir)
	mustPut(t, q, entry("ana", "1"), entry("ana", "2"))
	must(t, os.Remove(filepath.Join(dir, "espera", listDir(t, filepath.Join(dir, "espera"))[0])))
	mustNext(t, q.Next, "2")
	mustPut(t, q, entry("ana", "1"))
	wantCounts(t, q, 2, 0, 0, 0)
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cola")
	mustPut(t, mustOpen(t, dir), entry("ana", "1"))
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: got mode %v, want nothing for others", filepath.Base(path), info.Mode())
		}
		return err
	})
	must(t, err)
}

func TestNamesOfFilesHoldNothingHostile(t *testing.T) {
	dir := t.TempDir()
	q := mustOpen(t, dir)
	mustPut(t, q, entry("../../etc", "../../../passwd\x00/con|aux:\n"))
	mustNext(t, q.Next, "../../../passwd\x00/con|aux:\n")
	for _, name := range listDir(t, filepath.Join(dir, "espera")) {
		if base, ok := strings.CutSuffix(name, ".json"); !ok || strings.Trim(base, "0123456789abcdef-") != "" {
			t.Errorf("got file name %q, want hexadecimal digits and hyphens", name)
		}
	}
}

func FuzzDecodeFileNeverPanicsAndKeepsToItsName(f *testing.F) {
	dir := f.TempDir()
	q, err := queue.Open(dir, func() time.Time { return time.Unix(0, 1) })
	if err != nil {
		f.Fatal(err)
	}
	mustPut(f, q, entry("ana", "1"))
	name := queue.FileName(1, "ana", "1")
	data, err := os.ReadFile(filepath.Join(dir, "espera", name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(name, data)
	f.Add(name, []byte(`{"clave":"1","chat":"otro"}`))
	f.Add("x.json", []byte(`{`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if e, ok := queue.DecodeFile(name, data); ok && queue.FileName(0, e.Chat, e.Key)[16:] != name[16:] {
			t.Errorf("file %q gives the message %q of chat %q", name, e.Key, e.Chat)
		}
	})
}

func FuzzFileNamesOfOthersAreMovedAsideAndOursAreKept(f *testing.F) {
	f.Add(queue.FileName(1, "ana", "1"))
	f.Add(strings.ToUpper(queue.FileName(1, "ana", "1")))
	f.Add("leame.txt")
	f.Add("..json")
	f.Add("x.tmp")
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" || name == "." || name == ".." || len(name) > 200 || strings.ContainsAny(name, "/\x00") {
			return // no name of a file
		}
		dir, err := os.MkdirTemp(root, "")
		must(t, err)
		defer os.RemoveAll(dir)
		writeFile(t, filepath.Join(dir, "espera", name), "{}")
		s := mustOpen(t, dir).Stats()
		_, ours := queue.DecodeName(name)
		want := [4]int{0, 0, 0, 1}
		switch {
		case strings.HasSuffix(name, ".tmp"):
			want = [4]int{}
		case ours:
			want = [4]int{1, 0, 0, 0}
		}
		if got := counts(s); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
		if n, ok := queue.DecodeName(name); ok && n != name {
			t.Errorf("%q is taken for %q", name, n)
		}
	})
}
