// Package web holds the panel: pages without a build step, embedded as they are
// written.
//
// Its one rule: what a browser receives is what lies in static, byte for byte,
// except for index.html, where the server fills in {{.Base}}, and for what
// `make panel` has joined of the same files.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed static
var embedded embed.FS

// FS returns the panel's files with index.html at the root. In index.html
// {{.Base}} stands for the URL path, without a trailing slash, under which every
// other file is served. Safe for concurrent use.
func FS() fs.FS {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return embedded // Sub only rejects malformed names, and "static" is none
	}
	return static
}

// Joined is the folder of a panel's files in which `make panel` puts the ones it
// has joined, under the names of those that import them, and JoinedOf the file
// that says of which panel they are: its Hash. Old ones are not to be used.
const (
	Joined   = "joined"
	JoinedOf = Joined + "/hash"
)

// Hash tells one panel from another, whether or not it was joined.
func Hash(files fs.FS) (string, error) {
	tree := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(name, Joined+"/") {
			return err
		}
		data, err := fs.ReadFile(files, name)
		fmt.Fprintf(tree, "%s %d\n", name, len(data))
		tree.Write(data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash panel: %w", err)
	}
	return hex.EncodeToString(tree.Sum(nil)[:8]), nil
}
