package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/bridge/api"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// asked is what the bridge answers the server's wish.
func (f *fixture) asked(t *testing.T, method, path, body string, want int) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	f.ServeHTTP(w, authorized(method, path, body))
	if w.Code != want {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	return w
}

func TestThePairingTellsAllThatIsNeededElsewhere(t *testing.T) {
	f := newFixture()
	expires := f.clock.Add(17*time.Second + time.Millisecond)
	f.status = api.Status{State: "vinculando", QR: "2@x", QRExpires: expires, Code: "ABCD-1234", Reason: "r", Solution: "s"}
	var got wire.Pairing
	if err := json.Unmarshal(f.asked(t, http.MethodGet, wire.PathPairing, "", http.StatusOK).Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := wire.Pairing{State: "vinculando", QR: "2@x", Expires: &expires, Code: "ABCD-1234", Seconds: 18, Reason: "r", Solution: "s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pairing (-want +got):\n%s", diff)
	}
	f.status = api.Status{State: "passkey", Passkey: &api.Passkey{PublicKey: json.RawMessage(`{"challenge":"q83v"}`), Expires: f.clock.Add(time.Minute)}}
	w := f.asked(t, http.MethodGet, wire.PathPairing, "", http.StatusOK)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Passkey == nil {
		t.Fatalf("got %s, %v, want the demand for a passkey", w.Body, err)
	}
	if !strings.Contains(got.Passkey.Program, `{"challenge":"q83v"}`) || got.Passkey.Seconds != 60 || got.Passkey.Code != "" {
		t.Errorf("got %+v, want the program and a minute", got.Passkey)
	}
	f.status.Passkey.Code = "WXYZ"
	var answered wire.Pairing
	if err := json.Unmarshal(f.asked(t, http.MethodGet, wire.PathPairing, "", http.StatusOK).Body.Bytes(), &answered); err != nil || answered.Passkey == nil {
		t.Fatal(err)
	}
	if answered.Passkey.Program != "" || answered.Passkey.Code != "WXYZ" {
		t.Errorf("got %+v, want only the code to compare", answered.Passkey)
	}
}

func TestTheServerPairsAndEndsTheSessionFromAfar(t *testing.T) {
	f := newFixture()
	f.asked(t, http.MethodPost, wire.PathPairCode, `{"telefono":"+52 477 123 4567"}`, http.StatusOK)
	f.asked(t, http.MethodPost, wire.PathPasskey, `{"respuesta":"{\"id\":\"x\"}"}`, http.StatusOK)
	f.asked(t, http.MethodPost, wire.PathPasskeyConfirm, "", http.StatusOK)
	f.asked(t, http.MethodPost, wire.PathUnpair, "", http.StatusOK)
	want := []string{"+52 477 123 4567", `{"id":"x"}`, "confirm", "unpair"}
	if diff := cmp.Diff(want, f.whatsapp.asked); diff != "" {
		t.Errorf("the session was asked (-want +got):\n%s", diff)
	}
}

func TestWishesThatWhatsAppRefusesSayWhy(t *testing.T) {
	f := newFixture()
	f.whatsapp.err = ticket.NewError(ticket.CodeConflict, "Ahora no.")
	for path, body := range map[string]string{wire.PathPairCode: `{"telefono":"1"}`, wire.PathPasskey: `{"respuesta":"x"}`, wire.PathPasskeyConfirm: "", wire.PathUnpair: ""} {
		if got := f.asked(t, http.MethodPost, path, body, http.StatusConflict).Body.String(); !strings.Contains(got, "Ahora no.") {
			t.Errorf("%s: got %s, want the reason", path, got)
		}
	}
	for _, path := range []string{wire.PathPairCode, wire.PathPasskey} {
		f.asked(t, http.MethodPost, path, "{", http.StatusBadRequest)
	}
}

func TestNobodyPairsWithoutTheToken(t *testing.T) {
	f := newFixture()
	for _, path := range []string{wire.PathPairCode, wire.PathPasskey, wire.PathPasskeyConfirm, wire.PathUnpair} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, remote(http.MethodPost, path, `{}`))
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s: got %d, want 401", path, w.Code)
		}
	}
	if len(f.whatsapp.asked) > 0 {
		t.Errorf("the session was asked %q, want nothing", f.whatsapp.asked)
	}
}
