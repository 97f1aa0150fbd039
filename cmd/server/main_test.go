package main

import (
	"database/sql"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"server": func() { main(); os.Exit(0) }})
}

func TestTheCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: map[string]func(*testscript.TestScript, bool, []string){"original": makeOriginal, "newer": makeNewer}})
}

// makeOriginal is the script command «original FILE»: a database as the original
// system left it.
func makeOriginal(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	_, err = db.Exec(`
		CREATE TABLE tickets (id INTEGER PRIMARY KEY AUTOINCREMENT, cliente TEXT, descripcion TEXT, estado TEXT, categoria TEXT, fecha TEXT, foto_path TEXT);
		INSERT INTO tickets VALUES (1, '5214772758198@s.whatsapp.net', 'mi laptop no prende', 'Pendiente', 'Hardware - Energía', '2025-03-01 09:15:00', NULL);
		INSERT INTO tickets VALUES (2, '5215512345678', 'no imprime', 'Resuelto', 'Impresoras', '2025-03-02 10:00:00', 'fotos_evidencia/falta.jpg')`)
	ts.Check(err)
}

// makeNewer is the script command «newer FILE»: our database as a program that
// comes after this one would leave it.
func makeNewer(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	_, err = db.Exec(`UPDATE version SET version = version + 1, compat = version + 1; CREATE TABLE novelty (x TEXT)`)
	ts.Check(err)
}
