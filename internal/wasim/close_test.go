package wasim_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/wasim"
)

// goroutines returns the stacks that mention a text.
func goroutines(text string) []string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(stack, text) && !strings.Contains(stack, "testing.tRunner(") {
			found = append(found, stack)
		}
	}
	return found
}

// TestCloseLeavesNothingBehind is not parallel: no other simulator runs.
func TestCloseLeavesNothingBehind(t *testing.T) {
	s, c := linked(t, func(c *client) { c.stays = true })
	id := s.NewCustomer(wasim.Profile{}).SendImage(jpeg(), "")
	m := c.message(id)
	s.MediaFault(wasim.MediaFault{Block: true})
	blocked := make(chan error, 1)
	go func() {
		resp, err := s.HTTPClient().Get(m.Message.GetImageMessage().GetURL())
		if err == nil {
			err = resp.Body.Close()
		}
		blocked <- err
	}()
	unlinked := newClient(t, s)
	unlinked.stays = true
	unlinked.qr()

	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if left := goroutines("mostrador/internal/wasim."); len(left) > 0 {
		t.Errorf("got %d goroutines after Close, want none:\n%s", len(left), strings.Join(left, "\n\n"))
	}
	if err := <-blocked; err == nil {
		t.Error("got an answer to the blocked download, want it cut")
	}
	await(t, c, anyOf[*events.Disconnected])
	if err := s.Close(); err != nil {
		t.Errorf("got %v from a second Close, want none", err)
	}
	if _, err := s.HTTPClient().Get("https://web.whatsapp.com"); err == nil {
		t.Error("got an answer after Close, want none")
	}
}

func TestOnMessageIsCalledForEachMessageAndCloseWaitsForIt(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	ana.OnMessage(func(r wasim.Received) { ana.SendReply("gracias", r.ID) })
	c.mustSendText(ana.JID(), "OUT1", "listo")
	answer := await(t, c, func(m *events.Message) bool {
		return m.Message.GetExtendedTextMessage().GetContextInfo().GetStanzaID() == "OUT1"
	})
	same(t, answer.Message.GetExtendedTextMessage().GetText(), "gracias")
}

func TestTheServerSpeaksForWhatsAppsHostsOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if _, err := s.HTTPClient().Get("https://example.org"); err == nil {
		t.Error("got an answer as example.org, want a certificate error")
	}
	client := http.Client{Timeout: time.Second}
	if _, err := whatsmeow.GetLatestVersion(soon(t), s.HTTPClient()); err != nil {
		t.Errorf("got %v, want the current version", err)
	}
	client.CloseIdleConnections()
}

func TestCustomersGetAddressesOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	seen := map[string]bool{s.Phone().JID().User: true, s.Phone().LID().User: true}
	for range 50 {
		c := s.NewCustomer(wasim.Profile{Phone: "5214772758198"})
		if seen[c.Phone()] || seen[c.LID()] {
			t.Errorf("got phone %s and LID %s again, want new ones", c.Phone(), c.LID())
		}
		seen[c.Phone()], seen[c.LID()] = true, true
		same(t, s.Customer(c.JID()), c)
	}
	same(t, len(s.Customers()), 50)
}
