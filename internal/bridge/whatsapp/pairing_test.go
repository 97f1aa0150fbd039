package whatsapp_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/types"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/ticket"
	"mostrador/internal/wasim"
)

func wantCode(t *testing.T, what string, err error, code ticket.Code) {
	t.Helper()
	if got := ticket.CodeOf(err); got != code {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, code)
	}
}

func TestAPhoneIsPairedByTypingACode(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.until(whatsapp.StatePairing)
	code, err := s.RequestCode(soon(t), "+52 1 555 000 0001")
	if err != nil {
		t.Fatalf("request code: %v", err)
	}
	s.await("the code", func(st whatsapp.State) bool { return st.Code == code })
	if err := s.wa.Phone().EnterCode(soon(t), code); err != nil {
		t.Fatalf("enter code: %v", err)
	}
	if st := s.until(whatsapp.StateConnected); st.Code != "" || st.QR != "" {
		t.Errorf("got %+v, want no code any more", st)
	}
	_, err = s.RequestCode(soon(t), "5215550000001")
	wantCode(t, "code while connected", err, ticket.CodeConflict)
}

func TestACodeNeedsANumber(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.until(whatsapp.StatePairing)
	for _, number := range []string{"", "abc", "1@lid", "123"} {
		_, err := s.RequestCode(soon(t), number)
		wantCode(t, "number "+number, err, ticket.CodeInvalid)
	}
}

func TestAPhoneIsPairedWithAPasskey(t *testing.T) {
	t.Parallel()
	s := start(t)
	wantCode(t, "answer without a request", s.AnswerPasskey(soon(t), []byte("{}")), ticket.CodeConflict)
	wantCode(t, "confirmation without a request", s.ConfirmPasskey(soon(t)), ticket.CodeConflict)
	s.wa.Phone().RequirePasskey(true)
	shown := s.until(whatsapp.StatePairing)
	scanned := make(chan error, 1)
	go func() { scanned <- s.wa.Phone().ScanQR(soon(t), shown.QR) }()
	asked := s.until(whatsapp.StatePasskey).Passkey
	wantCode(t, "nonsense", s.AnswerPasskey(soon(t), []byte(`{"id":1}`)), ticket.CodeInvalid)
	var request types.WebAuthnPublicKey
	if err := json.Unmarshal(asked.PublicKey, &request); err != nil {
		t.Fatalf("read request: %v", err)
	}
	response, err := s.wa.Phone().AnswerPasskey(&request)
	if err != nil {
		t.Fatalf("authenticator: %v", err)
	}
	answer, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AnswerPasskey(soon(t), answer); err != nil {
		t.Fatalf("answer: %v", err)
	}
	s.until(whatsapp.StateConnected)
	if err := <-scanned; err != nil {
		t.Errorf("phone: %v", err)
	}
}

func TestTheSessionOutlivesARestart(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(wasim.Profile{})
	if err := s.wa.WaitAcked(soon(t), ana.SendText("uno")); err != nil {
		t.Fatal(err)
	}
	s.stop()
	missed := ana.SendText("dos")
	again := resume(t, s.wa, s.box, s.opts)
	if st := again.State(); st.Account != "5215550000001" {
		t.Errorf("account before connecting: got %q, want the business's", st.Account)
	}
	if st := again.until(whatsapp.StateConnected); st.QR != "" {
		t.Errorf("got %+v, want no pairing", st)
	}
	s.box.id(t, missed)
	again.await("the number of missed messages", func(st whatsapp.State) bool { return st.Recovered == 1 })
	if got := len(s.box.all()); got != 2 {
		t.Errorf("entries: got %d, want 2", got)
	}
}

func TestTwoBridgesCannotShareASession(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, err := whatsapp.Open(t.Context(), s.opts)
	wantCode(t, "second open", err, ticket.CodeConflict)
	s.stop()
	c, err := whatsapp.Open(t.Context(), s.opts)
	if err != nil {
		t.Fatalf("open after close: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestNobodyElseCanReadTheSession(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // its folders belong to the user already; modes say nothing there
	}
	s := paired(t)
	for name, want := range map[string]os.FileMode{"": 0o700, "sesion.db": 0o600, "sesion.db-wal": 0o600, "sesion.lock": 0o600} {
		info, err := os.Stat(filepath.Join(s.opts.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %q: got %o, want %o", name, got, want)
		}
	}
	s.stop()
	file := filepath.Join(s.opts.Dir, "sesion.db")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := whatsapp.Open(t.Context(), s.opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of an old file: got %v, %v, want 600", info.Mode(), err)
	}
}

func TestAFolderMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"con espacio", "50%41?_pragma=x", "ñandú#1"} {
		dir := filepath.Join(t.TempDir(), name)
		c, err := whatsapp.Open(t.Context(), whatsapp.Options{Dir: dir})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if err := c.Close(); err != nil {
			t.Errorf("%q: close: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "sesion.db")); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAFolderThatCannotBeUsedIsExplained(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "archivo")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := whatsapp.Open(t.Context(), whatsapp.Options{Dir: file})
	wantCode(t, "a file", err, ticket.CodeUnavailable)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sesion.db"), []byte(strings.Repeat("not a database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = whatsapp.Open(t.Context(), whatsapp.Options{Dir: dir})
	wantCode(t, "a damaged session", err, ticket.CodeUnavailable)
	if e, ok := errors.AsType[*ticket.Error](err); !ok || strings.Contains(e.Message, "database") {
		t.Errorf("message: got %v, want a Spanish sentence without internals", e)
	}
}

func TestANetworkThatCannotBeReachedIsExplained(t *testing.T) {
	t.Parallel()
	o := whatsapp.Hurry(whatsapp.Options{Dir: t.TempDir()})
	o.Network.PreLogin = &http.Client{Transport: refusing{}}
	s := resume(t, nil, newBox(), o)
	if st := s.until(whatsapp.StateConnecting); s.Connected() {
		t.Errorf("got %+v, want no connection", st)
	}
	s.await("the reason", func(st whatsapp.State) bool { return strings.Contains(st.Reason, "No hay conexión") })
}

type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }

func TestEndingTheSessionUnlinksThePhoneAndShowsANewCode(t *testing.T) {
	t.Parallel()
	s := paired(t)
	if err := s.Unpair(soon(t)); err != nil {
		t.Fatalf("unpair: %v", err)
	}
	if st := s.until(whatsapp.StatePairing); st.Account != "" || !strings.Contains(st.Reason, "desde el panel") {
		t.Errorf("got %+v, want a code without an account and why", st)
	}
	if s.wa.Phone().Linked() {
		t.Error("the phone is still linked")
	}
	wantCode(t, "ending no session", s.Unpair(soon(t)), ticket.CodeConflict)
	if err := s.wa.Phone().ScanQR(soon(t), s.until(whatsapp.StatePairing).QR); err != nil {
		t.Fatalf("scan the new code: %v", err)
	}
	s.until(whatsapp.StateConnected)
}
