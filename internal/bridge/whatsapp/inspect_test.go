package whatsapp_test

import (
	"path/filepath"
	"strings"
	"testing"

	"mostrador/internal/bridge/whatsapp"
)

func TestASessionIsInspectedWhileItIsUsedAndAfterwards(t *testing.T) {
	t.Parallel()
	s := start(t)
	look := func() whatsapp.Inspection {
		t.Helper()
		i, err := whatsapp.Inspect(t.Context(), s.opts.Dir)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	if got, want := look(), (whatsapp.Inspection{Exists: true, InUse: true}); got != want {
		t.Errorf("before pairing: got %+v, want %+v", got, want)
	}
	s.scan()
	s.until(whatsapp.StateConnected)
	if got, want := look(), (whatsapp.Inspection{Exists: true, Paired: true, InUse: true}); got != want {
		t.Errorf("connected: got %+v, want %+v", got, want)
	}
	s.stop()
	if got, want := look(), (whatsapp.Inspection{Exists: true, Paired: true}); got != want {
		t.Errorf("stopped: got %+v, want %+v", got, want)
	}
}

func TestAFolderWithoutASessionStaysEmpty(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sesion_wa")
	if got, err := whatsapp.Inspect(t.Context(), dir); err != nil || got != (whatsapp.Inspection{}) {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
		t.Errorf("got %v, want nothing made", left)
	}
	if got := whatsapp.ProtocolVersion(); !strings.HasPrefix(got, "2.") {
		t.Errorf("got %q, want WhatsApp's version", got)
	}
}
