package backup_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"

	"mostrador/internal/server/backup"
	"mostrador/internal/ticket"
)

// leave makes a file, with the folders above it, as a killed program leaves it.
func (s *shop) leave(names ...string) {
	s.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o700); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(s.path(name), []byte("a medias"), 0o600); err != nil {
			s.Fatal(err)
		}
	}
}

func TestWhatAKilledCopyLeftIsRemovedByTheNextOneAndNothingElse(t *testing.T) {
	s := open(t)
	s.fill(0, 5)
	dead := []string{
		"respaldo-123456.parte/tickets.db",
		"respaldos/mostrador-20261122T095959Z.tar.gz.parte",
		"respaldos/mostrador-20261121T100000Z.tar.gz.age.parte",
		"respaldos/mostrador-20261121T100000Z.tar.gz.sha256.parte",
	}
	other := []string{
		"respaldo-20261120/tickets.db", "respaldo-.parte/tickets.db", "respaldo-viejo.parte/tickets.db", "respaldo-1.parte.txt", "mi-respaldo-1.parte/tickets.db",
		"respaldos/mostrador-20261122T100001Z.tar.gz.parte", "respaldos/mostrador-ayer.tar.gz.parte", "respaldos/fotos.parte",
	}
	s.leave(append(dead, other...)...)
	made := s.make()
	s.absent(append(dead, "respaldo-123456.parte")...)
	for _, name := range append(other, "respaldos/"+made.Name) {
		if _, err := os.Stat(s.path(name)); err != nil {
			t.Errorf("got %v, want %s left alone", err, name)
		}
	}
	if left, err := filepath.Glob(s.path("respaldo-[0-9]*.parte")); err != nil || len(left) != 0 {
		t.Errorf("got %v, %v after a good copy, want nothing left", left, err)
	}
}

func TestACopyThatAnotherProgramMakesIsLeftAlone(t *testing.T) {
	s := open(t)
	s.fill(0, 5)
	s.leave("respaldo-123456.parte/tickets.db")
	other := flock.New(s.path("respaldo.lock"))
	if free, err := other.TryLock(); !free || err != nil {
		t.Fatalf("lock: got %v, %v", free, err)
	}
	b := backup.New(s.o)
	if _, err := b.Make(t.Context()); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Errorf("got %v, want it said that one is being made", err)
	}
	if _, err := os.Stat(s.path("respaldo-123456.parte/tickets.db")); err != nil {
		t.Errorf("got %v, want the other one's database in peace", err)
	}
	if state, err := b.State(t.Context()); err != nil || state.Failure != "" || state.Busy {
		t.Errorf("got %+v, %v, want no failure of this one", state, err)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Make(t.Context()); err != nil {
		t.Errorf("when it has ended: got %v, want a copy", err)
	}
	s.absent("respaldo-123456.parte")
}
