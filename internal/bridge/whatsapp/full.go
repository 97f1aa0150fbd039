package whatsapp

import (
	"errors"
	"runtime"
	"slices"
	"syscall"

	"modernc.org/sqlite"
)

// diskFull reports whether err, of the queue or of the session, means that no
// space is left.
func diskFull(err error) bool {
	const (
		sqliteFull   = 13                 // SQLITE_FULL (https://www.sqlite.org/rescode.html)
		codeMask     = 0xff               // the rest of a code is detail
		windowsFull  = syscall.Errno(112) // ERROR_DISK_FULL
		windowsFull2 = syscall.Errno(39)  // ERROR_HANDLE_DISK_FULL
	)
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&codeMask == sqliteFull
	}
	errno, _ := errors.AsType[syscall.Errno](err)
	full := []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT}
	if runtime.GOOS == "windows" {
		full = []syscall.Errno{windowsFull, windowsFull2}
	}
	return slices.Contains(full, errno)
}
