// Command panel joins the panel's files for a release; see package bundle. It is
// run by make in the repository's folder and is part of no program.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mostrador/internal/bundle"
	"mostrador/web"
)

func main() {
	if err := join("web/static"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// join puts what it makes of the panel in folder where the server looks for it.
func join(folder string) error {
	files := os.DirFS(folder)
	page, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	imports, err := bundle.ImportMap(page, "{{.Base}}/")
	if err != nil {
		return err
	}
	made, err := bundle.Make(files, imports)
	if err != nil {
		return fmt.Errorf("join panel: %w", err)
	}
	hash, err := web.Hash(files)
	if err != nil {
		return err
	}
	made[filepath.Base(web.JoinedOf)] = []byte(hash)
	errs := []error{os.RemoveAll(filepath.Join(folder, web.Joined))}
	for name, data := range made {
		target := filepath.Join(folder, web.Joined, filepath.FromSlash(name))
		errs = append(errs, os.MkdirAll(filepath.Dir(target), 0o750), os.WriteFile(target, data, 0o600))
	}
	return errors.Join(errs...)
}
