package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/doctor"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// patient has one check for each finding.
func patient(dir string, findings ...doctor.Finding) doctor.Patient {
	p := doctor.Patient{Program: "server", Version: "v1.2.3", Dir: dir, Now: func() time.Time { return noon }}
	for _, f := range findings {
		p.Checks = append(p.Checks, doctor.Check{Name: "Cosa", Look: func(context.Context) doctor.Finding { return f }})
	}
	return p
}

func TestTheVerdictAndTheExitCodeSayHowItIs(t *testing.T) {
	ok, doubt, bad, unknown := doctor.OK("va"), doctor.Warn("va a medias", "mire"), doctor.Fail("no va", "arregle"), doctor.Skip("quién sabe")
	for _, c := range []struct {
		findings []doctor.Finding
		verdict  string
		code     int
	}{
		{[]doctor.Finding{ok, ok}, "Todo en orden.", 0},
		{[]doctor.Finding{ok, unknown}, "Todo en orden (1 sin comprobar).", 0},
		{[]doctor.Finding{doubt, ok, doubt}, "2 avisos.", 0},
		{[]doctor.Finding{bad, doubt, bad}, "2 fallos y 1 aviso.", 1},
		{[]doctor.Finding{bad, unknown, unknown}, "1 fallo (2 sin comprobar).", 1},
	} {
		var out bytes.Buffer
		err := doctor.Examine(t.Context(), patient(t.TempDir(), c.findings...), nil, &out)
		if got := doctor.ExitCode(err); got != c.code || !strings.HasSuffix(out.String(), "\n"+c.verdict+"\n") {
			t.Errorf("got %d and %s, want %d and %q", got, out.String(), c.code, c.verdict)
		}
		if c.code == 1 && !errors.Is(err, doctor.ErrBad) {
			t.Errorf("got %v, want ErrBad", err)
		}
	}
}

func TestTheReportSaysWhatWasFoundAndWhatToDo(t *testing.T) {
	var out bytes.Buffer
	_ = doctor.Examine(t.Context(), patient(t.TempDir(), doctor.Fail("No va.", "Arregle.")), nil, &out)
	want := "Mostrador, revisión de server (versión v1.2.3)\n\n[ FALLO ] Cosa  No va.\n                → Arregle.\n\n1 fallo.\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestProgramsReadTheReportAsJSON(t *testing.T) {
	var out bytes.Buffer
	err := doctor.Examine(t.Context(), patient(t.TempDir(), doctor.Fail("No va.", "Arregle."), doctor.OK("Va.")), []string{"--json"}, &out)
	if !errors.Is(err, doctor.ErrBad) {
		t.Errorf("got %v, want ErrBad", err)
	}
	var got doctor.Report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Well || got.Verdict != "1 fallo." || !got.Time.Equal(noon) || len(got.Findings) != 2 || got.Findings[0] != (doctor.Finding{Name: "Cosa", State: "fallo", Found: "No va.", Do: "Arregle."}) {
		t.Errorf("got %+v, want one failure", got)
	}
	if !strings.Contains(out.String(), `"que_hacer": "Arregle."`) {
		t.Errorf("got %s, want the Spanish keys", out.String())
	}
}

func TestALineThatIsNotUnderstoodEndsWithTwo(t *testing.T) {
	for _, args := range [][]string{{"--nada"}, {"algo"}, {"--bundle"}} {
		var out bytes.Buffer
		err := doctor.Examine(t.Context(), patient(t.TempDir()), args, &out)
		if doctor.ExitCode(err) != 2 || !strings.Contains(err.Error(), "server doctor [--json]") || out.Len() > 0 {
			t.Errorf("%q: got %v, want how it is used", args, err)
		}
	}
	if doctor.ExitCode(nil) != 0 || doctor.ExitCode(errors.New("x")) != 1 {
		t.Error("other ends: got something else than 0 and 1")
	}
}

func TestSettingsAreJudged(t *testing.T) {
	for _, c := range []struct {
		report config.Report
		want   doctor.State
		text   string
	}{
		{config.Report{Values: []config.Value{{From: ".env"}, {From: config.FromDefault}}}, doctor.Good, "1 variable puesta"},
		{config.Report{Warnings: []string{"PUERTI no es nada."}}, doctor.Doubt, "PUERTI"},
		{config.Report{Problems: []string{"PUERTO no sirve."}, Warnings: []string{"x"}}, doctor.Bad, "PUERTO no sirve"},
		{config.Report{Problems: []string{"PUERTO no sirve."}, NoFile: true}, doctor.Bad, "no hay archivo .env"},
	} {
		if got := doctor.Configuration(c.report); got.State != c.want || !strings.Contains(got.Found+got.Do, c.text) {
			t.Errorf("got %+v, want %s with %q", got, c.want, c.text)
		}
	}
	if got := doctor.Token("tokencito"); got.State != doctor.Bad || strings.Contains(got.Found, "tokencito") {
		t.Errorf("a short token: got %+v, want a failure", got)
	}
	if got := doctor.Token("kq3v7zt2m5x8n4w6"); got.State != doctor.Good {
		t.Errorf("a good token: got %+v, want %s", got, doctor.Good)
	}
}

func TestADiskIsJudgedByTheLeastRoom(t *testing.T) {
	for free, want := range map[int64]doctor.State{5 << 30: doctor.Good, 500 << 20: doctor.Doubt, 50 << 20: doctor.Bad} {
		room := func(path string) (int64, error) {
			if path == "cola" {
				return free, nil
			}
			return 1 << 40, nil
		}
		if got := doctor.Room(room, "sesion", "cola"); got.State != want || !strings.Contains(got.Found, "cola") {
			t.Errorf("%d bytes: got %+v, want %s of cola", free, got, want)
		}
	}
	broken := func(string) (int64, error) { return 0, errors.New("no") }
	if got := doctor.Room(broken, "cola"); got.State != doctor.Unknown {
		t.Errorf("got %+v, want %s", got, doctor.Unknown)
	}
}

func TestPermissionsAreJudged(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, ".env")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := doctor.Permissions([]string{dir, filepath.Join(dir, "nueva")}, []string{secret, filepath.Join(dir, "falta")}); got.State != doctor.Good {
		t.Errorf("got %+v, want %s", got, doctor.Good)
	}
	if got := doctor.Permissions([]string{secret}, nil); got.State != doctor.Bad || !strings.Contains(got.Found, ".env") {
		t.Errorf("a file in place of a folder: got %+v, want %s", got, doctor.Bad)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := doctor.Permissions([]string{dir}, []string{secret}); config.OthersMayRead(secret) && (got.State != doctor.Doubt || !strings.Contains(got.Do, "chmod 600")) {
		t.Errorf("a secret for all: got %+v, want %s", got, doctor.Doubt)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".doctor-*")); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

func TestClocksAreCompared(t *testing.T) {
	for ahead, c := range map[time.Duration]struct {
		state doctor.State
		word  string
	}{
		time.Second:      {doctor.Good, ""},
		5 * time.Minute:  {doctor.Doubt, "5 minutos atrasado"},
		-5 * time.Minute: {doctor.Doubt, "adelantado"},
		30 * time.Hour:   {doctor.Bad, "30 horas atrasado"},
	} {
		if got := doctor.ClockAhead(ahead, "del servidor"); got.State != c.state || !strings.Contains(got.Found, c.word) {
			t.Errorf("%v: got %+v, want %s with %q", ahead, got, c.state, c.word)
		}
	}
}

func TestAnOldLibraryIsSaid(t *testing.T) {
	for version, want := range map[string]doctor.State{
		"v0.0.0-20261101120000-33cfac511629":   doctor.Good,
		"v0.0.0-20260501120000-33cfac511629":   doctor.Doubt,
		"v1.2.4-0.20250101120000-33cfac511629": doctor.Doubt,
		"v0.0.0-20270101120000-33cfac511629":   doctor.Good, // a clock that is wrong
		"desconocida":                          doctor.Unknown,
		"v1.2.3":                               doctor.Unknown,
		"v0.0.0-mañana-33cfac511629":           doctor.Unknown,
	} {
		if got := doctor.Age(version, noon); got.State != want {
			t.Errorf("%s: got %+v, want %s", version, got, want)
		}
	}
}

func TestABusyPortIsFound(t *testing.T) {
	if got := doctor.Port(t.Context(), "127.0.0.1:0", "server", "PUERTO"); got.State != doctor.Doubt {
		t.Errorf("a free one: got %+v, want %s", got, doctor.Doubt)
	}
	if got := doctor.Port(t.Context(), "203.0.113.1:80", "server", "PUERTO"); got.State != doctor.Bad || !strings.Contains(got.Do, "PUERTO") {
		t.Errorf("somebody else's: got %+v, want %s", got, doctor.Bad)
	}
}

func TestSeveralThingsTogetherAreAsBadAsTheWorst(t *testing.T) {
	for want, got := range map[doctor.Finding]doctor.Finding{
		doctor.OK("Nada."):                 doctor.Sum(nil, nil, "Nada."),
		doctor.OK("Una. Otra."):            doctor.Sum([]string{"Una.", "Otra."}, nil, "Nada."),
		doctor.Warn("Una. Otra.", "Haga."): doctor.Sum([]string{"Una.", "Otra."}, []string{"Haga."}, "Nada."),
	} {
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
