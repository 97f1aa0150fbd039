//go:build litestream

package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"mostrador/internal/porttest"
)

// drill is a server and a Litestream that copies its database to a bucket, both
// as they ship, with customers who write.
type drill struct {
	*testing.T
	dir        string
	address    string
	litestream string // the program
	config     string
	env        []string
	log        bytes.Buffer // Litestream's
	programs   map[string]*exec.Cmd
	sent       atomic.Int64
}

const drillToken = "kq3v7zt2m5x8n4w6"

// patience is how long a condition may take on a slow machine before the drill
// gives up; it is not a measurement.
const patience = 10 * time.Minute

func openDrill(t *testing.T) *drill {
	d := &drill{T: t, dir: t.TempDir(), litestream: os.Getenv("LITESTREAM"), programs: map[string]*exec.Cmd{}}
	if d.litestream == "" {
		t.Fatal("LITESTREAM does not say where the program is: make test-litestream")
	}
	backend := s3mem.New()
	if err := backend.CreateBucket("copias"); err != nil {
		t.Fatal(err)
	}
	bucket := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(bucket.Close)
	shipped, err := os.ReadFile("../../deploy/litestream/litestream.yml")
	if err != nil {
		t.Fatal(err)
	}
	d.config = filepath.Join(d.dir, "litestream.yml")
	here := bytes.ReplaceAll(shipped, []byte("/datos/tickets.db"), []byte(d.database()))
	if err := os.WriteFile(d.config, here, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range os.Environ() {
		if !strings.HasPrefix(name, "AWS_") { // a machine's own settings for S3 are not ours
			d.env = append(d.env, name)
		}
	}
	d.env = append(d.env, "COPIA_CLAVE=clave", "COPIA_SECRETO=secreto-de-prueba", "COPIA_CUBETA=copias", "COPIA_CARPETA=taller", "COPIA_SERVIDOR="+bucket.URL, "COPIA_REGION=us-east-1")
	d.address = net.JoinHostPort("127.0.0.1", porttest.Free(t))
	t.Cleanup(func() {
		for name := range d.programs {
			d.kill(name)
		}
	})
	return d
}

func (d *drill) database() string { return filepath.Join(d.dir, "tickets.db") }

// run starts a program, or fails the test.
func (d *drill) run(name string, cmd *exec.Cmd) {
	d.Helper()
	if err := cmd.Start(); err != nil {
		d.Fatal(err)
	}
	d.programs[name] = cmd
}

// kill ends a program as a power cut would.
func (d *drill) kill(name string) {
	cmd := d.programs[name]
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait() // it was killed
	delete(d.programs, name)
}

func (d *drill) serve() {
	d.Helper()
	host, port, _ := net.SplitHostPort(d.address)
	cmd := exec.Command(os.Args[0])
	cmd.Args[0], cmd.Dir = "server", d.dir
	cmd.Env = append(os.Environ(), "API_TOKEN="+drillToken, "DIRECCION="+host, "PUERTO="+port, "PANEL_LOGIN=off", "RESPALDO=off")
	d.run("server", cmd)
	d.until("the server answers", func() bool {
		resp, err := http.Get("http://" + d.address + "/health")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func (d *drill) replicate() {
	d.Helper()
	cmd := exec.Command(d.litestream, "replicate", "-config", d.config)
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &d.log, &d.log
	d.run("litestream", cmd)
}

func (d *drill) until(what string, ok func() bool) {
	d.Helper()
	limit, tick := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			d.Fatalf("waited in vain until %s", what)
		}
	}
}

// write has customers write until ctx ends; each text fills five pages, so that
// SQLite moves its log into the database again and again.
func (d *drill) write(ctx context.Context, customers int) *sync.WaitGroup {
	var all sync.WaitGroup
	for c := range customers {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				body, err := json.Marshal(map[string]string{
					"remitente": fmt.Sprintf("52155%08d@s.whatsapp.net", c), "id": fmt.Sprintf("M%d-%d", c, n), "contenido": strings.Repeat(fmt.Sprintf("mensaje %d ", n), 2000),
				})
				if err != nil {
					d.Error(err)
				}
				// Not with ctx: a request that it ends may have stored its message, which
				// nobody would count.
				r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, "http://"+d.address+"/webhook", bytes.NewReader(body))
				if err != nil {
					d.Error(err)
				}
				r.Header.Set("Authorization", "Bearer "+drillToken)
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					return // the server was killed
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					d.Errorf("got %d, want 200", resp.StatusCode)
				}
				d.sent.Add(1)
			}
		})
	}
	return &all
}

// restore gets the database back from the bucket.
func (d *drill) restore(name string) (string, error) {
	path := filepath.Join(d.dir, name)
	cmd := exec.Command(d.litestream, "restore", "-config", d.config, "-o", path, d.database())
	cmd.Env = d.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("restore: %w\n%s", err, out)
	}
	return path, nil
}

// restarts counts how often SQLite has begun the log anew, as its header says
// (https://sqlite.org/fileformat2.html#the_write_ahead_log, offset 12).
func (d *drill) restarts() uint32 {
	d.Helper()
	log, err := os.Open(d.database() + "-wal")
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	var header [32]byte
	if _, err := io.ReadFull(log, header[:]); err != nil {
		return 0 // cut to nothing a moment ago
	}
	return binary.BigEndian.Uint32(header[12:])
}

// messages returns the ids of all messages in a database, after looking whether
// it is whole.
func (d *drill) messages(path string) map[string]bool {
	d.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		d.Fatalf("%s: got %q, %v, want it whole", path, verdict, err)
	}
	rows, err := db.Query(`SELECT wa_id || body FROM messages`)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string]bool{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			d.Fatal(err)
		}
		found[text] = true
	}
	if err := rows.Err(); err != nil {
		d.Fatal(err)
	}
	return found
}

func TestLitestreamCopiesWhatIsWrittenAndGivesItBack(t *testing.T) {
	d := openDrill(t)
	d.serve()
	d.replicate()
	ctx, stop := context.WithCancel(t.Context())
	writing := d.write(ctx, 8)
	// Whoever moves the log into the database, the server or Litestream, the other
	// does not keep it from beginning anew: it would grow without end.
	d.until("six thousand messages are there and the log began anew", func() bool { return d.sent.Load() >= 6000 && d.restarts() >= 2 })
	d.Logf("the log began anew %d times", d.restarts())
	stop()
	writing.Wait()
	tries := 0
	d.until("all of them are in the bucket", func() bool {
		tries++
		path, err := d.restore(fmt.Sprintf("try-%d.db", tries))
		if err != nil {
			return false // nothing there yet
		}
		defer func() { _ = os.Remove(path) }()
		return int64(len(d.messages(path))) >= d.sent.Load()
	})
	d.kill("server")
	d.kill("litestream")
	path, err := d.restore("again.db")
	if err != nil {
		t.Fatal(err)
	}
	want, got := d.messages(d.database()), d.messages(path)
	for message := range want {
		if !got[message] {
			t.Errorf("got no %.20q, want everything that was there", message)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d messages, want %d", len(got), len(want))
	}
	// A server that wrote its log over before Litestream has read it would make it
	// begin anew with the whole database.
	if log := d.log.String(); strings.Count(log, "snapshot complete") != 1 || strings.Contains(log, "level=ERROR") || strings.Contains(log, "level=WARN") {
		t.Errorf("got this from Litestream, want one whole copy and no complaints:\n%s", log)
	}
	t.Logf("%d messages", len(got))
}

func TestAPowerCutLeavesAWholeDatabaseAsItWasAMomentBefore(t *testing.T) {
	d := openDrill(t)
	d.serve()
	d.replicate()
	writing := d.write(t.Context(), 8)
	d.until("the bucket has some", func() bool {
		path, err := d.restore("first.db")
		if err != nil {
			return false
		}
		defer func() { _ = os.Remove(path) }()
		return len(d.messages(path)) >= 500
	})
	known := d.sent.Load()
	d.until("more came since", func() bool { return d.sent.Load() >= known+1000 })
	d.kill("litestream")
	d.kill("server")
	writing.Wait()
	path, err := d.restore("again.db")
	if err != nil {
		t.Fatal(err)
	}
	all, got := d.messages(d.database()), d.messages(path)
	for message := range got {
		if !all[message] {
			t.Errorf("got %.20q, which never was there", message)
		}
	}
	if len(got) < 500 {
		t.Errorf("got %d messages, want at least those that were in the bucket before", len(got))
	}
	t.Logf("%d of %d messages", len(got), len(all))
}
