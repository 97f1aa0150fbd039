package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"mostrador/bench/process"
)

// queueRuns prints what the laptop's queue does on the disk of dir, from the
// benchmarks of the packages it is made of: they know it from within.
func queueRuns(ctx context.Context, b binaries, dir string) error {
	server, err := process.Start(ctx, filepath.Join(dir, "backlog"), "/health", ours(b.server))
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	env := []string{"BENCH_DIR=" + dir, "BENCH_SERVER=http://" + server.Address + " " + authToken}
	for _, of := range []struct {
		folder, benchmark, times string
	}{
		{"queue", "Put", "10000x"}, {"queue", "Drain", "10000x"}, {"uplink", "Backlog", "3x"},
	} {
		results, err := benchmark(ctx, b.root, env, "./internal/bridge/"+of.folder, of.benchmark, of.times)
		if err != nil {
			return err
		}
		printQueue(results)
	}
	return nil
}

// queueRows says how the results of the queue's benchmarks are printed.
var queueRows = []struct{ benchmark, called, ratio, note string }{
	{"BenchmarkPut/1", "queue, stored by 1 caller", "x-fdatasync", "× fdatasync"},
	{"BenchmarkPut/64", "queue, stored by 64 callers", "x-fdatasync", "× fdatasync (goal 2, with a journal)"},
	{"BenchmarkDrain", "queue, drained", "x-put-by-one", "× stored by one caller (goal 5)"},
	{"BenchmarkBacklog/server", "backlog of 10,000 delivered to the product", "x-direct", "× loaded directly (goal 0.80)"},
}

func printQueue(results map[string]map[string]float64) {
	for _, r := range queueRows {
		if got, ok := results[r.benchmark]; ok {
			row(r.called, "per s", got["msgs/s"], r.note, got[r.ratio])
		}
	}
}

// benchmark runs benchmarks of a package of the product and returns, by their
// names, what they report, by its unit.
func benchmark(ctx context.Context, root string, env []string, folder, name, times string) (map[string]map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark"+name+"$", "-benchtime", times, folder)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark %s: %w\n%s", name, err, out)
	}
	return readBenchmarks(out), nil
}

// readBenchmarks reads what go test prints: a name that ends in the number of
// processors, how often it ran, then figures and their units.
func readBenchmarks(out []byte) map[string]map[string]float64 {
	results := map[string]map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := fields[0]
		if at := strings.LastIndexByte(name, '-'); at > 0 {
			name = name[:at]
		}
		results[name] = map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				results[name][fields[i+1]] = value
			}
		}
	}
	return results
}
