package queue_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/wire"
)

func mustOpen(t testing.TB, dir string) *queue.Queue {
	t.Helper()
	q, err := queue.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func entry(chat, key string) queue.Entry {
	return queue.Entry{
		Key:        key,
		Chat:       chat,
		Message:    wire.Webhook{Sender: chat, Content: "mensaje " + key, ID: key},
		ReceivedAt: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	}
}

func mustPut(t testing.TB, q *queue.Queue, entries ...queue.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := q.Put(e); err != nil {
			t.Fatal(err)
		}
	}
}

// ready hands out the next item, nil when there is none now.
func ready(t testing.TB, next func(context.Context) (*queue.Item, error)) *queue.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	item, err := next(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return item
}

// mustReady hands out the next item, which is there.
func mustReady(t testing.TB, next func(context.Context) (*queue.Item, error)) *queue.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	item, err := next(ctx)
	if err != nil {
		t.Fatalf("nothing is handed out: %v", err)
	}
	return item
}

func mustNext(t testing.TB, next func(context.Context) (*queue.Item, error), key string) *queue.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	item, err := next(ctx)
	if err != nil {
		t.Fatalf("waiting for %q: %v", key, err)
	}
	if item.Entry.Key != key {
		t.Fatalf("got message %q, want %q", item.Entry.Key, key)
	}
	return item
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func counts(s queue.Stats) [4]int { return [4]int{s.Waiting, s.Files, s.Parked, s.Damaged} }

func wantCounts(t testing.TB, q *queue.Queue, waiting, files, parked, damaged int) {
	t.Helper()
	if got, want := counts(q.Stats()), [4]int{waiting, files, parked, damaged}; got != want {
		t.Errorf("waiting, files, parked, damaged: got %v, want %v", got, want)
	}
}

func TestAnEntryThatCouldNotBeReadBackIsRefused(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	odd := entry("ana", "1")
	far := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	odd.Message.Date = &far
	for name, e := range map[string]queue.Entry{"no key": entry("ana", ""), "key": entry("ana", "3A\xff"), "chat": entry("an\xff", "1"), "date": odd} {
		if err := q.Put(e); !errors.Is(err, queue.ErrUnfit) {
			t.Errorf("%s: got %v, want ErrUnfit", name, err)
		}
	}
	if got := q.Stats(); got != (queue.Stats{}) {
		t.Errorf("got %+v, want nothing kept and no disk blamed", got)
	}
}

func TestAMessageComesOutAsItWentIn(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	want := entry("ana@lid", "1")
	want.Media = []byte{0, 255, 7}
	want.Message.Content = "no prende ñandú 🙂"
	mustPut(t, q, want)
	item := mustNext(t, q.Next, "1")
	if diff := cmp.Diff(want, item.Entry); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	must(t, q.Done(item))
	wantCounts(t, q, 0, 0, 0, 0)
}

func TestAKeyThatIsHereIsDroppedInEveryState(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	again := func(where string) {
		t.Helper()
		before := q.Stats()
		mustPut(t, q, entry("ana", "1"))
		if got := q.Stats(); got != before {
			t.Errorf("%s: got %+v after a repeat, want %+v", where, got, before)
		}
	}
	mustPut(t, q, entry("ana", "1"))
	again("waiting")
	item := mustNext(t, q.Next, "1")
	again("in flight")
	must(t, q.AwaitFile(item))
	again("awaiting its file")
	item = mustNext(t, q.NextFile, "1")
	must(t, q.Park(item, "El servidor lo rechazó."))
	again("parked")
	if _, err := q.Retry(nil); err != nil {
		t.Fatal(err)
	}
	must(t, q.Done(mustNext(t, q.Next, "1")))
	mustPut(t, q, entry("ana", "1"))
	wantCounts(t, q, 1, 0, 0, 0)
}

func TestMessagesOfOneChatKeepTheirOrderAndChatsDoNotWaitForEachOther(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	mustPut(t, q, entry("ana", "a1"), entry("ana", "a2"), entry("luis", "l1"))
	a1 := mustNext(t, q.Next, "a1")
	mustNext(t, q.Next, "l1")
	if item := ready(t, q.Next); item != nil {
		t.Fatalf("got %q while the message before it is in flight, want nothing", item.Entry.Key)
	}
	q.Defer(a1, time.Now().Add(time.Hour))
	if item := ready(t, q.Next); item != nil {
		t.Fatalf("got %q while the message before it is deferred, want nothing", item.Entry.Key)
	}
	q.WakeAll()
	a1 = mustNext(t, q.Next, "a1")
	if a1.Attempts != 1 {
		t.Errorf("attempts: got %d, want 1", a1.Attempts)
	}
	must(t, q.Done(a1))
	if a2 := mustNext(t, q.Next, "a2"); a2.Attempts != 0 {
		t.Errorf("attempts of the next message: got %d, want 0", a2.Attempts)
	}
}

func TestOutstandingFilesAreIndependentOfEachOther(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	mustPut(t, q, entry("ana", "a1"), entry("ana", "a2"))
	must(t, q.AwaitFile(mustNext(t, q.Next, "a1")))
	must(t, q.AwaitFile(mustNext(t, q.Next, "a2")))
	first := mustNext(t, q.NextFile, "a1")
	mustNext(t, q.NextFile, "a2")
	q.Defer(first, time.Now().Add(-time.Second))
	mustNext(t, q.NextFile, "a1")
}

func TestEverythingSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	q := mustOpen(t, dir)
	for i := range 4 {
		mustPut(t, q, entry("ana", fmt.Sprint("a", i)), entry("luis", fmt.Sprint("l", i)))
	}
	must(t, q.AwaitFile(mustNext(t, q.Next, "a0")))
	must(t, q.Park(mustNext(t, q.Next, "l0"), "Número inválido."))
	mustNext(t, q.Next, "a1") // in flight when the program dies
	before := q.Stats()
	before.Stored = 0 // counts what this program stored

	q = mustOpen(t, dir)
	if diff := cmp.Diff(before, q.Stats()); diff != "" {
		t.Errorf("stats after the restart (-before +after):\n%s", diff)
	}
	mustPut(t, q, entry("ana", "a4"), entry("ana", "a2"))
	mustNext(t, q.NextFile, "a0")
	for _, key := range []string{"a1", "l1", "l2", "a2", "a3", "l3", "a4"} {
		must(t, q.Done(nextOf(t, q, key)))
	}
	parked, err := q.Parked(10)
	if err != nil || len(parked) != 1 || parked[0].Reason != "Número inválido." {
		t.Errorf("parked: got %+v, %v, want l0 with its reason", parked, err)
	}
}

// nextOf hands out the message key, giving back those of other chats.
func nextOf(t *testing.T, q *queue.Queue, key string) *queue.Item {
	t.Helper()
	var others []*queue.Item
	defer func() {
		for _, other := range others {
			q.Defer(other, time.Time{})
		}
	}()
	for {
		item := mustReady(t, q.Next)
		if item.Entry.Key == key {
			return item
		}
		others = append(others, item)
	}
}

func TestRetryPutsParkedMessagesBackInTheirPlace(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	mustPut(t, q, entry("ana", "a1"), entry("ana", "a2"))
	must(t, q.Park(mustNext(t, q.Next, "a1"), "no"))
	wantCounts(t, q, 1, 0, 1, 0)
	if n, err := q.Retry(nil); n != 1 || err != nil {
		t.Errorf("Retry: got %d, %v, want 1", n, err)
	}
	must(t, q.Done(mustNext(t, q.Next, "a1")))
	must(t, q.Done(mustNext(t, q.Next, "a2")))
}

func TestParallelPutsAllArrive(t *testing.T) {
	const callers, each = 16, 8
	dir := t.TempDir()
	q := mustOpen(t, dir)
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				if err := q.Put(entry(fmt.Sprint("chat", c), fmt.Sprintf("%d-%d", c, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wantCounts(t, mustOpen(t, dir), callers*each, 0, 0, 0)
	next := map[string]int{}
	for range callers * each {
		item := mustReady(t, q.Next)
		chat := item.Entry.Chat
		if want := fmt.Sprintf("%s-%d", chat[len("chat"):], next[chat]); item.Entry.Key != want {
			t.Errorf("chat %s: got %s, want %s", chat, item.Entry.Key, want)
		}
		next[chat]++
		must(t, q.Done(item))
	}
}

func TestParallelPutsOfOneKeyAreOneMessage(t *testing.T) {
	dir := t.TempDir()
	q := mustOpen(t, dir)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if err := q.Put(entry("ana", "1")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantCounts(t, q, 1, 0, 0, 0)
	if files, _ := os.ReadDir(filepath.Join(dir, "espera")); len(files) != 1 {
		t.Errorf("got %d files, want 1", len(files))
	}
}

func TestNextWaitsForAPutAndForItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := mustOpen(t, t.TempDir())
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error)
		go func() {
			_, err := q.Next(ctx)
			got <- err
			_, err = q.Next(ctx)
			got <- err
		}()
		synctest.Wait()
		mustPut(t, q, entry("ana", "1"))
		if err := <-got; err != nil {
			t.Errorf("Next: got %v after a Put", err)
		}
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("Next: got %v, want the context's error", err)
		}
	})
}

func TestADeferredMessageComesBackWhenItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := mustOpen(t, t.TempDir())
		mustPut(t, q, entry("ana", "1"))
		start := time.Now()
		q.Defer(mustNext(t, q.Next, "1"), start.Add(5*time.Second))
		if item, err := q.Next(t.Context()); err != nil || item.Entry.Key != "1" || !time.Now().Equal(start.Add(5*time.Second)) {
			t.Errorf("got %v after %v, want message 1 after 5s", err, time.Since(start))
		}
	})
}

func TestOldestIsWhenTheOldestWaitingMessageArrived(t *testing.T) {
	clock := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	q, err := queue.Open(dir, func() time.Time { return clock })
	must(t, err)
	if got := q.Stats().Oldest; !got.IsZero() {
		t.Errorf("empty queue: got %v, want no time", got)
	}
	arrived := clock
	mustPut(t, q, entry("ana", "1"))
	clock = clock.Add(-time.Hour) // somebody corrects the laptop's clock
	mustPut(t, q, entry("ana", "2"))
	item := mustNext(t, q.Next, "1")
	if got := q.Stats().Oldest; !got.Equal(arrived) {
		t.Errorf("while in flight: got %v, want %v", got, arrived)
	}
	must(t, q.Done(item))
	if got := q.Stats().Oldest; !got.After(arrived) {
		t.Errorf("second message: got %v, want later than %v whatever the clock says", got, arrived)
	}
}

func TestAnEntryWithoutAKeyIsRefused(t *testing.T) {
	q := mustOpen(t, t.TempDir())
	if err := q.Put(entry("ana", "")); err == nil {
		t.Error("got no error for an entry without a key")
	}
	wantCounts(t, q, 0, 0, 0, 0)
}

// waiters calls Next so many times at once; what it hands out comes out of the
// channel.
func waiters(ctx context.Context, q *queue.Queue, count int) <-chan string {
	got := make(chan string, count)
	for range count {
		go func() {
			if item, err := q.Next(ctx); err == nil {
				got <- item.Entry.Key
			}
		}()
	}
	synctest.Wait()
	return got
}

func TestAllWhoWaitAreServedWhenMuchIsDueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := mustOpen(t, t.TempDir())
		mustPut(t, q, entry("ana", "1"), entry("luis", "2"))
		for _, item := range []*queue.Item{mustReady(t, q.Next), mustReady(t, q.Next)} {
			q.Defer(item, time.Now().Add(time.Hour))
		}
		got := waiters(t.Context(), q, 3)
		q.WakeAll()
		synctest.Wait()
		if len(got) != 2 {
			t.Errorf("got %d messages handed out, want 2", len(got))
		}
	})
}

func TestAMessageWhoseTimeComesIsNotForgottenByThoseWhoStillWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := mustOpen(t, t.TempDir())
		mustPut(t, q, entry("ana", "late"))
		late := mustNext(t, q.Next, "late")
		got := waiters(t.Context(), q, 2)
		q.Defer(late, time.Now().Add(5*time.Second))
		synctest.Wait() // one of the two knows when it is due,
		mustPut(t, q, entry("luis", "now"))
		synctest.Wait() // and may be the one that is busy from here on
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(got) != 2 {
			t.Errorf("got %d messages handed out, want 2", len(got))
		}
	})
}

func TestWhoStopsWaitingTakesNobodysMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := mustOpen(t, t.TempDir())
		for i := range 50 {
			ctx, cancel := context.WithCancel(t.Context())
			leaving, staying := waiters(ctx, q, 1), waiters(t.Context(), q, 1)
			mustPut(t, q, entry(fmt.Sprint("chat", i), strconv.Itoa(i)))
			cancel()
			synctest.Wait()
			if len(leaving)+len(staying) != 1 {
				t.Fatalf("round %d: got %d messages handed out, want 1", i, len(leaving)+len(staying))
			}
			mustPut(t, q, entry(fmt.Sprint("next", i), fmt.Sprint("next", i)))
			if len(leaving) == 0 {
				must(t, q.Done(mustReady(t, q.Next)))
			}
			synctest.Wait()
		}
	})
}
