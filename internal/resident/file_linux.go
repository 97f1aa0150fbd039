package resident

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// dropFile takes the program's file out of the process's memory.
func dropFile() error {
	mappings, err := fileMappings()
	if err != nil {
		return err
	}
	for _, m := range mappings {
		// Pages with changes of their own, such as those of a program linked to be
		// loaded anywhere or of one in a debugger, could not be read again.
		if m.changed > 0 {
			continue
		}
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, m.begin, m.end-m.begin, syscall.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give back the program's pages: %w", errno)
		}
	}
	return nil
}

// mapping is a part of the program's file in its memory that it cannot write to.
type mapping struct {
	begin, end        uintptr
	resident, changed int64 // KiB in memory, KiB of it that differ from the file
}

// fileMappings reads them in the form of proc_pid_smaps(5): of each mapping a line
// that begins with its addresses, then its figures, a line each.
func fileMappings() (all []mapping, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return nil, err
	}
	ours := false
	for line := range strings.Lines(string(smaps)) {
		line = strings.TrimSpace(line)
		var m mapping
		var rights string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &m.begin, &m.end, &rights); n == 3 {
			if ours = strings.HasSuffix(line, " "+program) && !strings.Contains(rights, "w"); ours {
				all = append(all, m)
			}
			continue
		}
		if !ours {
			continue
		}
		name, figure, _ := strings.Cut(line, ":")
		last := &all[len(all)-1]
		switch name {
		case "Rss":
			_, err = fmt.Sscan(figure, &last.resident)
		case "Anonymous":
			_, err = fmt.Sscan(figure, &last.changed)
		}
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", line, err)
		}
	}
	return all, nil
}
