package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// mounted returns a small file system; where none may be mounted the test is
// skipped.
func mounted(t *testing.T) *disk {
	t.Helper()
	d, err := newDisk(filepath.Join(t.TempDir(), nameBridge))
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		t.Skip("no small file system may be mounted here")
	}
	return d
}

func TestAFullDiskTakesNothingUntilItIsGivenBack(t *testing.T) {
	d := mounted(t)
	small := filepath.Join(d.dir, "x")
	full, end := context.WithCancel(t.Context())
	filled := make(chan error, 1)
	go func() { filled <- d.fill(full) }()
	deadline := time.Now().Add(patience)
	for err := error(nil); !errors.Is(err, syscall.ENOSPC); err = os.WriteFile(small, []byte("x"), 0o600) {
		if time.Now().After(deadline) {
			t.Fatal("the disk never gets full")
		}
		sleep(t.Context(), ballastEvery)
	}
	end()
	if err := <-filled; err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(small, []byte("hola"), 0o600); err != nil {
		t.Errorf("after it: got %v, want room", err)
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(small); string(text) != "hola" {
		t.Errorf("unmounted: got %q, %v, want what was on it kept", text, err)
	}
	if _, err := os.Stat(filepath.Join(d.dir, ballastFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want no ballast left", err)
	}
}

func TestWithoutASmallDiskTheTableSaysSo(t *testing.T) {
	var none *disk
	if fills, said, refused := none.counts(); fills != "omitted" || said != "omitted" || refused != "omitted" {
		t.Errorf("got %q, %q, %q, want omitted", fills, said, refused)
	}
	if err := none.close(); err != nil {
		t.Error(err)
	}
	if fills, said, refused := (&disk{fills: 3, said: 2, refused: 1}).counts(); fills != "3" || said != "2" || refused != "1" {
		t.Errorf("got %q, %q, %q, want 3, 2, 1", fills, said, refused)
	}
}
