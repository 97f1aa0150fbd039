package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

type openEnd struct{ io.Writer }

func (openEnd) Close() error { return nil }

func TestAClockJumpsWithinTheDayThatItIs(t *testing.T) {
	var told bytes.Buffer
	p := &program{life: &life{stdin: openEnd{&told}}}
	p.setClock(-10 * time.Minute)
	p.passDay()
	p.setClock(5 * time.Minute)
	p.laterClock(time.Hour)
	if got, want := told.String(), "-10m0s\n24h50m0s\n25h5m0s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.offset(), 26*time.Hour; got != want {
		t.Errorf("next life: got %v, want %v", got, want)
	}
}

func TestNothingIsLeftOnlyWhenNothingWaitsAnywhere(t *testing.T) {
	if !(rest{queue: map[string]int{"espera": 0}, late: 0}).nothing() {
		t.Error("nothing: got something")
	}
	for _, r := range []rest{{unacked: 1}, {queue: map[string]int{"apartados": 1}}, {replies: 1, late: 1}, {files: 1}, {quiet: 1}} {
		if r.nothing() {
			t.Errorf("got nothing, want %+v", r)
		}
	}
}

// nobody is a program that says that there is no such program.
func nobody(t *testing.T) *program {
	t.Helper()
	p, err := newProgram(t.TempDir(), "nobody", "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProgramThatEndsByItselfIsNoticed(t *testing.T) {
	p := nobody(t)
	if err := p.ready(t.Context()); err == nil || !strings.Contains(err.Error(), "ended by itself") {
		t.Errorf("ready: got %v, want that it ended", err)
	}
	if err := p.kill(); err == nil || p.kills != 0 {
		t.Errorf("kill: got %v, %d kills, want none", err, p.kills)
	}
}

func TestAProgramThatRefusesToRunIsStartedAgain(t *testing.T) {
	p := nobody(t)
	<-p.life.done
	first := p.life
	if again, err := p.revive(); !again || err != nil || p.life == first {
		t.Errorf("got %v, %v, want another life", again, err)
	}
	<-p.life.done
}

func TestADataRaceIsNoRefusal(t *testing.T) {
	if err := (&life{err: exitWith(t, raceExit)}).ending(); !strings.Contains(err.Error(), "data race") {
		t.Errorf("got %v, want the race named", err)
	}
	ended := make(chan struct{})
	close(ended)
	p := &program{name: nameBridge, life: &life{done: ended, err: exitWith(t, raceExit)}}
	if again, err := p.revive(); again || err == nil {
		t.Errorf("got %v, %v, want an error", again, err)
	}
}

// exitWith is the error of a process that ended with code.
func exitWith(t *testing.T, code int) error {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envExit+"="+strconv.Itoa(code))
	return cmd.Run()
}
