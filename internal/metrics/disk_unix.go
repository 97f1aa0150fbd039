//go:build unix

package metrics

import "syscall"

// FreeBytes returns how much an ordinary user may still write below path, if that
// can be known.
func FreeBytes(path string) (free int64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // their types differ from system to system
}
