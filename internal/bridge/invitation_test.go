package bridge_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mostrador/internal/bridge"
	"mostrador/internal/bridge/whatsapp"
)

// visits counts how often the page is opened in the bridges of one folder.
type visits struct {
	dir   string
	count int
	err   error
	now   time.Time
}

func (v *visits) options() bridge.Options {
	return bridge.Options{Dir: v.dir, Now: func() time.Time { return v.now }, Open: func(string) error { v.count++; return v.err }}
}

func TestThePageIsOpenedOncePerNeed(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sesion_wa"), 0o700); err != nil {
		t.Fatal(err)
	}
	qr := func(text string) whatsapp.State { return whatsapp.State{Name: whatsapp.StatePairing, QR: text} }
	connected := whatsapp.State{Name: whatsapp.StateConnected}
	v := &visits{dir: dir, now: time.Now()}
	want := func(count int, when string) {
		t.Helper()
		if v.count != count {
			t.Errorf("%s: got it opened %d times, want %d", when, v.count, count)
		}
	}
	bridge.InviteAll(v.options(), whatsapp.State{Name: whatsapp.StateConnecting})
	want(0, "nothing to do")
	bridge.InviteAll(v.options(), qr("1"), qr("2"), whatsapp.State{Name: whatsapp.StateConnecting}, qr("3"))
	want(1, "many codes")
	bridge.InviteAll(v.options(), qr("4"))
	want(1, "started again")
	v.now = v.now.Add(2 * time.Hour)
	bridge.InviteAll(v.options(), qr("5"))
	want(2, "started again hours later")
	v.now = time.Now()
	bridge.InviteAll(v.options(), connected, whatsapp.State{Name: whatsapp.StatePasskey, Passkey: &whatsapp.Passkey{}}, qr("6"))
	want(3, "logged out after it was connected")
}

func TestWithoutAScreenEverythingElseGoesOn(t *testing.T) {
	v := &visits{dir: t.TempDir(), err: errors.New("no screen"), now: time.Now()}
	bridge.InviteAll(v.options(), whatsapp.State{QR: "1"}, whatsapp.State{QR: "2"})
	if v.count != 1 {
		t.Errorf("got %d tries, want one", v.count)
	}
	o := v.options()
	o.Open = nil
	bridge.InviteAll(o, whatsapp.State{QR: "1"})
}
