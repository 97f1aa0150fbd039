package whatsapp_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/wasim"
)

// hardship is a session to which everything happens in any order.
type hardship struct {
	*session
	people []*wasim.Customer
	plain  map[string]string // ids of messages the device got whole, or will, and their texts
	absent map[string]string // ids of those it never gets from their sender
	photos []string
	faults []string // found in this run
}

func (h *hardship) failf(format string, args ...any) {
	h.faults = append(h.faults, fmt.Sprintf(format, args...))
}

// steps are what can happen. Only two of them wait for the client.
var steps = map[string]func(*hardship, *wasim.Customer){
	"write": func(h *hardship, who *wasim.Customer) {
		text := fmt.Sprint("número ", len(h.plain))
		h.plain[who.SendText(text)] = text
	},
	"write and wait": func(h *hardship, who *wasim.Customer) {
		id := who.SendText("pausa")
		h.plain[id] = "pausa"
		h.dealtWith(id)
	},
	"broken message": func(h *hardship, who *wasim.Customer) {
		h.plain[who.Send(&waE2E.Message{Conversation: proto.String("rota")}, wasim.SendOptions{Broken: true})] = "rota"
	},
	"message without a ciphertext": func(h *hardship, who *wasim.Customer) {
		h.absent[who.Send(&waE2E.Message{Conversation: proto.String("ausente")}, wasim.SendOptions{Unavailable: true, Reason: "fanout"})] = "ausente"
	},
	"request to the phone lost": func(h *hardship, who *wasim.Customer) {
		h.wa.Phone().AnswerResends(false)
		id := who.Send(&waE2E.Message{Conversation: proto.String("ausente")}, wasim.SendOptions{Unavailable: true, Reason: "fanout"})
		h.absent[id] = "ausente"
		h.dealtWith(id)
	},
	"photo that expires": func(h *hardship, who *wasim.Customer) {
		id := who.SendImage(jpeg, "mire")
		h.wa.ExpireMedia(id)
		h.plain[id], h.photos = "mire", append(h.photos, id)
	},
	"drop":             func(h *hardship, _ *wasim.Customer) { h.wa.Drop() },
	"drop while asked": func(h *hardship, _ *wasim.Customer) { h.wa.CutBeforeProcessing(1) },
	"disk full": func(h *hardship, _ *wasim.Customer) {
		h.box.failWith(func(queue.Entry) error { return syscall.ENOSPC })
	},
	"disk free":      func(h *hardship, _ *wasim.Customer) { h.box.failWith(nil) },
	"session frozen": func(h *hardship, _ *wasim.Customer) { h.freeze(true) },
	"session thawed": func(h *hardship, _ *wasim.Customer) { h.freeze(false) },
	"phone off":      func(h *hardship, _ *wasim.Customer) { h.wa.Phone().SetOnline(false) },
	"phone on":       func(h *hardship, _ *wasim.Customer) { h.wa.Phone().SetOnline(true) },
	"restart": func(h *hardship, _ *wasim.Customer) {
		h.stop()
		h.session = resume(h.t, h.wa, h.box, h.opts)
	},
}

func (h *hardship) freeze(on bool) {
	h.t.Helper()
	if err := whatsapp.FreezeStore(h.Client, on); err != nil {
		h.t.Fatal(err)
	}
}

// kept fails when something was acknowledged that is nowhere.
func (h *hardship) kept() {
	for id := range h.plain {
		if h.wa.Acked(id) && len(h.entries(id)) == 0 {
			h.failf("message %s: got it acknowledged, want it stored before", id)
		}
	}
}

// dealtWith waits until a message is stored, or could not be.
func (h *hardship) dealtWith(id string) {
	h.t.Helper()
	changes, end := h.Changes()
	defer end()
	for ctx := soon(h.t); ; {
		next := h.box.next()
		if len(h.entries(id)) > 0 || h.State().Name == whatsapp.StateNoSpace {
			return
		}
		select {
		case <-next:
		case <-changes:
		case <-ctx.Done():
			h.t.Fatalf("message %s: got it neither stored nor refused", id)
		}
	}
}

// entries are the keys under which a message, or its placeholder, is stored.
func (h *hardship) entries(id string) map[string]queue.Entry {
	found := map[string]queue.Entry{}
	for _, e := range h.box.all() {
		if e.Message.ID == id {
			found[e.Key] = e
		}
	}
	return found
}

// settle ends all trouble and waits until everything is in the box.
func (h *hardship) settle() {
	h.t.Helper()
	h.box.failWith(nil)
	h.freeze(false)
	h.wa.CutBeforeProcessing(0)
	h.wa.Phone().SetOnline(true)
	h.wa.Phone().AnswerResends(true)
	h.until(whatsapp.StateConnected)
	for _, list := range []map[string]string{h.plain, h.absent} {
		for id, text := range list {
			if got := h.box.wait(h.t, text, original(id)).Message.Content; got != text {
				h.failf("message %s: got %q, want %q", id, got, text)
			}
		}
	}
	if err := h.wa.WaitIdle(soon(h.t)); err != nil {
		h.failf("unacknowledged: got %d, want none", h.wa.Unacked())
	}
	for _, id := range h.photos {
		file, err := h.Fetch(soon(h.t), h.box.wait(h.t, "photo", original(id)).Media)
		if err != nil || !bytes.Equal(file.Data, jpeg) {
			h.failf("photo %s: got %d bytes, %v, want it", id, len(file.Data), err)
		}
	}
}

// once fails when a message is in the box under more than one key: as itself and,
// at most, as a placeholder.
func (h *hardship) once() {
	for _, list := range []map[string]string{h.plain, h.absent} {
		for id := range list {
			var kinds []string
			for key := range h.entries(id) {
				kinds = append(kinds, key[strings.LastIndex(key, "|"):])
			}
			if strings.Count(strings.Join(kinds, ""), "|m") != 1 || len(kinds) > 2 {
				h.failf("message %s: got it under keys of the kinds %v, want one |m and at most one |p", id, kinds)
			}
			if n := h.wa.Phone().Asked(id); n > 0 && list[id] != "rota" && list[id] != "ausente" {
				h.failf("message %s: got it asked for %d times, want none: it could be read", id, n)
			}
		}
	}
	if strays := h.wa.Strays(); len(strays) > 0 {
		h.failf("acknowledged on another line: got %v, want none", strays)
	}
}

// This test changes a setting of rapid, so it does not run beside others.
func TestNothingIsLostAndNothingIsTwiceWhateverHappens(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	if err := checks.Value.Set("25"); err != nil { // one takes some 100 ms
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Value.Set(before) })
	h := &hardship{session: paired(t)}
	for addressing := range 4 {
		h.people = append(h.people, h.wa.NewCustomer(wasim.Profile{Addressing: wasim.Addressing(addressing)}))
	}
	names := slices.Sorted(maps.Keys(steps))
	rapid.Check(t, func(rt *rapid.T) {
		h.plain, h.absent, h.photos, h.faults = map[string]string{}, map[string]string{}, nil, nil
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 4, 12).Draw(rt, "steps") {
			steps[name](h, h.people[rapid.IntRange(0, len(h.people)-1).Draw(rt, "who")])
			h.kept()
		}
		h.settle()
		h.kept()
		h.once()
		if len(h.faults) > 0 {
			rt.Fatal(strings.Join(h.faults, "\n"))
		}
	})
	if got := h.missing(); got != 0 {
		t.Errorf("still wanted: got %d, want none", got)
	}
}
