package main

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"mostrador/internal/wasim"
)

func TestCustomersRememberWhatTheySaid(t *testing.T) {
	sim, err := wasim.Start(wasim.Options{FewKeys: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	c := newCrowd(sim, 2)[1]
	for _, m := range []move{
		{kind: moveQuote, count: 1}, // has nothing to quote yet
		{kind: moveText, count: 3},
		{kind: movePhoto, count: 1, content: 9, size: 2000},
		{kind: moveEdit, count: 1},
		{kind: moveEdit, count: 1}, // nobody corrects the same text twice
		{kind: moveQuote, count: 1},
	} {
		c.say(m)
	}
	if len(c.said) != 7 || c.edits != 1 {
		t.Fatalf("got %d messages, %d corrections, want 7, 1", len(c.said), c.edits)
	}
	ids := map[string]bool{}
	for i, s := range c.said {
		ids[s.id] = true
		if corrected := i == 3; (s.original != "") != corrected || corrected && s.text != s.original+" (corregido)" {
			t.Errorf("message %d: got %q, before %q", i, s.text, s.original)
		}
		if s.customer != 1 {
			t.Errorf("message %d: got customer %d, want 1", i, s.customer)
		}
	}
	if len(ids) != 7 {
		t.Errorf("got %d ids for 7 messages", len(ids))
	}
	sum := sha256.Sum256(picture(9, 2000))
	if got := c.said[4].photo; got != hex.EncodeToString(sum[:]) {
		t.Errorf("got photo %q, want the one of content 9", got)
	}
}
