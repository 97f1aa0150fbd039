package main

import (
	"bytes"
	"io"
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
