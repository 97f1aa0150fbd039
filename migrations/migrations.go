// Package migrations holds the steps that bring a server's database from empty
// to what this program expects.
//
// Its one rule: a step that was released is never changed; what it got wrong is
// put right by a later one. The first line of each file names the version it
// leads to; a line "-- only: sqlite" or "-- only: postgres" keeps the next line
// from the other engine.
package migrations

import (
	"embed"

	"go.mau.fi/util/dbutil"
)

//go:embed *.sql
var files embed.FS

// Table returns every step in order. Its length is the version of the newest
// database this program knows.
func Table() dbutil.UpgradeTable {
	return dbutil.BuildUpgradeTable().WithFS(files).Finish()
}
