package main

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func some(seed uint64) options {
	return options{seed: seed, messages: 500, customers: 7, replies: 40, kills: 10, troubles: 20, fills: 3, days: 2}
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

func TestDaysWithoutTheServerAreSpreadEvenly(t *testing.T) {
	moves := plan(some(10))
	var days []int
	for i, m := range moves {
		if m.kind != moveDay {
			continue
		}
		days = append(days, i*100/len(moves))
		if m.count < 1 || m.count > dayReplies {
			t.Errorf("got %d replies that wait, want 1 to %d", m.count, dayReplies)
		}
	}
	if !slices.Equal(days, []int{33, 66}) {
		t.Errorf("got days at %v %% of the plan, want 33, 66", days)
	}
}

func TestADayIsLongerThanRepliesMayWaitWhateverTheClocksDo(t *testing.T) {
	for seed := range uint64(20) {
		for _, m := range plan(options{seed: seed, customers: 1, troubles: 200}) {
			if m.kind == moveClock && (m.hold < -clockJump || m.hold > clockJump) {
				t.Fatalf("got a jump by %v, want at most %v", m.hold, clockJump)
			}
		}
	}
	if late := 24 * time.Hour; dayLength-2*clockJump < late {
		t.Errorf("got a day of %v with jumps of %v, want replies to wait %v", dayLength, clockJump, late)
	}
}

func TestTheBridgeIsKilledWithSomeFullDisksOnly(t *testing.T) {
	killed, fills := 0, 0
	for _, m := range plan(options{seed: 3, customers: 5, fills: 40}) {
		if m.kind == moveFull {
			fills++
			killed += m.count
		}
	}
	if fills != 40 || killed == 0 || killed == fills {
		t.Errorf("got %d full disks, %d with a kill, want 40 and some", fills, killed)
	}
}
