package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"mostrador/bench/process"
)

const (
	// rounds of everything that is compared, one after the other; the best
	// of each counts, as what else the machine does only slows things down.
	rounds = 3
	// runFor is how long one load lasts.
	runFor = 2 * time.Second
	many   = 64
	// pictures of pictureSize bytes are sent at once by as many callers.
	pictures    = 8
	pictureSize = 16_000_000
)

// bout is one server on its way through the rounds.
type bout struct {
	name    string
	command func(string) (args, env []string)
	probe   string
	request request
	calls   atomic.Int64

	firstStart time.Duration // makes the database
	laterStart time.Duration // finds it, as on every later day
	running    *process.Program
	best       map[int]load // by callers
	cpu        time.Duration
}

// measure prints the whole table for the disk of a folder.
func measure(ctx context.Context, b binaries, disk, called string) error {
	dir, err := os.MkdirTemp(disk, "bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Printf("\n# %s\n\n", called)
	if err := webhooks(ctx, b, dir); err != nil {
		return err
	}
	if err := pictureRuns(ctx, b, dir); err != nil {
		return err
	}
	return queueRuns(ctx, b, dir)
}

func webhooks(ctx context.Context, b binaries, dir string) error {
	message := request{path: "/webhook", token: authToken, body: webhook}
	product := &bout{name: "product", command: ours(b.server), probe: "/health", request: message}
	empty := &bout{name: "no-storage", command: ours(b.noStorage), probe: "/health", request: message}
	pocketBase := &bout{
		name: "pocketbase", command: b.pocketBase, probe: "/api/health",
		request: request{path: "/api/collections/webhook/records", body: record},
	}
	floor := &bout{name: "floor", command: b.floor, probe: "/", request: message}
	all := []*bout{product, empty, pocketBase, floor}
	for _, s := range all {
		if err := s.start(ctx, filepath.Join(dir, s.name)); err != nil {
			return err
		}
		defer func() { _ = s.running.Stop() }()
	}
	if err := compareStart(product, pocketBase); err != nil {
		return err
	}
	var disk float64
	for range rounds {
		rate, err := flushes(dir, runFor/4)
		if err != nil {
			return err
		}
		disk = max(disk, rate)
		for _, s := range all {
			if err := s.round(many, runFor); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		for _, s := range []*bout{product, floor} {
			if err := s.round(1, runFor/2); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	printWebhooks(disk, product, empty, pocketBase)
	printFloor(disk, floor, product, pocketBase)
	mine, err := product.running.Memory("VmRSS")
	if err != nil {
		return err
	}
	row("memory after the load, product", "MB", mine/1e6, "", 0)
	return nil
}

// start makes the database with the first start, then starts anew for as many
// rounds, and leaves the program of the last one running.
func (s *bout) start(ctx context.Context, dir string) (err error) {
	s.best = map[int]load{}
	if s.running, err = process.Start(ctx, dir, s.probe, s.command); err != nil {
		return err
	}
	s.firstStart, s.laterStart = s.running.Started, s.running.Started
	for range rounds {
		if err := s.running.Stop(); err != nil {
			return err
		}
		if s.running, err = process.Start(ctx, dir, s.probe, s.command); err != nil {
			return err
		}
		s.laterStart = min(s.laterStart, s.running.Started)
	}
	return nil
}

// round adds one load to the best so far.
func (s *bout) round(callers int, runFor time.Duration) error {
	before, err := s.running.Busy()
	if err != nil {
		return err
	}
	first := s.calls.Load()
	got, err := drive(s.running.Address, s.request, callers, &s.calls, runFor)
	if err != nil {
		return err
	}
	after, err := s.running.Busy()
	if err == nil && got.perSecond > s.best[callers].perSecond {
		s.best[callers] = got
		if callers > 1 {
			s.cpu = (after - before) / time.Duration(s.calls.Load()-first)
		}
	}
	return err
}

// compareStart prints how long the programs take to start and what they occupy
// then.
func compareStart(product, pocketBase *bout) error {
	// Both have answered once; what a start leaves behind goes meanwhile.
	time.Sleep(time.Second)
	mine, theirs := product.laterStart, pocketBase.laterStart
	row("start of PocketBase, the first", "ms", millis(pocketBase.firstStart), "× product's (goal 2)", ratio(pocketBase.firstStart, product.firstStart))
	row("start of PocketBase, later", "ms", millis(theirs), "× product's (goal 2)", ratio(theirs, mine))
	row("start of the product, the first", "ms", millis(product.firstStart), "", 0)
	row("start of the product, later", "ms", millis(mine), "", 0)
	for _, figure := range []struct{ called, name string }{{"idle memory", "VmRSS"}, {"  without the program's file", "RssAnon"}} {
		mine, err := product.running.Memory(figure.name)
		if err != nil {
			return err
		}
		theirs, err := pocketBase.running.Memory(figure.name)
		if err != nil {
			return err
		}
		row(figure.called+", PocketBase", "MB", theirs/1e6, "× product's (goal 2)", theirs/mine)
		row(figure.called+", product", "MB", mine/1e6, "", 0)
	}
	return nil
}

func printWebhooks(disk float64, product, empty, pocketBase *bout) {
	mine, one := product.best[many], product.best[1]
	row("fdatasync of one page", "per s", disk, "", 0)
	row("webhooks, 64 callers, product", "per s", mine.perSecond, "× fdatasync (goal 4)", mine.perSecond/disk)
	row("  processor time of the server", "µs", float64(product.cpu)/1e3, "", 0)
	row("  half answered within", "ms", millis(mine.p50), "", 0)
	row("  99 % answered within", "ms", millis(mine.p99), "× the half (goal ≤ 5)", ratio(mine.p99, mine.p50))
	row("webhooks, 64 callers, nothing stored", "per s", empty.best[many].perSecond, "product ÷ this (goal 0.40)", mine.perSecond/empty.best[many].perSecond)
	row("  processor time of the server", "µs", float64(empty.cpu)/1e3, "", 0)
	row("records, 64 callers, PocketBase FULL", "per s", pocketBase.best[many].perSecond, "product ÷ this (goal 10)", mine.perSecond/pocketBase.best[many].perSecond)
	row("webhooks, 1 caller, product", "per s", one.perSecond, "× fdatasync (goal 0.5)", one.perSecond/disk)
}

// printFloor tells what of the distance to PocketBase and to the disk any server on
// this SQLite and net/http could have, with these callers on the same processors.
func printFloor(disk float64, floor, product, pocketBase *bout) {
	least, mine := floor.best[many].perSecond, product.best[many].perSecond
	row("one row each, 64 callers, the floor", "per s", least, "product ÷ this", mine/least)
	row("  processor time of the server", "µs", float64(floor.cpu)/1e3, "", 0)
	row("  its rate beside PocketBase FULL", "×", least/pocketBase.best[many].perSecond, "", 0)
	row("one row each, 1 caller, the floor", "per s", floor.best[1].perSecond, "× fdatasync", floor.best[1].perSecond/disk)
}

// pictureRuns compares how pictures of 16 MB, eight at once, are taken.
func pictureRuns(ctx context.Context, b binaries, dir string) error {
	encoded := base64.StdEncoding.EncodeToString(append([]byte("\xff\xd8\xff\xe0"), make([]byte, pictureSize-4)...))
	picture := request{path: "/webhook", token: authToken, body: func(n int64) []byte {
		return fmt.Appendf(nil, `{"remitente":"52477%07d","contenido":"mire","imagen":"%s","id":"P%d"}`, n, encoded, n)
	}}
	plain := &bout{name: "decoder", command: b.decoder, probe: "/", request: picture}
	product := &bout{name: "product", command: ours(b.server), probe: "/health", request: picture}
	var idle, peak [2]float64
	for i, s := range []*bout{product, plain} {
		s.best = map[int]load{}
		var err error
		if s.running, err = process.Start(ctx, filepath.Join(dir, "pictures-"+s.name), s.probe, s.command); err != nil {
			return err
		}
		time.Sleep(time.Second)
		if idle[i], err = s.running.Memory("VmRSS"); err == nil {
			err = s.running.ForgetPeak()
		}
		for range 2 {
			if err == nil {
				err = s.round(pictures, 2*runFor)
			}
		}
		if err == nil {
			peak[i], err = s.running.Memory("VmHWM")
		}
		if err = errors.Join(err, s.running.Stop()); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	mine, theirs := product.best[pictures].perSecond, plain.best[pictures].perSecond
	row("16 MB pictures, 8 at once, product", "per s", mine, "× encoding/json (goal 2)", mine/theirs)
	row("16 MB pictures, 8 at once, encoding/json", "per s", theirs, "", 0)
	row("  memory above idle, product", "MB", (peak[0]-idle[0])/1e6, "(goal ≤ 16)", 0)
	row("  memory above idle, encoding/json", "MB", (peak[1]-idle[1])/1e6, "× product's", (peak[1]-idle[1])/(peak[0]-idle[0]))
	return nil
}

func row(what, unit string, value float64, note string, ratio float64) {
	fmt.Printf("%-42s %10.4g %-6s", what, value, unit)
	if ratio > 0 {
		fmt.Printf(" %7.2f", ratio)
	}
	fmt.Printf(" %s\n", note)
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
