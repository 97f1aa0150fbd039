package whatsapp

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	waLog "go.mau.fi/whatsmeow/util/log"

	"mostrador/internal/bridge/queue"
)

const ours = "5215550000001"

// absence is the list of a session in a fresh folder, and its clock.
type absence struct {
	*missing
	t     *testing.T
	store *sessionStore
	at    time.Time
}

func newAbsence(t *testing.T) *absence {
	t.Helper()
	store, err := openStore(t.Context(), t.TempDir(), waLog.Noop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	a := &absence{t: t, store: store, at: arrived}
	a.reload()
	return a
}

// reload reads the list as a new process does.
func (a *absence) reload() {
	a.t.Helper()
	m, err := loadMissing(a.t.Context(), a.store.db, func() time.Time { return a.at }, productTempo(), zerolog.Nop())
	if err != nil {
		a.t.Fatal(err)
	}
	a.missing = m
}

func (a *absence) lose(id string, chat types.JID) {
	evt := &events.UndecryptableMessage{}
	evt.Info.ID, evt.Info.Chat, evt.Info.Sender = id, chat, chat
	a.add(evt, ours, queue.Entry{Key: "P" + id, ReceivedAt: a.at})
}

func (a *absence) due() []string {
	var ids []string
	for _, m := range a.next(ours) {
		ids = append(ids, m.id)
	}
	return ids
}

func nobody(types.JID) types.JID { return types.JID{} }

func TestAMissingMessageIsAskedForFifteenTimesEverMoreRarely(t *testing.T) {
	a := newAbsence(t)
	a.lose("A", device(anaPhone, 3))
	var waits []time.Duration
	for last := a.at; len(a.list) > 0; {
		a.at = a.at.Add(time.Minute)
		a.reload() // each time as after a restart
		a.lose("A", anaPhone)
		if got := a.due(); len(got) > 0 {
			waits = append(waits, a.at.Sub(last))
			last = a.at
			a.asked(missingKey(anaPhone, "A"))
		}
	}
	minutes := []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440, 1440, 1440, 1440}
	var want []time.Duration
	for _, m := range minutes {
		want = append(want, time.Duration(m)*time.Minute)
	}
	if !slices.Equal(waits, want) {
		t.Errorf("waits: got %v, want %v", waits, want)
	}
	if a.reload(); len(a.list) != 0 {
		t.Errorf("after the last request: got %d on the list, want none", len(a.list))
	}
}

func TestAMissingMessageIsForgottenAfterTwoWeeks(t *testing.T) {
	a := newAbsence(t)
	a.lose("A", anaPhone)
	a.at = a.at.Add(missingFor)
	if got := a.due(); len(got) != 1 {
		t.Errorf("just before: got %v, want it", got)
	}
	a.at = a.at.Add(time.Second)
	if got := a.due(); len(got) != 0 {
		t.Errorf("after: got %v, want none", got)
	}
	if a.reload(); len(a.list) != 0 {
		t.Errorf("list: got %d, want it empty", len(a.list))
	}
}

func TestAMissingMessageIsFoundUnderEitherAddress(t *testing.T) {
	pair := map[types.JID]types.JID{anaPhone: anaLID, anaLID: anaPhone}
	other := func(jid types.JID) types.JID { return pair[jid] }
	for _, noted := range []types.JID{anaPhone, anaLID} {
		for _, brought := range []types.JID{anaPhone, device(anaLID, 2)} {
			a := newAbsence(t)
			a.lose("A", noted)
			a.lose("B", noted)
			a.found("A", workshop, nobody)
			if len(a.list) != 2 {
				t.Errorf("%v: got %d after another chat's message with the id, want both", noted, len(a.list))
			}
			a.found("A", brought, other)
			a.reload()
			a.at = a.at.Add(time.Hour)
			if got := a.due(); !slices.Equal(got, []string{"B"}) {
				t.Errorf("noted as %v, brought as %v: got %v, want only B", noted, brought, got)
			}
		}
	}
}

func TestOnlyThePhoneTheMessageWasForIsAsked(t *testing.T) {
	a := newAbsence(t)
	a.lose("A", anaPhone)
	a.at = a.at.Add(time.Hour)
	if got := a.next("5215550000002"); len(got) != 0 {
		t.Errorf("another account: got %v, want nothing", got)
	}
	if got := a.due(); len(got) != 1 {
		t.Errorf("the same account: got %v, want one", got)
	}
}

func TestTheListOfMissingMessagesIsBoundedAndAskedInTurn(t *testing.T) {
	a := newAbsence(t)
	if _, err := a.store.db.Exec("PRAGMA synchronous = OFF"); err != nil { // 5,000 writes
		t.Fatal(err)
	}
	for n := range maxMissing + 2 {
		a.lose(fmt.Sprintf("%05d", n), anaPhone)
		a.at = a.at.Add(time.Millisecond)
	}
	a.reload()
	a.at = a.at.Add(time.Hour)
	for _, first := range []string{"00002", "00022"} {
		got := a.next(ours)
		if len(got) != maxRequests || got[0].id != first {
			t.Fatalf("got %d from %s, want %d from %s", len(got), got[0].id, maxRequests, first)
		}
		for _, m := range got {
			a.asked(m.key())
		}
	}
	if len(a.list) != maxMissing {
		t.Errorf("list: got %d, want %d", len(a.list), maxMissing)
	}
}

func TestABrokenRowOfTheListStopsNothing(t *testing.T) {
	a := newAbsence(t)
	if _, err := a.store.db.Exec(upsertMissing, "1.2.3@lid", "X", anaLID.String(), ours, 0, 0, 0, nil); err != nil {
		t.Fatal(err)
	}
	a.lose("A", anaPhone)
	if a.reload(); len(a.list) != 1 {
		t.Errorf("list: got %d, want the good one", len(a.list))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := loadMissing(ended, a.store.db, time.Now, productTempo(), zerolog.Nop()); err == nil {
		t.Error("a list that cannot be read: got no error")
	}
}

func TestAListThatCannotBeWrittenStillServes(t *testing.T) {
	a := newAbsence(t)
	if _, err := a.store.db.Exec("PRAGMA query_only = ON"); err != nil {
		t.Fatal(err)
	}
	a.lose("A", anaPhone)
	a.at = a.at.Add(time.Hour)
	if got := a.due(); len(got) != 1 {
		t.Errorf("got %v, want it asked for", got)
	}
	a.found("A", anaPhone, nobody)
	if len(a.list) != 0 {
		t.Error("found: got it still on the list")
	}
}

func TestAFullDiskIsRecognised(t *testing.T) {
	a := newAbsence(t)
	if _, err := a.store.db.Exec("PRAGMA max_page_count = 1"); err != nil { // no growth from here
		t.Fatal(err)
	}
	var full error
	for n := 0; full == nil && n < 10_000; n++ {
		_, full = a.store.db.Exec(upsertMissing, "1@lid", strconv.Itoa(n), strings.Repeat("x", 1000), ours, 0, 0, 0, nil)
	}
	_, frozen := a.store.db.Exec("DELETE FROM nothing")
	for _, c := range []struct {
		err  error
		want bool
	}{
		{fmt.Errorf("keep session: %w", full), true},
		{fmt.Errorf("put: %w", &os.PathError{Err: syscall.ENOSPC}), runtime.GOOS != "windows"},
		{frozen, false}, {os.ErrPermission, false}, {syscall.EACCES, false}, {nil, false},
	} {
		if got := diskFull(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
	}
}

func TestAPlaceholderIsOwedUntilItIsInTheQueue(t *testing.T) {
	a := newAbsence(t)
	a.lose("A", anaPhone)
	a.at = a.at.Add(time.Second)
	a.lose("B", anaPhone)
	a.reload()
	if got := a.owed(); len(got) != 2 || got[0].Key != "PA" || got[1].Key != "PB" {
		t.Errorf("owed: got %+v, want both, oldest first", got)
	}
	a.shown("PA")
	a.reload()
	if got := a.owed(); len(got) != 1 || got[0].Key != "PB" {
		t.Errorf("owed: got %+v, want the other", got)
	}
	a.found("B", anaPhone, nobody)
	if got := a.owed(); len(got) != 0 {
		t.Errorf("owed once the message itself is here: got %+v, want none", got)
	}
}
