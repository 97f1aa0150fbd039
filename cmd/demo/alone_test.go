package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestWithoutAPhoneTheDemoWaitsAndSaysWhereTheCodeIs(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, ended := &transcript{}, make(chan error, 1)
	go func() {
		ended <- run(ctx, options{args: []string{"-sin-telefono", "-carpeta", t.TempDir(), "-puerto", "0"}, out: out, pause: wait})
	}()
	deadline := time.After(patience)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !strings.Contains(out.String(), "Ctrl-C") {
		select {
		case <-ticker.C:
		case err := <-ended:
			t.Fatalf("demo ended: %v\n%s", err, out)
		case <-deadline:
			t.Fatalf("the demo does not start: %s", out)
		}
	}
	if got := out.String(); !strings.Contains(got, "espera a que alguien vincule el teléfono") || !strings.Contains(got, "con el código QR") {
		t.Errorf("got %s, want where the code is", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("demo: %v", err)
	}
}
