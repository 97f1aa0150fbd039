package desktop

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	kernel32           = windows.NewLazySystemDLL("kernel32.dll")
	freeConsole        = kernel32.NewProc("FreeConsole")
	consoleProcessList = kernel32.NewProc("GetConsoleProcessList")
)

func open(url string) error {
	text, err := windows.UTF16PtrFromString(url)
	if err != nil {
		return fmt.Errorf("encode address: %w", err)
	}
	if err := windows.ShellExecute(0, nil, text, nil, nil, windows.SW_SHOWNORMAL); err != nil {
		return fmt.Errorf("open browser: %w", err)
	}
	return nil
}

// Prepare makes the console window fit for a program that runs for days: colours
// are understood as such, and a click into the window does not halt the program,
// as it does while Windows waits for a text to be marked.
func Prepare() {
	for _, out := range []*os.File{os.Stdout, os.Stderr} {
		change(out, windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING, 0)
	}
	change(os.Stdin, windows.ENABLE_EXTENDED_FLAGS, windows.ENABLE_QUICK_EDIT_MODE)
}

// change sets and clears bits of a console's mode; a file has none.
func change(f *os.File, set, clearing uint32) {
	handle := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) == nil {
		_ = windows.SetConsoleMode(handle, mode&^clearing|set)
	}
}

// Hide takes the program out of its console; a window of its own closes with that.
func Hide() { _, _, _ = freeConsole.Call() }

// Hold waits for Enter if the window would close with the program, before what it
// said can be read: that is so after a double click.
func Hold(in io.Reader, out io.Writer) {
	var processes [2]uint32
	if n, _, _ := consoleProcessList.Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes))); n != 1 {
		return
	}
	_, _ = io.WriteString(out, "\nPulse Entrar para cerrar esta ventana.\n")
	_, _ = bufio.NewReader(in).ReadString('\n')
}
