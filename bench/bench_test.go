package main

import (
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestTheStoreCanStillBeLeftOut(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := withoutStorage(root, dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "incoming.go")
	if _, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.AllErrors); err != nil {
		t.Errorf("the changed file: %v", err)
	}
	if source, err := os.ReadFile(file); err != nil || !strings.Contains(string(source), answerLine) {
		t.Errorf("got %v, want a store that answers at once", err)
	}
}

func TestALoadCountsItsAnswersAndEnds(t *testing.T) {
	var served atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		if r.Header.Get("Authorization") != "Bearer "+authToken || r.ContentLength < 1 {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(srv.Close)
	var calls atomic.Int64
	message := request{path: "/webhook", token: authToken, body: webhook}
	got, err := drive(srv.Listener.Addr().String(), message, 4, &calls, 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if got.perSecond <= 0 || got.p99 < got.p50 || served.Load() != calls.Load() {
		t.Errorf("got %+v for %d calls, %d of them served, want them all", got, calls.Load(), served.Load())
	}
	message.token = "wrong"
	if _, err := drive(srv.Listener.Addr().String(), message, 1, &calls, 20*time.Millisecond); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("refused: got %v, want an error that says so", err)
	}
}

func TestADiskIsMeasuredWithoutATrace(t *testing.T) {
	dir := t.TempDir()
	rate, err := flushes(dir, 5*time.Millisecond)
	if err != nil || rate <= 0 {
		t.Errorf("got %v, %v, want a rate", rate, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("got %v, %v left, want nothing", left, err)
	}
}

func TestWhatBenchmarksReportIsRead(t *testing.T) {
	got := readBenchmarks([]byte("goos: linux\nBenchmarkPut/64-2   10000   90 ns/op   9154 msgs/s   3.1 x-fdatasync\nPASS\nok  x 1s\n"))
	if put := got["BenchmarkPut/64"]; len(got) != 1 || put["msgs/s"] != 9154 || put["x-fdatasync"] != 3.1 {
		t.Errorf("got %v, want the figures of one benchmark", got)
	}
	for _, r := range queueRows {
		name, _, _ := strings.Cut(r.benchmark, "/")
		found := false
		for _, folder := range []string{"queue", "uplink"} {
			source, err := os.ReadFile(filepath.Join("..", "internal", "bridge", folder, "bench_test.go"))
			found = found || err == nil && strings.Contains(string(source), "func "+name+"(b *testing.B)") && strings.Contains(string(source), r.ratio)
		}
		if !found {
			t.Errorf("no benchmark %s reports %s", name, r.ratio)
		}
	}
}
