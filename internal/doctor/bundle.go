package doctor

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"mostrador/internal/ticket"
)

// factsTime is how long the figures may take: those of a large database are
// counted meanwhile.
const factsTime = 30 * time.Second

// pack writes the bundle to a file of that name, where none may be.
func (p Patient) pack(ctx context.Context, r Report, clean cleaner, name string) error {
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.Dir, name)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return ticket.NewError(ticket.CodeConflict, "Ya existe "+name+": elija otro nombre.")
	}
	if err != nil {
		return fmt.Errorf("%w (%w)", ticket.NewError(ticket.CodeUnavailable, "No se puede crear "+name+"."), err)
	}
	archive := zip.NewWriter(file)
	err = p.fill(ctx, archive, r, clean)
	if err = errors.Join(err, archive.Close(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write bundle: %w", err), os.Remove(name))
	}
	return nil
}

// versions is what the program was made of.
type versions struct {
	Program string `json:"programa"`
	Version string `json:"version"`
	Go      string `json:"go"`
	System  string `json:"sistema"`
	Cores   int    `json:"nucleos"`
	Facts   any    `json:"datos,omitempty"`
}

func (p Patient) fill(ctx context.Context, archive *zip.Writer, r Report, clean cleaner) error {
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Found, f.Do = clean.all(f.Found), clean.all(f.Do)
	}
	about := versions{Program: p.Program, Version: p.Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()}
	if p.Facts != nil {
		limited, cancel := context.WithTimeout(ctx, factsTime)
		defer cancel()
		about.Facts = p.Facts(limited)
	}
	config := clean.secrets(p.Config.String())
	if len(p.Config.Problems) > 0 {
		config += "\nProblemas:\n  - " + clean.secrets(strings.Join(p.Config.Problems, "\n  - ")) + "\n"
	}
	for _, part := range []struct {
		name string
		what any
	}{{"revision.json", r}, {"versiones.json", about}, {"revision.txt", r.String()}, {"configuracion.txt", config}} {
		text, ok := part.what.(string)
		if !ok {
			raw, err := json.MarshalIndent(part.what, "", "  ")
			if err != nil {
				return fmt.Errorf("encode %s: %w", part.name, err)
			}
			text = string(raw) + "\n"
		}
		if err := add(archive, part.name, text, r.Time); err != nil {
			return err
		}
	}
	for name, lines := range lastLines(filepath.Join(p.Dir, logDir)) {
		if err := add(archive, logDir+"/"+name, clean.log(lines), r.Time); err != nil {
			return err
		}
	}
	return nil
}

func add(archive *zip.Writer, name, text string, at time.Time) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}
