package main

import (
	"reflect"
	"testing"
)

func some(seed uint64) options {
	return options{seed: seed, messages: 500, customers: 7, replies: 40, kills: 10, troubles: 20}
}

func TestTheSameSeedGivesTheSamePlan(t *testing.T) {
	if !reflect.DeepEqual(plan(some(7)), plan(some(7))) {
		t.Error("got two plans, want one")
	}
	if reflect.DeepEqual(plan(some(7)), plan(some(8))) {
		t.Error("got the same plan for another seed")
	}
}

func TestAPlanHasAllThatWasAskedFor(t *testing.T) {
	said, count := 0, map[moveKind]int{}
	for _, m := range plan(some(9)) {
		count[m.kind]++
		switch m.kind {
		case moveText, movePhoto, moveQuote:
			said += m.count
		default:
		}
		if m.who < 0 || m.who >= 7 {
			t.Errorf("got customer %d of 7", m.who)
		}
	}
	if said != 500 || count[moveKill] != 10 || count[moveReply]+count[moveNotice] != 40 {
		t.Errorf("got %d messages, %d kills, %d replies, want 500, 10, 40", said, count[moveKill], count[moveReply]+count[moveNotice])
	}
}
