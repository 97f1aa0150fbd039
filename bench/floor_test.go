package main

import (
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func TestTheFloorKeepsEachMessageOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "floor.db")
	f, err := openFloor(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(f)
	var calls, again atomic.Int64
	message := request{path: "/webhook", body: webhook}
	_, err = drive(srv.Listener.Addr().String(), message, 8, &calls, 20*time.Millisecond)
	if err == nil {
		_, err = drive(srv.Listener.Addr().String(), message, 1, &again, time.Millisecond)
	}
	srv.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	stored, err := sqlitex.ResultInt64(conn.Prep(`SELECT COUNT(*) FROM notes`))
	if err != nil || stored != max(calls.Load(), again.Load()) {
		t.Errorf("got %d, %v, want the %d that were sent", stored, err, calls.Load())
	}
}
