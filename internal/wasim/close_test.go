package wasim_test

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
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

// lasting returns the stacks that mention a text and do not go away.
func lasting(text string) []string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); ; {
		left := goroutines(text)
		if len(left) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-late:
			return left
		}
	}
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
	// What Close has waited for may still be on its last line.
	if left := lasting("mostrador/internal/wasim."); len(left) > 0 {
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
	s, c := linked(t, func(c *client) { c.stays = true })
	ana := s.NewCustomer(wasim.Profile{})
	ana.OnMessage(func(r wasim.Received) { ana.SendReply("gracias", r.ID) })
	c.mustSendText(ana.JID(), "OUT1", "listo")
	answer := await(t, c, func(m *events.Message) bool {
		return m.Message.GetExtendedTextMessage().GetContextInfo().GetStanzaID() == "OUT1"
	})
	same(t, answer.Message.GetExtendedTextMessage().GetText(), "gracias")

	called, release, closed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var over atomic.Bool
	ana.OnMessage(func(wasim.Received) {
		close(called)
		<-release
		for range 1000 { // so that a Close that does not wait is the first to end
			runtime.Gosched()
		}
		over.Store(true)
	})
	c.mustSendText(ana.JID(), "OUT2", "espere")
	<-called
	go func() {
		err := s.Close()
		if !over.Load() {
			err = errors.Join(err, errors.New("a function still runs"))
		}
		closed <- err
	}()
	await(t, c, anyOf[*events.Disconnected]) // Close is at work
	close(release)
	if err := <-closed; err != nil {
		t.Errorf("close: got %v, want it to wait for the function", err)
	}
}

func TestTheServerSpeaksForWhatsAppsHostsOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if _, err := s.HTTPClient().Get("https://example.org"); err == nil {
		t.Error("got an answer as example.org, want a certificate error")
	}
	if _, err := whatsmeow.GetLatestVersion(soon(t), s.HTTPClient()); err != nil {
		t.Errorf("got %v, want the current version", err)
	}
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
