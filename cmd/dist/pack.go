package main

import (
	"archive/zip"
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// folder is what a zip unpacks to, so that its files do not spill.
const folder = "mostrador"

//go:embed files
var files embed.FS

// item is one file of a zip.
type item struct {
	name string
	data []byte
	mode fs.FileMode
}

func (r release) pack(ctx context.Context, a archive, program, target string) error {
	items, err := r.items(ctx, a, program)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, i := range items {
		header := &zip.FileHeader{Name: folder + "/" + i.name, Method: zip.Deflate, Modified: r.at}
		header.SetMode(i.mode)
		f, err := w.CreateHeader(header)
		if err != nil {
			return fmt.Errorf("add %s: %w", i.name, err)
		}
		if _, err := f.Write(i.data); err != nil {
			return fmt.Errorf("add %s: %w", i.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("finish zip: %w", err)
	}
	return os.WriteFile(target, out.Bytes(), 0o644) //nolint:gosec // for everybody
}

// items are the files of a's zip, in their order.
func (r release) items(ctx context.Context, a archive, program string) ([]item, error) {
	built, err := os.ReadFile(program)
	if err != nil {
		return nil, fmt.Errorf("read program: %w", err)
	}
	items := []item{{a.program + a.exe(), built, 0o755}}
	text := func(name string, data []byte) {
		if a.system == "windows" {
			data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		}
		items = append(items, item{name, data, 0o644})
	}
	example := map[string]string{"bridge": ".env.laptop.example", "server": ".env.example"}[a.program]
	settings, err := os.ReadFile(filepath.Join(r.root, example))
	if err != nil {
		return nil, fmt.Errorf("read example: %w", err)
	}
	text(example, settings)
	readme, err := r.readme(a)
	if err != nil {
		return nil, err
	}
	text("LEEME.txt", readme)
	if a.program == "bridge" && a.system == "windows" {
		for _, name := range []string{"instalar.cmd", "desinstalar.cmd"} {
			script, err := files.ReadFile("files/" + name)
			if err != nil {
				return nil, fmt.Errorf("read script: %w", err)
			}
			text(name, script)
		}
	}
	own, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("read licence: %w", err)
	}
	text("LICENSE.txt", own)
	notices, err := licences(ctx, r.root, program, a.program == "server")
	if err != nil {
		return nil, err
	}
	text("LICENCIAS.txt", notices)
	return items, nil
}

func (r release) readme(a archive) ([]byte, error) {
	t, err := template.ParseFS(files, "files/leeme-"+a.program+".txt")
	if err != nil {
		return nil, fmt.Errorf("read readme: %w", err)
	}
	run := "./"
	if a.system == "windows" {
		run = `.\`
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Version": r.version, "Windows": a.system == "windows", "Mac": a.system == "darwin", "Exe": a.exe(), "Run": run,
	})
	if err != nil {
		return nil, fmt.Errorf("write readme: %w", err)
	}
	return []byte(strings.TrimSpace(out.String()) + "\n"), nil
}
