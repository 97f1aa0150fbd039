package original_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/original"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

const (
	first  = `CREATE TABLE tickets (id INTEGER PRIMARY KEY AUTOINCREMENT, cliente TEXT, descripcion TEXT, estado TEXT, categoria TEXT, fecha TEXT, foto_path TEXT)`
	second = `CREATE TABLE tickets (id INTEGER PRIMARY KEY AUTOINCREMENT, cliente TEXT, descripcion TEXT, estado TEXT, categoria TEXT, fecha TIMESTAMP, foto_path TEXT,
		nombre_usuario TEXT, departamento TEXT, tipo_equipo TEXT, numero_activo TEXT, falla_detallada TEXT, diagnostico_ia TEXT,
		requiere_tecnico BOOLEAN, estado_conversacion TEXT, historial_conversacion TEXT, log_file_path TEXT)`
)

var mexico = time.FixedZone("CST", -6*3600)

// bench is an original installation beside a store of ours.
type bench struct {
	*testing.T
	dir   string
	store *store.Store
	o     original.Options
}

// open makes both; statements fill the original's database.
func open(t *testing.T, url string, statements ...string) *bench {
	t.Helper()
	b := &bench{T: t, dir: t.TempDir()}
	clock := storetest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	if url == "" {
		url = filepath.Join(b.dir, "tickets.db")
	}
	b.store = storetest.OpenURL(t, url, func(o *store.Options) { o.Now = clock.Now })
	origin, err := b.store.Setup(t.Context(), store.Setup{BusinessName: "Taller", TokenHash: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	folder, err := photos.Open(filepath.Join(b.dir, "ours"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	b.o = original.Options{
		Database: filepath.Join(b.dir, "original.db"), Photos: filepath.Join(b.dir, "fotos"), Zone: mexico, MaxImage: 1 << 20,
		Store: b.store, Folder: folder, Origin: origin, Now: clock.Now,
	}
	if err := os.Mkdir(b.o.Photos, 0o700); err != nil {
		t.Fatal(err)
	}
	b.fill(statements...)
	return b
}

func (b *bench) fill(statements ...string) {
	b.Helper()
	db, err := sql.Open("sqlite", b.o.Database)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
}

func (b *bench) photo(name string) {
	b.Helper()
	f, err := os.Create(filepath.Join(b.o.Photos, name))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) run() original.Report {
	b.Helper()
	report, err := original.Import(b.Context(), b.o)
	if err != nil {
		b.Fatal(err)
	}
	return report
}

func (b *bench) ticket(number int64) (store.Listed, []string) {
	b.Helper()
	t, err := b.store.Ticket(b.Context(), b.o.Origin.Business, number)
	if err != nil {
		b.Fatal(err)
	}
	messages, err := b.store.Conversation(b.Context(), b.o.Origin.Business, number)
	if err != nil {
		b.Fatal(err)
	}
	var lines []string
	for _, m := range messages {
		line := []string{m.SentAt.In(mexico).Format("15:04:05"), string(m.Direction), strings.ReplaceAll(m.Body, "\n", " | ")}
		for _, a := range m.Attachments {
			line = append(line, fmt.Sprintf("[%s %s]", a.Name, a.State))
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return t, lines
}

func TestTheFirstVersionIsTakenOverOnce(t *testing.T) {
	storetest.Run(t, firstVersion)
}

func firstVersion(t *testing.T, url string) {
	b := open(t, url, first,
		`INSERT INTO tickets VALUES (1, '5214772758198@s.whatsapp.net', 'mi laptop no prende', 'Pendiente', 'Hardware - Energía', '2025-03-01 09:15:00.123456', 'fotos_evidencia/uno.png')`,
		`INSERT INTO tickets VALUES (2, '4772758198', 'la pantalla está rota', 'Resuelto', 'Hardware - Pantalla', '2025-03-02T10:00:00', 'C:\app\fotos_evidencia\falta.jpg')`,
		`INSERT INTO tickets VALUES (5, '123456789012345', 'hola', 'en revisión', 'Soporte General', 'ayer', NULL)`,
		`INSERT INTO tickets VALUES (6, '98765@lid', 'sigo esperando', 'raro', NULL, '2025-03-03 08:00:00', '../../original.db')`,
		`INSERT INTO tickets VALUES (7, 'sin número', 'x', NULL, NULL, NULL, NULL)`,
		`INSERT INTO tickets VALUES (8, '12036304@g.us', 'x', NULL, NULL, NULL, NULL)`,
	)
	b.photo("uno.png")
	want := original.Report{
		Tickets: 6, Imported: 4, Photos: 1, Missing: []string{"falta.jpg", "original.db"}, Hidden: 1, Undated: 1, States: map[string]int{"raro": 1},
	}
	compare := func(got, want original.Report) {
		t.Helper()
		if len(got.Refused) != 2 || got.Refused["7"] == nil || got.Refused["8"] == nil {
			t.Errorf("got refused %v, want tickets 7 and 8", got.Refused)
		}
		got.Refused = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("report (-want +got):\n%s", diff)
		}
	}
	b.o.Trial = true
	compare(b.run(), want)
	if n, err := b.store.TotalTickets(t.Context()); err != nil || n != 0 {
		t.Fatalf("after a trial: got %d tickets, %v, want none", n, err)
	}
	b.o.Trial = false
	compare(b.run(), want)
	again := original.Report{Tickets: 6, Existed: 4, States: map[string]int{}}
	compare(b.run(), again)

	got, lines := b.ticket(1)
	if got.Contact.Phone != "5214772758198" || got.Status != ticket.StatusPending || got.Category != "Hardware - Energía" || got.Photo == "" ||
		!got.CreatedAt.Equal(time.Date(2025, 3, 1, 9, 15, 0, 123e6, mexico)) {
		t.Errorf("got %+v", got.Ticket)
	}
	if diff := cmp.Diff([]string{
		"09:15:00 in mi laptop no prende [uno.png stored]",
		"09:15:00 event Importado del sistema anterior, donde era el ticket 1.",
	}, lines); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
	if got, _ := b.ticket(2); got.Status != ticket.StatusResolved || got.ResolvedAt.IsZero() || got.FirstAnswerAt.IsZero() {
		t.Errorf("got %+v, want it resolved", got.Ticket)
	}
	if got, _ := b.ticket(5); got.Contact.LID != "123456789012345" || got.Contact.Phone != "" || got.Contact.Chat != "123456789012345@lid" {
		t.Errorf("got %+v, want a hidden number", got.Contact)
	}
	if got, _ := b.ticket(6); got.Contact.LID != "98765" || got.Category != "" {
		t.Errorf("got %+v, want a hidden number", got.Ticket)
	}
}

func TestTheSecondVersionBringsTheConversation(t *testing.T) {
	b := open(t, "", second,
		`INSERT INTO tickets VALUES (1, '5214772758198', 'no enciende', 'cerrado', 'Hardware - Energía', '2025-03-01 09:00:00', NULL, 'Ana', 'Ventas', 'laptop', 'A-17', 'no da señal', 'fuente', 1, 'fin',
			'[{"role":"user","content":"hola"},{"role":"assistant","content":"¿Qué equipo es?","timestamp":"2025-03-01 09:05:00"},{"role":"user","content":""},{"role":"user","content":"una laptop"},7]', 'logs/1.txt')`,
		`INSERT INTO tickets VALUES (2, '5215512345678', 'algo', 'abierto', NULL, '2025-03-01 10:00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL,
			'Bot: ¿En qué le ayudo?
Usuario: no imprime
desde ayer', NULL)`,
	)
	if report := b.run(); !report.Second || report.Imported != 2 || report.Unread != 2 {
		t.Fatalf("got %+v, want two tickets of the second version, and two turns without text", report)
	}
	got, lines := b.ticket(1)
	if got.Contact.Name != "Ana" {
		t.Errorf("got name %q, want Ana", got.Contact.Name)
	}
	if diff := cmp.Diff([]string{
		"09:00:00 in hola",
		"09:00:00 note Datos del sistema anterior | Departamento: Ventas | Equipo: laptop | Número de activo: A-17 | Falla: no da señal | Diagnóstico de la IA: fuente | Requiere técnico: sí | Estado de la conversación: fin | Archivo de registro: logs/1.txt",
		"09:00:00 event Importado del sistema anterior, donde era el ticket 1.",
		"09:00:03 in una laptop",
		"09:05:00 out ¿Qué equipo es?",
	}, lines); diff != "" {
		t.Errorf("conversation (-want +got):\n%s", diff)
	}
	if _, lines := b.ticket(2); len(lines) != 5 || lines[0] != "10:00:00 in algo" && lines[1] != "10:00:00 in algo" {
		t.Errorf("got %q, want the description first", lines)
	} else if !strings.Contains(strings.Join(lines, "\n"), "in no imprime | desde ayer") {
		t.Errorf("got %q, want the lines of one turn together", lines)
	}
}

func TestATurnWithFieldsOfOtherTypesIsTakenWithWhatCanBeRead(t *testing.T) {
	b := open(t, "", second)
	for i, said := range []string{
		`[{"role":"user","content":"hola","timestamp":1741000000.5},{"role":"model","content":"¿Qué equipo es?","timestamp":1741000001000},
			{"role":7,"content":"una laptop","fecha":"1741000002"},{"role":"user","content":5,"hora":{"$date":"x"}}]`,
		`[{"role":"user","parts":[{"text":"no prende"},"ni con otro cargador",{"image":1}]},{"role":"model","parts":["Tráigala."]}]`,
		`[{"role":"user","content":{"a":1}},{"role":"user"},3,{"role":"user","content":{"a":1},"text":"sigo aquí"}]`,
		"Usuario: no prende\nModel: HP 15",
	} {
		b.fill(fmt.Sprintf(`INSERT INTO tickets (id, cliente, fecha, historial_conversacion) VALUES (%d, '5214772758198', '2025-03-03 05:06:00', '%s')`, i+1, said))
	}
	if report := b.run(); report.Imported != 4 || report.Unread != 3 {
		t.Errorf("got %+v, want four tickets and three turns that could not be read", report)
	}
	for number, want := range map[int64][]string{
		1: {"05:06:03 in 5", "05:06:40 in hola", "05:06:41 out ¿Qué equipo es?", "05:06:42 in una laptop"},
		2: {"05:06:00 in no prende | ni con otro cargador", "05:06:01 out Tráigala."},
		3: {"05:06:03 in sigo aquí"},
		4: {"05:06:00 in no prende | Model: HP 15"},
	} {
		_, lines := b.ticket(number)
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, " event ") })
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("ticket %d (-want +got):\n%s", number, diff)
		}
	}
}

func TestNumbersThatAreTakenAndContactsWhoAreHereStayAsTheyAre(t *testing.T) {
	b := open(t, "", first,
		`INSERT INTO tickets VALUES (1, '5214772758198', 'viejo', 'Pendiente', '', '2025-03-01 09:00:00', NULL)`,
		`INSERT INTO tickets VALUES (2, '5214772758198', 'otro viejo', 'Pendiente', '', '2025-03-01 09:00:00', NULL)`,
	)
	_, err := b.store.AddMessage(t.Context(), store.Incoming{
		Origin: b.o.Origin, From: ticket.Identity{Phone: "524772758198", LID: "77", Chat: "77@lid", Name: "Ana"},
		Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola", WhatsAppID: "A1",
	})
	if err != nil {
		t.Fatal(err)
	}
	if report := b.run(); report.Imported != 2 || report.Renamed != 2 {
		t.Fatalf("got %+v, want both tickets under other numbers", report)
	}
	for number, want := range map[int64]string{1: "hola", 2: "viejo", 3: "otro viejo"} {
		got, _ := b.ticket(number)
		if got.Description != want || got.Contact.Chat != "77@lid" || got.Contact.Name != "Ana" {
			t.Errorf("ticket %d: got %q of %+v, want %q of the contact as they were", number, got.Description, got.Contact, want)
		}
	}
}

func TestAnImportThatWasBrokenOffGoesOn(t *testing.T) {
	b := open(t, "", first,
		`INSERT INTO tickets VALUES (1, '5214772758198', 'uno', '', '', '2025-03-01 09:00:00', 'uno.png')`,
		`INSERT INTO tickets VALUES (2, '5214772758198', 'dos', '', '', '2025-03-01 09:00:00', 'uno.png')`,
	)
	b.photo("uno.png")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b.o.Progress = func(original.Report) { cancel() }
	if report, err := original.Import(ctx, b.o); err == nil || report.Imported != 1 {
		t.Fatalf("got %+v and %v, want it broken off after the first ticket", report, err)
	}
	b.o.Progress = nil
	if report := b.run(); report.Imported != 1 || report.Existed != 1 {
		t.Errorf("got %+v, want the second ticket alone", report)
	}
	entries, err := os.ReadDir(filepath.Join(b.dir, "ours"))
	if err != nil || len(entries) != 2 {
		t.Errorf("got %d files, %v, want a photo for each ticket", len(entries), err)
	}
}

func TestWhatIsNoOriginalDatabaseIsRefusedInSpanish(t *testing.T) {
	b := open(t, "", `CREATE TABLE otra (x)`)
	if err := os.WriteFile(filepath.Join(b.dir, "texto.db"), []byte(strings.Repeat("una lista ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		b.o.Database:                     "le falta la tabla «tickets»",
		filepath.Join(b.dir, "falta.db"): "No existe el archivo",
		b.o.Photos:                       "no es una base de datos",
		filepath.Join(b.dir, "texto.db"): "no es una base de datos",
		filepath.Join(b.o.Database, "x"): "No se puede leer el archivo",
	} {
		b.o.Database = path
		_, err := original.Import(context.Background(), b.o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", path, err, want)
		}
	}
	b.o.Photos = filepath.Join(b.dir, "no")
	b.o.Database = filepath.Join(b.dir, "tickets.db")
	if _, err := original.Import(context.Background(), b.o); err == nil {
		t.Error("our own database was taken for the original's")
	}
}

// readOnly keeps SQLite from making the file by which it shares a log, as a folder
// that cannot be written does, though not to root.
func (b *bench) readOnly() {
	b.Helper()
	if err := os.Symlink(filepath.Join(b.dir, "no", "no"), b.o.Database+"-shm"); err != nil {
		b.Fatal(err)
	}
}

func TestADatabaseWithALogIsReadInAFolderThatCannotBeWritten(t *testing.T) {
	b := open(t, "", first, `PRAGMA journal_mode=WAL`, `INSERT INTO tickets (id, cliente, fecha) VALUES (1, '5214772758198', '2025-03-01 09:00:00')`)
	b.readOnly()
	before, err := os.ReadFile(b.o.Database)
	if err != nil {
		t.Fatal(err)
	}
	if report := b.run(); report.Imported != 1 {
		t.Errorf("got %+v, want the ticket", report)
	}
	if after, err := os.ReadFile(b.o.Database); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the original is not what it was: %v", err)
	}
}

func TestALogThatCannotBeReadIsSaidAndNotLeftOut(t *testing.T) {
	for _, suffix := range []string{"-wal", "-journal"} {
		b := open(t, "", first, `PRAGMA journal_mode=WAL`)
		if err := os.WriteFile(b.o.Database+suffix, []byte("tickets that are not in the file yet"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.readOnly()
		link := filepath.Join(b.dir, "enlace.db") // beside which there is no log
		if err := os.Symlink(b.o.Database, link); err != nil {
			t.Fatal(err)
		}
		b.o.Database = link
		report, err := original.Import(t.Context(), b.o)
		if ticket.CodeOf(err) != ticket.CodeUnavailable || !strings.Contains(err.Error(), "cópielo") || !strings.Contains(err.Error(), suffix) || report.Tickets > 0 {
			t.Errorf("%s: got %+v, %v, want to be told to copy the file with it", suffix, report, err)
		}
	}
}
