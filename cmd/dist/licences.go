package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// notice is the name of a file that must go along with a module's code.
var notice = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|unlicense)`)

// licences are the texts that the licences of everything linked into program ask
// to be passed on, the panel's libraries with them if it has one. A module without
// such a text is an error. root has the go.mod that program was built with.
func licences(ctx context.Context, root, program string, panel bool) ([]byte, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, fmt.Errorf("read what is linked: %w", err)
	}
	var out bytes.Buffer
	out.WriteString("Este programa contiene lo siguiente, cada cosa con su licencia.\n")
	toolchain, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("find Go: %w", err)
	}
	if err := add(&out, "Go "+strings.TrimPrefix(info.GoVersion, "go"), strings.TrimSpace(string(toolchain))); err != nil {
		return nil, err
	}
	paths := make([]string, 0, len(info.Deps))
	for _, dep := range info.Deps {
		paths = append(paths, dep.Path)
	}
	dirs, err := folders(ctx, root, paths)
	if err != nil {
		return nil, err
	}
	for _, dep := range info.Deps {
		if err := add(&out, dep.Path+" "+dep.Version, dirs[dep.Path]); err != nil {
			return nil, err
		}
	}
	if panel {
		if err := add(&out, "El panel: preact, htm, @preact/signals", filepath.Join(root, "web/static/vendor")); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// folders is where the module cache has each module.
func folders(ctx context.Context, root string, modules []string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-m", "-json"}, modules...)...) //nolint:gosec // modules of our own program
	cmd.Dir, cmd.Stderr = root, os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list modules: %w", err)
	}
	dirs := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(listed)); ; {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); errors.Is(err, io.EOF) {
			return dirs, nil
		} else if err != nil {
			return nil, fmt.Errorf("read list of modules: %w", err)
		}
		dirs[m.Path] = m.Dir
	}
}

// add writes the notices in dir under title.
func add(out *bytes.Buffer, title, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("find licence of %s: %w", title, err)
	}
	found := false
	for _, entry := range entries {
		if entry.IsDir() || !notice.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return fmt.Errorf("read licence of %s: %w", title, err)
		}
		found = true
		fmt.Fprintf(out, "\n%[1]s\n%[2]s (%[3]s)\n%[1]s\n\n%[4]s\n", strings.Repeat("=", 78), title, entry.Name(),
			bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	}
	if !found {
		return fmt.Errorf("%s has no licence in %s", title, dir)
	}
	return nil
}
