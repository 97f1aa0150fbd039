package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// journaledSize is enough for what one run writes; the file has holes until then.
const journaledSize = 8 << 30

// journaled mounts a new ext4 file system, which has a journal, on a file in
// dir. done takes it away again. Only root can do that.
func journaled(ctx context.Context, dir string) (disk string, done func() error, err error) {
	if os.Geteuid() != 0 {
		return "", nil, errors.New("only root can mount one; name a folder on one with BENCH_DIR")
	}
	image, disk := filepath.Join(dir, "ext4"), filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		return "", nil, err
	}
	f, err := os.Create(image)
	if err != nil {
		return "", nil, err
	}
	if err := errors.Join(f.Truncate(journaledSize), f.Close()); err != nil {
		return "", nil, err
	}
	for _, command := range [][]string{{"mkfs.ext4", "-q", "-F", image}, {"mount", "-o", "loop", image, disk}} {
		out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w: %s", command[0], err, out)
		}
	}
	return disk, func() error {
		out, err := exec.Command("umount", disk).CombinedOutput()
		if err != nil {
			return fmt.Errorf("umount %s: %w: %s", disk, err, out)
		}
		return nil
	}, nil
}
