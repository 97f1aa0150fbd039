package doctor

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	// logDir is the folder, below the working folder, of log files.
	logDir = "registro"
	// maxLog is how much of the end of each log file comes along, in bytes, and
	// maxLogs of how many files.
	maxLog  = 256 << 10
	maxLogs = 10
)

// kept are the fields of a log line that come along. They name things of ours;
// any other field might hold what somebody wrote.
var kept = []string{
	"level", "time", "message", "error", "reason", "solution", "state", "part", "version", "library", "address", "database",
	"method", "path", "status", "bytes", "took_ms", "request_id", "warning", "waiting", "files", "parked", "damaged", "count", "moved", "from", "to", "step",
}

// plain are fields of ours without anybody's words or numbers: they stay as they
// are, though a time looks like a phone.
var plain = []string{"level", "time", "version", "library", "request_id"}

// trace is a line of what Go writes when a program crashes, which holds no data but
// addresses.
var trace = regexp.MustCompile(`^(goroutine \d+ .*:|panic: runtime error: .*|fatal error: .*|\[signal .*|created by .*|\t\S+\.(go|s):\d+.*|[\w./*()\[\]·-]+\([0-9a-fx, {}.?]*\)|)$`)

// lastLines goes through the files in dir with the end of each, in whole lines.
func lastLines(dir string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		paths, _ := filepath.Glob(filepath.Join(dir, "*.log")) // the pattern is right
		for _, path := range paths[:min(len(paths), maxLogs)] {
			if text, err := tail(path); err == nil && !yield(filepath.Base(path), text) {
				return
			}
		}
	}
}

func tail(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	start := max(0, info.Size()-maxLog)
	text, err := io.ReadAll(io.NewSectionReader(file, start, maxLog))
	if start > 0 {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return string(text), err
}

// log is what of a log may leave the machine: of each line the fields that are
// known, and of a crash where it happened. Lines at debug level, which may have
// what customers write, are left out.
func (c cleaner) log(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		var fields map[string]any
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		switch {
		case decoder.Decode(&fields) == nil:
			line = c.fields(fields)
		case trace.MatchString(line):
			line = c.all(line)
		default:
			line = "(línea omitida)"
		}
		if line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func (c cleaner) fields(fields map[string]any) string {
	if level, _ := fields["level"].(string); level == "debug" || level == "trace" {
		return ""
	}
	maps.DeleteFunc(fields, func(name string, _ any) bool { return !slices.Contains(kept, name) })
	for name, value := range fields {
		switch value := value.(type) {
		case string:
			if slices.Contains(plain, name) {
				fields[name] = c.secrets(value)
			} else {
				fields[name] = c.all(value)
			}
		case json.Number, bool:
		default:
			delete(fields, name)
		}
	}
	var line strings.Builder
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(fields) != nil {
		return ""
	}
	return strings.TrimSpace(line.String())
}
