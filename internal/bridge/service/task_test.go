package service

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"strings"
	"testing"
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
				User     string  `xml:"UserId"`
				Interval string  `xml:"Repetition>Interval"`
				Duration *string `xml:"Repetition>Duration"`
			} `xml:"LogonTrigger"`
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
	if l := got.Triggers.Logon[0]; l.Interval != "PT1M" || l.Duration != nil || got.Settings.MultipleInstancesPolicy != "IgnoreNew" {
		t.Errorf("got %+v and %+v, want one instance, started again each minute without end", l, got.Settings)
	}
	if s := got.Settings; s.ExecutionTimeLimit != "PT0S" || s.DisallowStartIfOnBatteries || s.StopIfGoingOnBatteries {
		t.Errorf("got %+v, want neither time nor battery to end it", s)
	}
}
