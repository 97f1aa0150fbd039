// Package web holds the panel: a page without a build step, embedded as it is
// written.
//
// Its one rule: what a browser receives is what lies in static, byte for byte,
// except for index.html, where the server fills in {{.Base}}.
package web

import (
	"embed"
	"io/fs"
)

//go:embed static
var embedded embed.FS

// FS returns the panel's files with index.html at the root. index.html is an
// html/template whose only field, Base, is the URL path, without a trailing
// slash, under which every other file is served. Safe for concurrent use.
func FS() fs.FS {
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return embedded // Sub only rejects malformed names, and "static" is none
	}
	return static
}
