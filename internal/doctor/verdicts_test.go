package doctor_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/doctor"
)

func TestDurationsAndSizesAreSaidRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "menos de un minuto", 59 * time.Second: "menos de un minuto", time.Minute: "1 minuto", 119 * time.Minute: "119 minutos",
		2 * time.Hour: "2 horas", 47*time.Hour + 59*time.Minute: "47 horas", 48 * time.Hour: "2 días", 400 * 24 * time.Hour: "400 días",
	} {
		if got := doctor.Span(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 MB", 1<<20 - 1: "0 MB", 100 << 20: "100 MB", 1<<30 - 1: "1023 MB", 1 << 30: "1.0 GB", 5 << 28: "1.2 GB"} {
		if got := doctor.Size(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0 fallos", 1: "1 fallo", 2: "2 fallos"} {
		if got := doctor.Plural(n, "fallo", "fallos"); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestVerdictsChangeWhereTheySayTheyDo(t *testing.T) {
	room := func(free int64) doctor.Finding {
		return doctor.Room(func(string) (int64, error) { return free, nil }, "x")
	}
	ending := func(left time.Duration) doctor.Finding {
		a := doctor.Answer{Status: http.StatusOK, Certificate: &x509.Certificate{NotAfter: noon.Add(left)}}
		return doctor.Encryption("https://panel.example", "DOMINIO", a, noon)
	}
	made := func(days int) doctor.Finding {
		return doctor.Age("v0.0.0-"+noon.AddDate(0, 0, -days).Format("20060102150405")+"-33cfac511629", noon)
	}
	for name, c := range map[string]struct {
		got  doctor.Finding
		want doctor.State
	}{
		"room for nothing":       {room(100<<20 - 1), doctor.Bad},
		"a little room":          {room(100 << 20), doctor.Doubt},
		"nearly a gigabyte":      {room(1<<30 - 1), doctor.Doubt},
		"a gigabyte":             {room(1 << 30), doctor.Good},
		"clocks alike":           {doctor.ClockAhead(2*time.Minute-1, "x"), doctor.Good},
		"clocks apart":           {doctor.ClockAhead(2*time.Minute, "x"), doctor.Doubt},
		"clocks an hour apart":   {doctor.ClockAhead(-time.Hour, "x"), doctor.Doubt},
		"clocks far apart":       {doctor.ClockAhead(-time.Hour-1, "x"), doctor.Bad},
		"a certificate for long": {ending(14 * 24 * time.Hour), doctor.Good},
		"one that ends soon":     {ending(14*24*time.Hour - 1), doctor.Doubt},
		"one that just ended":    {ending(-time.Second), doctor.Doubt}, // a client that believes it all the same
		"half a year":            {made(180), doctor.Good},
		"more than half a year":  {made(181), doctor.Doubt},
		"more than a year":       {made(366), doctor.Doubt},
	} {
		if c.got.State != c.want || c.got.Found == "" || (c.got.Do == "") != (c.want == doctor.Good) {
			t.Errorf("%s: got %+v, want %s, and what to do unless it is good", name, c.got, c.want)
		}
	}
	if pressing, early := made(366), made(181); pressing.Do == early.Do {
		t.Errorf("got %q for both, want a year to be more pressing than half of one", early.Do)
	}
}

func TestAStateOfNoAnswerIsUnknownAndNotBad(t *testing.T) {
	gone := doctor.Answer{Err: errors.New("no route")}
	for name, got := range map[string]doctor.Finding{
		"clock":                      doctor.Clock(gone, "del servidor"),
		"clock without a date":       doctor.Clock(doctor.Answer{Status: http.StatusOK}, "del servidor"),
		"certificate":                doctor.Encryption("https://panel.example", "DOMINIO", gone, noon),
		"room on a disk that is not": doctor.Room(func(string) (int64, error) { return 0, errors.New("gone") }, "x", "y"),
		"version":                    doctor.Age("", noon),
	} {
		if got.State != doctor.Unknown || got.Found == "" || got.Do != "" {
			t.Errorf("%s: got %+v, want %s and why", name, got, doctor.Unknown)
		}
	}
}

func TestOnlyAGoodAnswerInJSONIsRead(t *testing.T) {
	type health struct{ Status string }
	for name, c := range map[string]struct {
		answer doctor.Answer
		want   bool
	}{
		"good":       {doctor.Answer{Status: http.StatusOK, Body: []byte(`{"status":"ok"}`)}, true},
		"a refusal":  {doctor.Answer{Status: http.StatusUnauthorized, Body: []byte(`{"status":"ok"}`)}, false},
		"a web page": {doctor.Answer{Status: http.StatusOK, Body: []byte("<html>")}, false},
		"half of it": {doctor.Answer{Status: http.StatusOK, Body: []byte(`{"status":"ok"}`), Err: errors.New("cut off")}, false},
		"nothing":    {doctor.Answer{Err: errors.New("no route")}, false},
	} {
		var got health
		if read := c.answer.Decode(&got); read != c.want || read && got.Status != "ok" {
			t.Errorf("%s: got %v, %+v, want it read: %v", name, read, got, c.want)
		}
	}
}

func TestAQuestionThatSeveralChecksHaveIsAskedOnce(t *testing.T) {
	asked := 0
	ask := doctor.Once(func(context.Context) doctor.Answer {
		asked++
		return doctor.Answer{Status: http.StatusTeapot}
	})
	if asked > 0 {
		t.Error("it was asked before anybody wanted it")
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got := ask(t.Context()).Status; got != http.StatusTeapot {
				t.Errorf("got %d, want the answer", got)
			}
		})
	}
	all.Wait()
	if asked != 1 {
		t.Errorf("got it asked %d times, want once", asked)
	}
}

func TestAnAnswerWithoutAnEndIsReadInPart(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = w.Write([]byte(strings.Repeat("a", 1<<20)))
		}
	}))
	t.Cleanup(s.Close)
	if a := (doctor.Caller{Now: time.Now}).Ask(t.Context(), s.URL, false); len(a.Body) != 1<<20 || a.Status != http.StatusOK {
		t.Errorf("got %d bytes and %d, want a megabyte", len(a.Body), a.Status)
	}
}

func TestFoldersThatAreNotThereYetAreTriedWhereTheyWillBe(t *testing.T) {
	dir := t.TempDir()
	if got := doctor.Permissions([]string{filepath.Join(dir, "una", "dos", "tres")}, []string{doctor.EnvFile(dir)}); got.State != doctor.Good {
		t.Errorf("got %+v, want %s", got, doctor.Good)
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "*")); len(made) > 0 {
		t.Errorf("got %v made, want a doctor that leaves nothing", made)
	}
}
