package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheTemporaryFolderOfADemoThatFailedIsKeptForItsLogs(t *testing.T) {
	for _, c := range []struct {
		name, level string
		fails       bool
		kept        int
	}{
		{"ended", "", false, 0},
		{"failed", "no such level", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			ctx, stop := context.WithTimeout(t.Context(), patience)
			defer stop()
			pause := func(ctx context.Context, _ time.Duration) error {
				stop()
				return ctx.Err()
			}
			err := run(ctx, options{args: []string{"-puerto", "0"}, out: &transcript{}, pause: pause, level: c.level})
			if (err != nil) != c.fails || c.fails && !strings.Contains(err.Error(), "registros en "+temp) {
				t.Errorf("got %v, want an error exactly when it fails, with where the logs are", err)
			}
			logs, _ := filepath.Glob(filepath.Join(temp, "mostrador-demo-*", "laptop.log"))
			if left, _ := os.ReadDir(temp); len(left) != c.kept || len(logs) != c.kept {
				t.Errorf("got %v and the logs %v left, want %d folder", left, logs, c.kept)
			}
		})
	}
}
