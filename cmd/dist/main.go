// Command dist packs the programs for their users: one zip per program and
// system, a bill of materials (CycloneDX) for each, and their checksums. It is run
// by make in the repository's folder, after the programs are built, and is part of
// no program.
//
// Its one rule: the same commit makes the same bytes, whoever packs it and when.
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// checksums is the file with the others' SHA-256.
const checksums = "SHA256SUMS"

// archive is one zip: a program for a system.
type archive struct {
	program, system, arch string
}

// archives are all that is released. The laptops are mostly Windows; a shop with
// one computer runs the server on it too.
var archives = []archive{
	{"bridge", "windows", "amd64"}, {"bridge", "linux", "amd64"}, {"bridge", "linux", "arm64"}, {"bridge", "darwin", "arm64"},
	{"server", "windows", "amd64"}, {"server", "linux", "amd64"}, {"server", "linux", "arm64"},
}

func (a archive) exe() string {
	if a.system == "windows" {
		return ".exe"
	}
	return ""
}

// name is what the files of a are called, without an ending.
func (a archive) name(version string) string {
	return strings.Join([]string{"mostrador", a.program, version, a.system, a.arch}, "-")
}

// release is one run.
type release struct {
	root    string    // the repository
	in      string    // programs, as in/system-arch/program
	out     string    // zips
	version string    // shown, and part of the names
	at      time.Time // of every file in the zips
	bill    func(ctx context.Context, program, version, out string) error
}

func main() {
	r := release{bill: cycloneDX}
	flag.StringVar(&r.in, "in", "dist", "folder of the built programs")
	flag.StringVar(&r.out, "out", "dist/zip", "folder for the zips; emptied before")
	flag.StringVar(&r.version, "version", "", "version of the programs")
	seconds := flag.Int64("time", 0, "time of the commit, in Unix seconds")
	flag.StringVar(&r.root, "root", ".", "folder of the go.mod that the programs were built with")
	program := flag.String("licences", "", "only print the licences of what is linked into this program")
	flag.Parse()
	r.at = time.Unix(*seconds, 0).UTC()
	if err := r.command(context.Background(), *program); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// command makes the release, or prints the licences that go beside program in an
// image.
func (r release) command(ctx context.Context, program string) error {
	if program == "" {
		return r.run(ctx, archives)
	}
	text, err := licences(ctx, r.root, program, filepath.Base(program) == "server")
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

func (r release) run(ctx context.Context, archives []archive) error {
	if r.version == "" || strings.ContainsAny(r.version, `/\ `) {
		return fmt.Errorf("version %q cannot be part of a file's name", r.version)
	}
	if err := os.RemoveAll(r.out); err != nil {
		return fmt.Errorf("empty folder: %w", err)
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil { //nolint:gosec // for everybody
		return fmt.Errorf("make folder: %w", err)
	}
	for _, a := range archives {
		program := filepath.Join(r.in, a.system+"-"+a.arch, a.program+a.exe())
		target := filepath.Join(r.out, a.name(r.version))
		if err := r.pack(ctx, a, program, target+".zip"); err != nil {
			return fmt.Errorf("pack %s: %w", a.name(r.version), err)
		}
		if err := r.bill(ctx, program, r.version, target+".cdx.json"); err != nil {
			return fmt.Errorf("bill of materials of %s: %w", a.name(r.version), err)
		}
	}
	return sum(r.out)
}

// sum writes the checksums of everything in dir, as sha256sum -c reads them.
func sum(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	var lines []string
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return fmt.Errorf("read file: %w", err)
		}
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), entry.Name()))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[sha256.Size*2:], b[sha256.Size*2:]) })
	return os.WriteFile(filepath.Join(dir, checksums), []byte(strings.Join(lines, "")), 0o644) //nolint:gosec // for everybody
}

// billMaker lists what is linked into a Go program.
const billMaker = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// cycloneDX writes program's bill of materials; without what changes at each run.
func cycloneDX(ctx context.Context, program, version, out string) error {
	cmd := exec.CommandContext(ctx, "go", "run", billMaker, "bin", "-json", "-std", "-noserial", "-notimestamp", "-version", version, "-output", out, program) //nolint:gosec // what make says
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run cyclonedx-gomod: %w: %s", err, text)
	}
	return nil
}
