//go:build !linux

package queue_test

import "os"

func fdatasync(f *os.File) error { return f.Sync() }
