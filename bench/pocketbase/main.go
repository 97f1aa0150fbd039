// Command pocketbase is PocketBase as its makers release it, plug-ins included,
// but for two things: it flushes every commit to the disk, and it has a
// collection that takes the fields of a webhook from anybody, once for each
// WhatsApp id, so that no login stands in its way.
//
// Its one rule: it is a module of its own, so that its libraries have the
// versions that its makers chose.
package main

import (
	"fmt"
	"os"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/plugins/ghupdate"
	"github.com/pocketbase/pocketbase/plugins/jsvm"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
	"github.com/pocketbase/pocketbase/tools/types"
)

// fullPragmas are PocketBase's own but for synchronous, which it ships as
// NORMAL: an acknowledged record may be gone after a power cut.
const fullPragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)" +
	"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{
		DefaultDataDir: "pb_data", HideStartBanner: true,
		DBConnect: func(path string) (*dbx.DB, error) { return dbx.Open("sqlite", path+fullPragmas) },
	})
	jsvm.MustRegister(app, jsvm.Config{HooksWatch: true, HooksPoolSize: 15})
	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{TemplateLang: migratecmd.TemplateLangJS})
	ghupdate.MustRegister(app, app.RootCmd, ghupdate.Config{})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if _, err := e.App.FindCollectionByNameOrId("webhook"); err != nil {
			if err := e.App.Save(webhookCollection()); err != nil {
				return fmt.Errorf("make collection: %w", err)
			}
		}
		return e.Next()
	})
	if err := app.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func webhookCollection() *core.Collection {
	c := core.NewBaseCollection("webhook")
	c.CreateRule = types.Pointer("")
	for _, name := range []string{"remitente", "contenido", "wa", "nombre", "tipo"} {
		c.Fields.Add(&core.TextField{Name: name})
	}
	c.Fields.Add(&core.DateField{Name: "fecha"})
	c.AddIndex("webhook_wa", true, "wa", "")
	return c
}
