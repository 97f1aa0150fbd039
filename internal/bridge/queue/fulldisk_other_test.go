//go:build !linux

package queue_test

import "testing"

// smallDisk skips the test: there is no such file system to be had here.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	t.Skip("no small file system to fill on this system")
	return ""
}
