package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/api"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/rest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
)

const copiesPath = rest.Prefix + "/copias"

// keepingCopies makes a shop keep copies in the folder dir; they are made while
// the test runs.
func keepingCopies(t *testing.T, dir string, made **backup.Backups) option {
	t.Helper()
	return func(o *api.Options) {
		o.Backups = backup.New(backup.Options{
			Store: o.Store, Origin: store.Origin{Business: 1, Bridge: o.BridgeID}, Photos: o.Photos, Shelf: backup.Folder(dir), Temp: t.TempDir(),
			Hour: 3, Zone: time.UTC, Now: o.Now, Log: zerolog.Nop(),
		})
		*made = o.Backups
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = o.Backups.Run(ctx) })
		t.Cleanup(func() {
			cancel()
			running.Wait()
		})
	}
}

func (s *shop) copies() rest.Copies {
	s.t.Helper()
	w := s.ask(http.MethodGet, copiesPath, "")
	var v rest.Copies
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != http.StatusOK {
		s.t.Fatalf("got %d %s", w.Code, w.Body)
	}
	return v
}

func TestACopyIsAskedForInThePanelListedAndTakenAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "respaldos")
	var keeper *backup.Backups
	s := openShop(t, keepingCopies(t, dir, &keeper))
	s.deliver(original("no prende", jpeg))
	now := s.clock.Now()
	if diff := cmp.Diff(rest.Copies{Mode: "activo", Place: dir, Next: &now, Copies: []rest.Copy{}}, s.copies()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	w := s.asAna(http.MethodPost, copiesPath, "")
	if w.Code != http.StatusAccepted {
		t.Fatalf("got %d %s, want 202", w.Code, w.Body)
	}
	storetest.Eventually(t, "the copy is made", func() bool { return s.copies().Work == nil })
	got := s.copies()
	tomorrow := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	if len(got.Copies) != 1 {
		t.Fatalf("got %+v, want one copy", got)
	}
	one := got.Copies[0]
	want := rest.Copies{Mode: "activo", Place: dir, Next: &tomorrow, Last: &now, Copies: []rest.Copy{{Name: one.Name, At: now, Size: one.Size, Checked: true}}}
	if diff := cmp.Diff(want, got); diff != "" || one.Size == 0 {
		t.Errorf("at last (-want +got):\n%s", diff)
	}

	w = s.asAna(http.MethodGet, copiesPath+"/"+one.Name, "")
	if w.Code != http.StatusOK || int64(w.Body.Len()) != one.Size || !strings.Contains(w.Header().Get("Content-Disposition"), one.Name) {
		t.Fatalf("got %d, %d bytes, %v, want all %d bytes of it", w.Code, w.Body.Len(), w.Header(), one.Size)
	}
	restored := filepath.Join(t.TempDir(), "tickets.db")
	target := backup.Target{Database: restored, Photos: filepath.Join(filepath.Dir(restored), "fotos"), Now: now}
	if err := backup.Restore(t.Context(), bytes.NewReader(w.Body.Bytes()), target); err != nil {
		t.Fatal(err)
	}
	if total, err := storetest.OpenURL(t, restored).TotalTickets(t.Context()); err != nil || total != 1 {
		t.Errorf("got %d tickets in what was taken away, %v, want 1", total, err)
	}
	acts := s.ask(http.MethodGet, rest.Prefix+"/auditoria?tipo=backup", "").Body.String()
	for _, part := range []string{store.ActBackupAsked, store.ActBackupTaken, one.Name} {
		if !strings.Contains(acts, part) {
			t.Errorf("got %s, want %s in the audit log", acts, part)
		}
	}
}

func TestACopyIsNotHandedToPrograms(t *testing.T) {
	var keeper *backup.Backups
	s := openShop(t, keepingCopies(t, filepath.Join(t.TempDir(), "respaldos"), &keeper))
	made, err := keeper.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, s.ask(http.MethodGet, copiesPath+"/"+made.Name, ""), http.StatusForbidden, "API_TOKEN")
	for _, role := range []auth.Role{auth.RoleReader, auth.RoleAgent} {
		wantProblem(t, s.do(http.MethodGet, copiesPath+"/"+made.Name, "", s.as(role)...), http.StatusForbidden, "")
	}
	wantProblem(t, s.do(http.MethodGet, copiesPath+"/"+made.Name, ""), http.StatusUnauthorized, "")
	for _, name := range []string{made.Name + ".sha256", "..%2ftickets.db", "tickets.db"} {
		wantProblem(t, s.asAna(http.MethodGet, copiesPath+"/"+name, ""), http.StatusNotFound, "")
	}
	open := openShopFor(t, auth.Options{Open: true}, keepingCopies(t, filepath.Join(t.TempDir(), "respaldos"), &keeper))
	if made, err = keeper.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, open.do(http.MethodGet, copiesPath+"/"+made.Name, ""), http.StatusForbidden, "panel abierto")
}

func TestWhereThereAreNoCopiesItIsSaidWhy(t *testing.T) {
	s := openShop(t)
	if got := s.copies(); got.Mode != "apagado" || got.Late {
		t.Errorf("got %+v, want it off and nobody bothered", got)
	}
	wantProblem(t, s.asAna(http.MethodPost, copiesPath, ""), http.StatusConflict, "RESPALDO")
	wantProblem(t, s.asAna(http.MethodGet, copiesPath+"/x", ""), http.StatusConflict, "RESPALDO")
	big := openShop(t, func(o *api.Options) { o.Store = storetest.OpenURL(t, pgtest.URL(t)) })
	if got := big.copies(); got.Mode != "postgresql" {
		t.Errorf("got %+v, want PostgreSQL named", got)
	}
	wantProblem(t, big.asAna(http.MethodPost, copiesPath, ""), http.StatusConflict, "pg_dump")
}

func TestALateCopyIsAnAlertOfItsOwnKind(t *testing.T) {
	s := openShop(t)
	trouble := store.Trouble{Kind: store.AlertBackup, Sentence: "No hay respaldo.", Solution: "Haga uno."}
	if fresh, err := s.store.RaiseAlert(t.Context(), s.origin, trouble, s.clock.Now().Add(-27*time.Hour)); err != nil || !fresh {
		t.Fatalf("got %v, %v, want it new", fresh, err)
	}
	alerts, _ := fields(t, s.ask(http.MethodGet, rest.Prefix+"/puente", ""))["alertas"].([]any)
	if len(alerts) != 1 || alerts[0].(map[string]any)["tipo"] != "respaldo" || alerts[0].(map[string]any)["mensaje"] != "No hay respaldo." {
		t.Errorf("got %v, want the alert", alerts)
	}
}
