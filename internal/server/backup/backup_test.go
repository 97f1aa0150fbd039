package backup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/rs/zerolog"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// shop is a server's data, with customers who write.
type shop struct {
	*testing.T
	dir    string
	store  *store.Store
	photos *photos.Folder
	origin store.Origin
	clock  *storetest.Clock
	o      backup.Options
}

func open(t *testing.T) *shop {
	t.Helper()
	s := &shop{T: t, dir: t.TempDir(), clock: storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))}
	s.store = storetest.OpenURL(t, s.path("tickets.db"), func(o *store.Options) { o.Now = s.clock.Now })
	s.origin = storetest.Origin(t, s.store)
	var err error
	if s.photos, err = photos.Open(s.path("fotos")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.photos.Close() })
	s.o = backup.Options{
		Store: s.store, Origin: s.origin, Photos: s.photos, Shelf: backup.Folder(s.path("respaldos")), Temp: s.dir, Hour: 3, Zone: time.UTC, Now: s.clock.Now, Log: zerolog.Nop(),
	}
	return s
}

func (s *shop) path(name string) string { return filepath.Join(s.dir, name) }

// write stores message n, with a photo for each third.
func (s *shop) write(n int) error {
	in := store.Incoming{
		Origin: s.origin, From: ticket.Identity{Phone: fmt.Sprintf("52155%08d", n%50), Chat: fmt.Sprintf("52155%08d@s.whatsapp.net", n%50)},
		Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: fmt.Sprintf("mensaje %d", n), WhatsAppID: fmt.Sprintf("A%d", n),
	}
	if n%3 == 0 {
		file, err := s.photos.Save([]byte(fmt.Sprintf("\xff\xd8\xff\xe0 foto %d", n)), "image/jpeg")
		if err != nil {
			return err
		}
		in.Attachments = []ticket.Attachment{{File: file, MIME: "image/jpeg", Size: 16, State: ticket.FileStored}}
	}
	_, err := s.store.AddMessage(s.Context(), in)
	return err
}

func (s *shop) fill(from, to int) {
	s.Helper()
	for n := from; n < to; n++ {
		if err := s.write(n); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *shop) make() backup.Made {
	s.Helper()
	made, err := backup.New(s.o).Make(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return made
}

func (s *shop) get(name string) []byte {
	s.Helper()
	r, err := s.o.Shelf.Get(s.Context(), name)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		s.Fatal(err)
	}
	return data
}

// restored opens what a copy holds, restored elsewhere.
func (s *shop) restored(data []byte, identities ...age.Identity) (*store.Store, string) {
	s.Helper()
	dir := s.TempDir()
	target := backup.Target{Database: filepath.Join(dir, "tickets.db"), Photos: filepath.Join(dir, "fotos"), Identities: identities, Now: s.clock.Now()}
	if err := backup.Restore(s.Context(), bytes.NewReader(data), target); err != nil {
		s.Fatal(err)
	}
	return storetest.OpenURL(s.T, target.Database), target.Photos
}

// contents describes every ticket, message and photo of a store and its folder.
func contents(t *testing.T, s *store.Store, dir string) string {
	t.Helper()
	var b strings.Builder
	total, err := s.TotalTickets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= total; number++ {
		messages, err := s.Conversation(t.Context(), 1, number)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			fmt.Fprintf(&b, "%d %s %s", number, m.WhatsAppID, m.Body)
			for _, a := range m.Attachments {
				data, err := os.ReadFile(filepath.Join(dir, a.File))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, " %x", sha256.Sum256(data))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestACopyMadeUnderLoadRestoresEverythingUpToItsMoment(t *testing.T) {
	s := open(t)
	s.fill(0, 200)
	before := contents(t, s.store, s.path("fotos"))
	var load sync.WaitGroup
	stop := make(chan struct{})
	load.Go(func() {
		for n := 200; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.write(n); err != nil {
				t.Error(err)
				return
			}
		}
	})
	made := s.make()
	close(stop)
	load.Wait()
	if sum := sha256.Sum256(s.get(made.Name)); !strings.HasPrefix(string(s.get(made.Name+".sha256")), hex.EncodeToString(sum[:])) {
		t.Error("the checksum beside the copy is not the copy's")
	}
	after := contents(t, s.store, s.path("fotos"))
	again, photoDir := s.restored(s.get(made.Name))
	got := contents(t, again, photoDir)
	lines := func(text string) map[string]bool {
		all := map[string]bool{}
		for line := range strings.Lines(text) {
			all[line] = true
		}
		return all
	}
	restored, later := lines(got), lines(after)
	for line := range lines(before) {
		if !restored[line] {
			t.Errorf("got no %q, which was there before the copy began", line)
		}
	}
	for line := range restored {
		if !later[line] {
			t.Errorf("got %q, which never was there", line)
		}
	}
}

func TestAnEncryptedCopyOpensForItsRecipientAlone(t *testing.T) {
	s := open(t)
	s.fill(0, 10)
	owner, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s.o.Recipient = owner.Recipient()
	data := s.get(s.make().Name)
	if bytes.Contains(data, []byte("mensaje")) {
		t.Error("the copy can be read without a key")
	}
	again, dir := s.restored(data, owner)
	if got, want := contents(t, again, dir), contents(t, s.store, s.path("fotos")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, identities := range [][]age.Identity{nil, {stranger}} {
		err := backup.Restore(t.Context(), bytes.NewReader(data), backup.Target{
			Database: s.path("neu.db"), Photos: s.path("neu"), Identities: identities, Now: s.clock.Now(),
		})
		if ticket.CodeOf(err) != ticket.CodeForbidden {
			t.Errorf("got %v, want it refused", err)
		}
		s.absent("neu.db", "neu", "neu.db.restaurando", "neu.restaurando")
	}
}

func (s *shop) absent(names ...string) {
	s.Helper()
	for _, name := range names {
		if _, err := os.Stat(s.path(name)); !errors.Is(err, fs.ErrNotExist) {
			s.Errorf("%s is there, want nothing left", name)
		}
	}
}

func TestADamagedCopyChangesNothing(t *testing.T) {
	s := open(t)
	s.fill(0, 30)
	data := s.get(s.make().Name)
	target := backup.Target{Database: s.path("neu.db"), Photos: s.path("neu"), Now: s.clock.Now()}
	for cut := 0; cut < len(data); cut += max(1, len(data)/40) {
		for name, bad := range map[string][]byte{
			"cut":     data[:cut],
			"changed": append(append(bytes.Clone(data[:cut]), data[cut]^0x55), data[cut+1:]...),
		} {
			err := backup.Restore(t.Context(), bytes.NewReader(bad), target)
			if err == nil && name == "changed" && cut < 10 {
				continue // gzip's header has a time and a system that mean nothing
			}
			if err == nil {
				t.Fatalf("%s at %d of %d: restored, want it refused", name, cut, len(data))
			}
			s.absent("neu.db", "neu", "neu.db.restaurando", "neu.restaurando")
		}
	}
}

func TestRestoringReplacesOnlyWhenToldAndKeepsWhatWasThere(t *testing.T) {
	s := open(t)
	s.fill(0, 5)
	data := s.get(s.make().Name)
	dir := t.TempDir()
	target := backup.Target{Database: filepath.Join(dir, "tickets.db"), Photos: filepath.Join(dir, "fotos"), Now: s.clock.Now()}
	// In a container the folder of the photos is a volume: it stays, and nothing
	// can be made beside it.
	if err := os.Mkdir(target.Photos, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{target.Database, filepath.Join(target.Photos, "otra.jpg")} {
		if err := os.WriteFile(path, []byte("otra cosa"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := os.Stat(target.Photos)
	if err != nil {
		t.Fatal(err)
	}
	if err := backup.Restore(t.Context(), bytes.NewReader(data), target); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Fatalf("got %v, want it refused", err)
	}
	target.Replace = true
	if err := backup.Restore(t.Context(), bytes.NewReader(data), target); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{target.Database + ".antes-20261123T100000Z", filepath.Join(target.Photos, ".antes-20261123T100000Z", "otra.jpg")} {
		if kept, err := os.ReadFile(path); err != nil || string(kept) != "otra cosa" {
			t.Errorf("%s: got %q, %v, want what was there before", path, kept, err)
		}
	}
	if now, err := os.Stat(target.Photos); err != nil || !os.SameFile(folder, now) {
		t.Errorf("got another folder for the photos, %v, want the same", err)
	}
	if got, want := contents(t, storetest.OpenURL(t, target.Database), target.Photos), contents(t, s.store, s.path("fotos")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNothingIsRestoredUnderARunningServer(t *testing.T) {
	s := open(t)
	s.fill(0, 3)
	data := s.get(s.make().Name)
	target := backup.Target{Database: s.path("tickets.db"), Photos: s.path("fotos"), Replace: true, Now: s.clock.Now()}
	if err := backup.Restore(t.Context(), bytes.NewReader(data), target); ticket.CodeOf(err) != ticket.CodeConflict || !strings.Contains(err.Error(), "pare el servidor") {
		t.Fatalf("got %v, want it refused", err)
	}
	if err := s.write(3); err != nil {
		t.Errorf("after the refusal: %v", err)
	}
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := backup.Restore(t.Context(), bytes.NewReader(data), target); err != nil {
		t.Errorf("with the server stopped: got %v, want it restored", err)
	}
}

// liar is a shelf that loses the last bytes of what it is given.
type liar struct{ backup.Shelf }

func (l liar) Put(ctx context.Context, name string, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return l.Shelf.Put(ctx, name, bytes.NewReader(data[:max(0, len(data)-20)]))
}

func TestACopyThatCannotBeReadBackDoesNotCount(t *testing.T) {
	s := open(t)
	s.fill(0, 5)
	s.o.Shelf = liar{s.o.Shelf}
	b := backup.New(s.o)
	if made, err := b.Make(t.Context()); err == nil {
		t.Fatalf("got %+v, want an error", made)
	}
	state, err := b.State(t.Context())
	if err != nil || state.Count != 0 || state.Failure == "" {
		t.Errorf("got %+v, %v, want no copy and a reason", state, err)
	}
}

func TestAPhotoThatIsGoneDoesNotKeepTheRestFromBeingCopied(t *testing.T) {
	s := open(t)
	s.fill(0, 4)
	entries, err := os.ReadDir(s.path("fotos"))
	if err != nil || len(entries) != 2 {
		t.Fatalf("got %d photos, %v", len(entries), err)
	}
	if err := os.Remove(filepath.Join(s.path("fotos"), entries[0].Name())); err != nil {
		t.Fatal(err)
	}
	_, dir := s.restored(s.get(s.make().Name))
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("got %d photos, %v, want the other one", len(entries), err)
	}
}

func TestABucketIsAShelfToo(t *testing.T) {
	s := open(t)
	s.fill(0, 10)
	backend := s3mem.New()
	if err := backend.CreateBucket("copias"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	var err error
	s.o.Shelf, err = backup.Bucket("s3://clave:secreto@" + strings.TrimPrefix(server.URL, "http://") + "/copias/taller?tls=off")
	if err != nil {
		t.Fatal(err)
	}
	made := s.make()
	s.clock.Advance(time.Hour)
	second := s.make()
	state, err := backup.New(s.o).State(t.Context())
	if err != nil || state.Count != 1 || state.Last != second {
		t.Errorf("got %+v, %v, want the second copy of the day alone", state, err)
	}
	if _, err := s.o.Shelf.Get(t.Context(), second.Name); err != nil {
		t.Error(err)
	}
	if made.Name == second.Name {
		t.Error("both copies have one name")
	}
	again, dir := s.restored(s.get(second.Name))
	if got, want := contents(t, again, dir), contents(t, s.store, s.path("fotos")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestACopyThatIsNotInABucketIsToldFromABucketThatDoesNotAnswer(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("copias"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(refusing.Close)
	for place, want := range map[string]struct {
		code     ticket.Code
		sentence string
	}{
		server.URL + "/copias/taller":   {ticket.CodeNotFound, "No existe el respaldo otro.tar.gz."},
		server.URL + "/otra/taller":     {ticket.CodeUnavailable, "revise RESPALDO"},
		refusing.URL + "/copias/taller": {ticket.CodeUnavailable, "revise RESPALDO"},
	} {
		shelf, err := backup.Bucket("s3://clave:secreto@" + strings.TrimPrefix(place, "http://") + "?tls=off")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shelf.Get(t.Context(), "otro.tar.gz"); ticket.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.sentence) {
			t.Errorf("%s: got %v, want %q", place, err, want.sentence)
		}
	}
}

func TestAnAddressOfABucketThatIsWrongIsToldWithoutItsSecret(t *testing.T) {
	for _, address := range []string{"s3://", "s3://clave:muysecreto@", "s3://clave@host/b", "http://a:muysecreto@b/c", "s3://a:muysecreto@host", "s3://a:muysecreto@ho st/b"} {
		if _, err := backup.Bucket(address); ticket.CodeOf(err) != ticket.CodeInvalid || strings.Contains(err.Error(), "muysecreto") {
			t.Errorf("%s: got %v, want a sentence without the secret", address, err)
		}
	}
}

func TestPostgreSQLIsNotCopied(t *testing.T) {
	s := open(t)
	s.o.Store = storetest.OpenURL(t, pgtest.URL(t))
	if _, err := backup.New(s.o).Make(t.Context()); ticket.CodeOf(err) != ticket.CodeNotAllowed || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("got %v, want pg_dump named", err)
	}
}
