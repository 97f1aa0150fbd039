//go:build !unix

package backup

// syncDir does nothing: Windows keeps names without being asked.
func syncDir(string) error { return nil }

// freeBytes does not know.
func freeBytes(string) (int64, bool) { return 0, false }
