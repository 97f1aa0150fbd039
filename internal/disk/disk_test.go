package disk_test

import (
	"path/filepath"
	"testing"

	"mostrador/internal/disk"
)

func TestAFolderThatIsNotThereYetHasTheRoomOfItsDisk(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "cola", "espera")} {
		free, err := disk.Free(path)
		if err != nil || free <= 0 {
			t.Errorf("%s: got %d, %v, want some room", path, free, err)
		}
		if got := disk.Existing(path); got != dir {
			t.Errorf("%s: got %s, want %s", path, got, dir)
		}
	}
}
