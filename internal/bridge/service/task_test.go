package service

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func TestTheTaskRunsTheBridgeInItsFolder(t *testing.T) {
	const (
		user    = `LAPTOP\José Pérez`
		dir     = `C:\Users\José Pérez\Mostrador & <Cía>`
		program = dir + `\bridge.exe`
	)
	encoded := task(user, dir, program)
	units := make([]uint16, len(encoded)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(encoded[2*i:])
	}
	text := string(utf16.Decode(units))
	if !strings.HasPrefix(text, "\ufeff<?xml") || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("got %q…, want a file as Windows writes them", text[:20])
	}
	var got struct {
		Triggers struct {
			Logon []struct {
				User string `xml:"UserId"`
			} `xml:"LogonTrigger"`
			Clock []struct {
				Interval string  `xml:"Repetition>Interval"`
				Duration *string `xml:"Repetition>Duration"`
				Start    string  `xml:"StartBoundary"`
			} `xml:"TimeTrigger"`
		}
		Principal struct{ UserID, LogonType, RunLevel string } `xml:"Principals>Principal"`
		Settings  struct {
			MultipleInstancesPolicy, ExecutionTimeLimit        string
			DisallowStartIfOnBatteries, StopIfGoingOnBatteries bool
		}
		Exec struct{ Command, Arguments, WorkingDirectory string } `xml:"Actions>Exec"`
	}
	decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Exec.Command != program || got.Exec.WorkingDirectory != dir || got.Exec.Arguments != "background" {
		t.Errorf("got %+v, want %s in %s", got.Exec, program, dir)
	}
	if len(got.Triggers.Logon) != 1 || got.Triggers.Logon[0].User != user || got.Principal.LogonType != "InteractiveToken" {
		t.Errorf("got %+v and %+v, want when %s logs on", got.Triggers, got.Principal, user)
	}
	// Of its own: what repeats a logon only begins with the next one.
	if len(got.Triggers.Clock) != 1 || got.Settings.MultipleInstancesPolicy != "IgnoreNew" {
		t.Fatalf("got %+v and %+v, want one instance and one clock", got.Triggers, got.Settings)
	}
	clock := got.Triggers.Clock[0]
	if start, err := time.Parse("2006-01-02T15:04:05", clock.Start); err != nil || start.After(time.Unix(1e9, 0)) {
		t.Errorf("got a clock that begins %q (%v), want one that does before any laptop's", clock.Start, err)
	}
	if clock.Interval != "PT1M" || clock.Duration != nil {
		t.Errorf("got %+v, want it started again each minute without end", clock)
	}
	if s := got.Settings; s.ExecutionTimeLimit != "PT0S" || s.DisallowStartIfOnBatteries || s.StopIfGoingOnBatteries {
		t.Errorf("got %+v, want neither time nor battery to end it", s)
	}
}
