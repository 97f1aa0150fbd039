package wasim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"mostrador/internal/wasim"
)

func TestARemoteSimulatorIsReachedThroughItsDescription(t *testing.T) {
	s := newServer(t)
	text, err := json.Marshal(s.Remote())
	if err != nil {
		t.Fatal(err)
	}
	var remote wasim.Remote
	if err := json.Unmarshal(text, &remote); err != nil {
		t.Fatal(err)
	}
	client, err := remote.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://web.whatsapp.com/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
		t.Errorf("got %d %q, %v, want the front page", resp.StatusCode, body, err)
	}
}

func TestADamagedDescriptionIsRefused(t *testing.T) {
	if client, err := (wasim.Remote{Certificate: []byte("nonsense")}).Dial(); err == nil {
		t.Errorf("got %v, want an error", client)
	}
}
