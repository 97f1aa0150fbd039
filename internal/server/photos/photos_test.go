package photos_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/photos"
	"mostrador/internal/ticket"
)

const (
	jpeg = "\xff\xd8\xff\xe0 a picture"
	png  = "\x89PNG\r\n\x1a\n a picture"
)

func open(t *testing.T) (*photos.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fotos_evidencia")
	f, err := photos.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func get(t *testing.T, f *photos.Folder, a ticket.Attachment, header ...string) (*http.Response, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/fotos/"+"x", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	err := f.Serve(w, r, a)
	return w.Result(), err
}

func TestASavedFileComesBackByteForByteAndAlone(t *testing.T) {
	f, dir := open(t)
	saved, err := f.Save([]byte(jpeg), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{saved}) || !strings.HasSuffix(saved, ".jpg") {
		t.Errorf("got %v and %q, want one .jpg of that name", got, saved)
	}
	resp, err := get(t, f, ticket.Attachment{File: saved, MIME: "image/jpeg"})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if string(body) != jpeg {
		t.Errorf("got %q, want %q", body, jpeg)
	}
	if info, err := os.Stat(filepath.Join(dir, saved)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
}

func TestFilesSavedAtOnceGetDifferentNames(t *testing.T) {
	f, dir := open(t)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := f.Save([]byte(png), "image/png"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(names(t, dir)); got != 50 {
		t.Errorf("got %d files, want 50", got)
	}
}

func TestOnlyHarmlessTypesAreShownInThePage(t *testing.T) {
	f, _ := open(t)
	saved, err := f.Save([]byte("<script>alert(1)</script>"), "text/html")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		mime, name               string
		contentType, disposition string
	}{
		{"image/jpeg", "", "image/jpeg", "inline"},
		{"audio/ogg", "nota.ogg", "audio/ogg", "inline; filename=nota.ogg"},
		{"video/mp4", "", "video/mp4", "inline"},
		{"text/html", "x.html", photos.Octets, "attachment; filename=x.html"},
		{"image/svg+xml", "", photos.Octets, "attachment"},
		{"application/pdf", "cotización.pdf", photos.Octets, "attachment; filename*=utf-8''cotizaci%C3%B3n.pdf"},
		{"", "a\"b\r\nX: y", photos.Octets, "attachment; filename*=utf-8''a%22b%0D%0AX%3A%20y"},
	} {
		resp, err := get(t, f, ticket.Attachment{File: saved, MIME: tt.mime, Name: tt.name})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Content-Type": tt.contentType, "Content-Disposition": tt.disposition,
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
			"Cache-Control": "private, max-age=31536000, immutable",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%q %q: got %s: %q, want %q", tt.mime, tt.name, name, got, want)
			}
		}
	}
}

func TestAPartOfAFileCanBeAskedFor(t *testing.T) {
	f, _ := open(t)
	saved, err := f.Save([]byte("0123456789"), "audio/ogg")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := get(t, f, ticket.Attachment{File: saved, MIME: "audio/ogg"}, "Range", "bytes=2-4")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusPartialContent || string(body) != "234" {
		t.Errorf("got %d %q, want 206 234", resp.StatusCode, body)
	}
	resp, err = get(t, f, ticket.Attachment{File: saved, MIME: "audio/ogg"}, "If-None-Match", resp.Header.Get("ETag"))
	if err != nil || resp.StatusCode != http.StatusNotModified {
		t.Errorf("got %d, %v, want 304", resp.StatusCode, err)
	}
}

func TestNothingOutsideTheFolderCanBeReadOrRemoved(t *testing.T) {
	f, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := strings.Repeat("a", 32) + ".jpg"
	if err := os.Symlink(secret, filepath.Join(dir, link)); err != nil {
		t.Skip("this system has no symbolic links")
	}
	folder := strings.Repeat("b", 32) + ".jpg"
	if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "..", "../secret", "/etc/passwd", "..\\secret", secret, link, folder, link + "\x00", strings.Repeat("c", 32) + ".jpg"} {
		w := httptest.NewRecorder()
		err := f.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), ticket.Attachment{File: name, MIME: "image/jpeg"})
		if err == nil || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("Serve(%q): got %v and %q, want an error and nothing", name, err, w.Body)
		}
	}
	for _, name := range []string{"../secret", secret, "", "."} {
		if err := f.Remove(name); err == nil {
			t.Errorf("Remove(%q): got no error, want one", name)
		}
	}
	if _, err := os.Stat(secret); err != nil {
		t.Errorf("the file outside: %v", err)
	}
}

func TestRemovingTwiceIsNoError(t *testing.T) {
	f, dir := open(t)
	saved, err := f.Save([]byte(png), "image/png")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove(saved); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("got %v, want an empty folder", got)
	}
}

func TestAFolderThatCannotBeWrittenIsSaidToBeUnavailable(t *testing.T) {
	f, dir := open(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err := f.Save([]byte(png), "image/png")
	if got := ticket.CodeOf(err); got != ticket.CodeUnavailable {
		t.Errorf("Save: got %q (%v), want %q", got, err, ticket.CodeUnavailable)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want the cause in the chain", err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := photos.Open(dir); ticket.CodeOf(err) != ticket.CodeUnavailable {
		t.Errorf("Open of a file: got %v, want %q", err, ticket.CodeUnavailable)
	}
}

func TestTheSweepTakesOnlyOldOrphansAndLeftovers(t *testing.T) {
	f, dir := open(t)
	save := func() string {
		t.Helper()
		saved, err := f.Save([]byte(png), "image/png")
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	used, orphan, young := save(), save(), save()
	leftover, foreign := "tmp-"+orphan, "notas.txt"
	for _, name := range []string{leftover, foreign} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, name := range []string{used, orphan, leftover, foreign} {
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, now.Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	moved, err := f.Sweep(t.Context(), now.Add(-time.Hour), func(_ context.Context, asked []string) (map[string]bool, error) {
		return map[string]bool{used: slices.Contains(asked, used)}, nil
	})
	if err != nil || moved != 1 {
		t.Errorf("got %d, %v, want 1 moved", moved, err)
	}
	if got := names(t, filepath.Join(dir, "huerfanas")); !slices.Equal(got, []string{orphan}) {
		t.Errorf("set aside: got %v, want %v", got, orphan)
	}
	want := []string{used, young, foreign, "huerfanas"}
	got := names(t, dir)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheSweepLeavesWhatIsOnItsWayWhateverTheClockSays(t *testing.T) {
	f, dir := open(t)
	draft, err := f.Create()
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Discard()
	saved, err := f.Save([]byte(png), "image/png")
	if err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().Add(25 * time.Hour)
	moved, err := f.Sweep(t.Context(), tomorrow.Add(-time.Hour), func(context.Context, []string) (map[string]bool, error) { return nil, nil })
	if err != nil || moved != 0 {
		t.Errorf("got %d, %v, want nothing moved", moved, err)
	}
	if got := names(t, dir); len(got) != 2 || !slices.Contains(got, saved) {
		t.Errorf("got %v, want the saved file and the half-written one", got)
	}
}

func TestTheSweepTouchesNothingWhenItCannotAsk(t *testing.T) {
	f, dir := open(t)
	name, err := f.Save([]byte(png), "image/png")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no database")
	_, err = f.Sweep(t.Context(), time.Now().Add(-time.Hour), func(context.Context, []string) (map[string]bool, error) { return nil, broken })
	if !errors.Is(err, broken) || len(names(t, dir)) != 1 {
		t.Errorf("got %v and %v, want the error and the file untouched", err, names(t, dir))
	}
}

func TestAPictureIsKnownByItsBytes(t *testing.T) {
	for data, want := range map[string]string{
		jpeg: "image/jpeg", png: "image/png", "GIF89a": "image/gif", "RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
		"": "", "hola": "", "<svg xmlns='http://www.w3.org/2000/svg'/>": "", "<html>": "", "BM": "", "%PDF-1.7": "",
	} {
		mime, ok := photos.PictureType([]byte(data))
		if ok != (want != "") || ok && mime != want {
			t.Errorf("%q: got %q, %v, want %q", data, mime, ok, want)
		}
	}
}

func TestTheTypeKeptNeverFlattersTheBytes(t *testing.T) {
	for _, tt := range []struct{ data, declared, want string }{
		{jpeg, "application/pdf", "image/jpeg"},
		{"OggS\x00 voice", "audio/ogg; codecs=opus", "audio/ogg"},
		{"OggS\x00 voice", "text/html", "audio/ogg"},
		{"ID3 song", "audio/mpeg", "audio/mpeg"},
		{"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "audio/mp4"},
		{"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42mp41", "audio/mp4", "audio/mp4"},
		{"<html><script>", "audio/mpeg", "text/html"},
		{"<html><script>", "image/jpeg", "text/html"},
		{"\x00\x01\x02", "image/jpeg", photos.Octets},
		{"\x00\x01\x02", "", photos.Octets},
		{"\x00\x01\x02", "no es un tipo", photos.Octets},
		{"\x00\x01\x02", "application/zip\r\nX: y", photos.Octets},
		{"%PDF-1.7", "text/html", "application/pdf"},
		{"a;b;c", "text/csv", "text/csv"},
		{"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	} {
		if got := photos.Type([]byte(tt.data), tt.declared); got != tt.want {
			t.Errorf("%q declared %q: got %q, want %q", tt.data, tt.declared, got, tt.want)
		}
	}
}

func FuzzAStoredNameNeverLeavesTheFolder(f *testing.F) {
	f.Add([]byte(jpeg), "image/jpeg", "foto.jpg")
	f.Add([]byte("x"), "audio/../../etc", "../../x")
	folder, err := photos.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, declared, name string) {
		mime := photos.Type(data, declared)
		saved, err := folder.Save(data, mime)
		if err != nil || filepath.Base(saved) != saved {
			t.Fatalf("got %q, %v, want a plain name", saved, err)
		}
		resp, err := get(t, folder, ticket.Attachment{File: saved, MIME: mime, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if !bytes.Equal(body, data) {
			t.Errorf("got %q, want %q", body, data)
		}
		if err := folder.Remove(saved); err != nil {
			t.Error(err)
		}
	})
}

func TestAProgramReadsAStoredFileAndNothingElse(t *testing.T) {
	f, _ := open(t)
	name, err := f.Save([]byte("OggS"), "audio/ogg")
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(file); err != nil || string(data) != "OggS" {
		t.Errorf("got %q, %v; want OggS", data, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"../" + name, "", strings.Repeat("0", 32) + ".ogg"} {
		if _, err := f.Open(name); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("%q: got %v, want CodeNotFound", name, err)
		}
	}
}
