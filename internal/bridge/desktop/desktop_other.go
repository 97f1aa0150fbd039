//go:build !windows

package desktop

import (
	"io"
	"runtime"
)

func open(url string) error {
	if runtime.GOOS == "darwin" {
		return launch("open", url)
	}
	return launch("xdg-open", url)
}

// Prepare makes the console window fit for a program that runs for days; only
// Windows needs that.
func Prepare() {}

// Hide takes the program out of its console; only Windows gives it one.
func Hide() {}

// Hold waits for Enter if the window would close with the program; only Windows
// closes it.
func Hold(io.Reader, io.Writer) {}
