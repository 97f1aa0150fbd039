package whatsapp

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// world is a supervisor's surroundings without any network. Time in these
// tests is synctest's.
type world struct {
	t    *testing.T
	s    *supervisor
	stop context.CancelFunc
	done chan struct{}

	mu        sync.Mutex
	began     time.Time
	dials     []time.Duration // when each connection was tried, since the start
	line      context.Context //nolint:containedctx // of the last connection
	number    int             // of the last link
	fresh     int             // links with a new device
	dialErr   error
	loggedIn  bool
	open      bool
	settled   int
	full      bool
	requests  []time.Duration
	logins    int
	confirmed int
	phone     string
	newer     bool
	updates   int
}

func (w *world) link(number int, fresh bool) link {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.number = number
	if fresh {
		w.fresh++
	}
	return w
}

// ConnectContext also checks that what belonged to the line before can say
// nothing more: it could acknowledge on this one what it did not finish.
func (w *world) ConnectContext(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.line != nil && w.line.Err() == nil {
		w.t.Error("new line: got the one before still alive, want it ended")
	}
	w.line = ctx
	w.dials = append(w.dials, time.Since(w.began))
	w.open = w.dialErr == nil
	return w.dialErr
}

func (w *world) Disconnect() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = false
}

func (w *world) IsConnected() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}

func (w *world) IsLoggedIn() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loggedIn
}

func (w *world) SendPasskeyConfirmation(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.confirmed++
	return nil
}

func (w *world) paired(phone, _ string) { w.phone = phone }
func (w *world) online()                { w.logins++ }
func (w *world) aside(work func())      { go work() }

func (w *world) settle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settled++
	return !w.full
}

func (w *world) request() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, time.Since(w.began))
}

// fill makes the disk full, or not.
func (w *world) fill(full bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.full = full
}

func (w *world) update(context.Context) (bool, error) {
	w.updates++
	return w.newer, nil
}

// supervise runs test with a supervisor in a bubble of fake time.
func supervise(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tempo := productTempo()
		tempo.jitter = func(d time.Duration) time.Duration { return d }
		w := &world{t: t, began: time.Now(), done: make(chan struct{})}
		w.s = &supervisor{around: w, board: newBoard(time.Now), mail: newMailbox(), tempo: tempo, now: time.Now, log: zerolog.Nop(), life: t.Context()}
		ctx, cancel := context.WithCancel(t.Context())
		w.stop = cancel
		go func() {
			defer close(w.done)
			w.s.run(ctx)
		}()
		synctest.Wait()
		test(t, w)
		cancel()
		<-w.done
		if w.open || w.line.Err() == nil {
			t.Error("line: got it open after the end, want it closed")
		}
	})
}

// event is one of the current link.
func (w *world) event(evt any) {
	w.t.Helper()
	s, ok := meaning(evt)
	if !ok {
		w.t.Fatalf("%T means nothing", evt)
	}
	w.mu.Lock()
	if _, ok := evt.(*events.Connected); ok {
		w.loggedIn = true
	}
	number := w.number
	w.mu.Unlock()
	w.s.mail.post(letter{number, s})
	synctest.Wait()
}

func (w *world) pass(d time.Duration) {
	time.Sleep(d) // in the bubble: nothing waits for real
	synctest.Wait()
}

func (w *world) want(name StateName) State {
	w.t.Helper()
	s := w.s.board.view()
	if s.Name != name {
		w.t.Fatalf("state: got %+v, want %s", s, name)
	}
	return s
}

// tries returns when connections were tried, and forgets them.
func (w *world) tries() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	dials := w.dials
	w.dials = nil
	return dials
}

func seconds(n ...int) []time.Duration {
	var list []time.Duration
	for _, s := range n {
		list = append(list, time.Duration(s)*time.Second)
	}
	return list
}

func TestTheWaitBetweenTriesGrowsFromFiveSecondsToFiveMinutes(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.mu.Lock()
		w.dialErr = errors.New("no route")
		w.mu.Unlock()
		w.event(&events.Disconnected{})
		w.pass(17 * time.Minute)
		want := seconds(0, 0, 5, 15, 35, 75, 155, 315, 615, 915)
		if got := w.tries(); !slices.Equal(got, want) {
			t.Errorf("tries: got %v, want %v", got, want)
		}
		if s := w.want(StateConnecting); s.Reason == "" || s.Solution == "" {
			t.Errorf("got %+v, want it explained", s)
		}
	})
}

func TestALineThatWasGoodIsMadeAgainAtOnce(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.want(StateConnected)
		for range 3 {
			w.pass(time.Minute)
			w.tries()
			w.event(&events.Disconnected{})
			if got := len(w.tries()); got != 1 {
				t.Errorf("tries at once: got %d, want 1", got)
			}
			w.event(&events.Connected{})
		}
		w.event(&events.Disconnected{}) // this one lived no time at all
		w.tries()
		w.pass(4 * time.Second)
		if got := len(w.tries()); got != 0 {
			t.Errorf("tries of a line that keeps falling: got %d within 4 s, want none", got)
		}
		w.pass(time.Second)
		if got := len(w.tries()); got != 1 {
			t.Errorf("tries of a line that keeps falling: got %d after 5 s, want 1", got)
		}
	})
}

func TestQRCodesFollowEachOtherAndNewOnesAreFetched(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.tries()
		w.event(&events.QR{Codes: []string{"a", "b", "c"}})
		for i, life := range seconds(60, 20, 20) {
			s := w.want(StatePairing)
			if want := string("abc"[i]); s.QR != want || !s.QRExpires.Equal(time.Now().Add(life)) {
				t.Errorf("code %d: got %q until %v, want %q for %v", i, s.QR, s.QRExpires, want, life)
			}
			w.pass(life)
		}
		if s := w.want(StateConnecting); s.QR != "" || len(w.tries()) != 1 {
			t.Errorf("after the last code: got %+v, want a new connection and no code", s)
		}
	})
}

func TestAPairingWithoutALoginIsStartedOver(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.QR{Codes: []string{"a"}})
		w.event(&events.PairSuccess{ID: types.NewJID("52155", types.DefaultUserServer)})
		w.tries()
		w.pass(14 * time.Second)
		if got := w.tries(); len(got) != 0 || w.phone != "52155" {
			t.Errorf("before 15 s: got tries %v of %q, want none", got, w.phone)
		}
		w.pass(2 * time.Second)
		if got := w.tries(); len(got) != 1 {
			t.Errorf("after 15 s: got tries %v, want one", got)
		}
		w.event(&events.Connected{})
		w.pass(time.Hour)
		if got := w.tries(); len(got) != 0 || w.logins != 1 {
			t.Errorf("after the login: got tries %v and %d logins, want none and one", got, w.logins)
		}
	})
}

func TestAPasskeyIsAskedForFiveMinutes(t *testing.T) {
	request := &events.PairPasskeyRequest{PublicKey: &types.WebAuthnPublicKey{RelyingPartID: "whatsapp.com", Challenge: []byte{1, 2}}}
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.QR{Codes: []string{"a", "b"}})
		w.event(request)
		w.pass(4 * time.Minute)
		s := w.want(StatePasskey)
		if s.Passkey == nil || len(s.Passkey.PublicKey) == 0 || time.Until(s.Passkey.Expires) != time.Minute {
			t.Errorf("got %+v, want the request with a minute left", s.Passkey)
		}
		w.event(&events.PairPasskeyConfirmation{Code: "ABCD-EFGH"})
		if s := w.want(StatePasskey); s.Passkey.Code != "ABCD-EFGH" || w.confirmed != 0 {
			t.Errorf("got %+v, %d confirmations, want the code shown and none", s.Passkey, w.confirmed)
		}
		w.pass(time.Minute)
		w.event(&events.QR{Codes: []string{"c"}})
		if s := w.want(StatePairing); s.Reason == "" || s.Passkey != nil || w.fresh != 1 {
			t.Errorf("got %+v with %d new devices, want new codes and the reason", s, w.fresh)
		}
		w.event(request)
		w.event(&events.PairPasskeyConfirmation{SkipHandoffUX: true})
		if w.confirmed != 1 {
			t.Errorf("confirmations: got %d, want one without asking", w.confirmed)
		}
	})
}

func TestEachRefusalIsExplainedAndWaitedOut(t *testing.T) {
	for _, c := range []struct {
		name  string
		evt   any
		state StateName
		waits []time.Duration // of the first, second… in a row
	}{
		{"replaced", &events.StreamReplaced{}, StateReplaced, seconds(30, 60, 120, 240, 300, 300)},
		{"banned", &events.TemporaryBan{Code: events.TempBanBlockedByUsers, Expire: 2 * time.Hour}, StateBanned, seconds(7200, 7200)},
		{"banned without an end", &events.TemporaryBan{}, StateBanned, seconds(3600)},
		{"refused", &events.ConnectFailure{Reason: 400}, StateRefused, seconds(60, 120, 240, 480, 600, 600)},
		{"outdated", &events.ClientOutdated{}, StateOutdated, seconds(3600, 3600)},
		{"logged out", &events.LoggedOut{Reason: events.ConnectFailureUnknownLogout}, StateLoggedOut, seconds(5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			supervise(t, func(t *testing.T, w *world) {
				for i, wait := range c.waits {
					w.tries()
					w.event(c.evt)
					w.event(&events.Disconnected{}) // must not shorten the wait
					if s := w.want(c.state); s.Reason == "" || s.Solution == "" {
						t.Errorf("got %+v, want it explained", s)
					}
					w.pass(wait - time.Second)
					if got := w.tries(); len(got) != 0 {
						t.Errorf("wait %d: got tries %v before %v", i, got, wait)
					}
					w.pass(time.Second)
					if got := w.tries(); len(got) != 1 {
						t.Errorf("wait %d: got tries %v after %v, want one", i, got, wait)
					}
				}
			})
		})
	}
}

func TestALogoutNeedsANewDevice(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.event(&events.LoggedOut{Reason: events.ConnectFailureLoggedOut})
		if w.fresh != 1 || w.phone != "" {
			t.Errorf("got %d new devices of %q, want one of nobody", w.fresh, w.phone)
		}
		w.pass(5 * time.Second)
		w.event(&events.QR{Codes: []string{"a"}})
		if s := w.want(StatePairing); s.Reason == "" {
			t.Errorf("got %+v, want the reason beside the new code", s)
		}
		w.s.mail.post(letter{1, step{do: doConnected}}) // of the old link
		synctest.Wait()
		w.want(StatePairing)
	})
}

func TestADeviceDeletedUnderUsIsReplaced(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.mu.Lock()
		w.dialErr = store.ErrDeviceDeleted
		w.mu.Unlock()
		w.event(&events.Disconnected{})
		w.mu.Lock()
		w.dialErr = nil
		fresh := w.fresh
		w.mu.Unlock()
		if fresh == 0 {
			t.Error("new devices: got none, want one")
		}
	})
}

func TestANewerVersionIsLookedForOncePerHour(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.newer = true
		w.tries()
		w.event(&events.ClientOutdated{})
		if got := w.tries(); len(got) != 1 || w.updates != 1 {
			t.Errorf("got tries %v and %d looks, want one each at once", got, w.updates)
		}
		w.event(&events.ClientOutdated{})
		w.pass(59 * time.Minute)
		if got := w.tries(); len(got) != 0 || w.updates != 1 {
			t.Errorf("got tries %v and %d looks, want no more within the hour", got, w.updates)
		}
		w.pass(time.Minute)
		w.event(&events.ClientOutdated{})
		if w.updates != 2 {
			t.Errorf("looks: got %d, want a second after the hour", w.updates)
		}
	})
}

func TestADeadLineIsNoticed(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.event(&events.KeepAliveTimeout{ErrorCount: 1})
		w.want(StateDegraded)
		if !w.s.board.connected() {
			t.Error("connected: got false, want true: messages still go out")
		}
		w.event(&events.KeepAliveRestored{})
		w.want(StateConnected)
		w.tries()
		w.event(&events.KeepAliveTimeout{ErrorCount: 3})
		w.want(StateConnecting)
		w.pass(5 * time.Second)
		if got := w.tries(); len(got) != 1 {
			t.Errorf("after three: got tries %v, want one", got)
		}
		w.event(&events.Connected{})
		w.tries()
		w.mu.Lock()
		w.open = false // without any event
		w.mu.Unlock()
		w.pass(time.Minute)
		w.pass(10 * time.Second)
		if got := w.tries(); len(got) == 0 {
			t.Error("login that ended silently: got no new connection")
		}
	})
}

func TestAStreamErrorWithoutACloseIsStartedOver(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.pass(time.Minute)
		w.tries()
		w.mu.Lock()
		w.loggedIn = false
		w.mu.Unlock()
		w.event(&events.StreamError{Code: "999"})
		w.want(StateConnecting)
		w.pass(15 * time.Second)
		if got := w.tries(); len(got) != 1 {
			t.Errorf("tries: got %v, want one after 15 s", got)
		}
	})
}

func TestAnAnsweredDialWithoutALoginIsStartedOver(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.tries()
		w.event(&events.QR{Codes: []string{"a"}})
		w.event(&events.PairSuccess{})
		w.mu.Lock()
		w.loggedIn = true // keys are still being uploaded
		w.mu.Unlock()
		w.pass(70 * time.Second)
		if got := w.tries(); len(got) != 0 {
			t.Errorf("tries: got %v while the login goes on, want none", got)
		}
		w.pass(10 * time.Second)
		if got := w.tries(); len(got) != 1 {
			t.Errorf("tries: got %v, want one when it takes too long", got)
		}
		w.mu.Lock()
		w.dialErr = whatsmeow.ErrAlreadyConnected
		w.mu.Unlock()
		w.event(&events.Disconnected{})
		w.event(&events.Connected{}) // late, of a line that is lost
		w.want(StateConnecting)
		w.mu.Lock()
		w.dialErr = nil
		w.mu.Unlock()
		w.pass(10 * time.Second)
		w.event(&events.Connected{})
		w.want(StateConnected)
	})
}

func TestMessagesNotStoredAreAskedForAgain(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.tries()
		fail := func() {
			w.s.mail.post(letter{step: step{do: doNotStored}})
			w.s.mail.post(letter{step: step{do: doNotStored}})
			synctest.Wait()
		}
		for i, wait := range seconds(5, 10, 20, 40, 80, 160, 300, 300) {
			fail()
			if w.want(StateNoSpace); w.open || w.s.board.connected() {
				t.Errorf("reset %d: got the line still there, want it ended: what comes on it cannot be stored", i)
			}
			w.event(&events.Disconnected{}) // must not shorten the wait
			w.pass(wait - time.Second)
			if got := w.tries(); len(got) != 0 {
				t.Errorf("reset %d: got tries %v before %v", i, got, wait)
			}
			w.pass(time.Second)
			if got := w.tries(); len(got) != 1 || w.settled != i+1 {
				t.Errorf("reset %d: got tries %v, want one after %v", i, got, wait)
			}
			w.want(StateNoSpace)
			w.event(&events.Connected{})
		}
		w.s.mail.post(letter{step: step{do: doStored}})
		synctest.Wait()
		w.want(StateConnected)
	})
}

func TestAFullDiskDoesNotCutAHoldShort(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.s.mail.post(letter{step: step{do: doNotStored}})
		w.event(&events.TemporaryBan{Expire: time.Hour})
		w.tries()
		w.pass(59 * time.Minute)
		if got := w.tries(); len(got) != 0 {
			t.Errorf("tries: got %v during the ban, want none", got)
		}
		w.want(StateBanned)
	})
}

func TestALimitOnNewConversationsIsShownWhileItLasts(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		limit := &events.NotifyAccountReachoutTimelock{IsActive: true}
		limit.TimeEnforcementEnds.Time = time.Now().Add(time.Hour)
		w.event(limit)
		w.want(StateLimited)
		w.pass(time.Hour + time.Second)
		w.want(StateConnected)
		w.event(limit)
		w.want(StateConnected)
		limit.TimeEnforcementEnds.Time = time.Now().Add(time.Hour)
		w.event(limit)
		w.event(&events.NotifyAccountReachoutTimelock{})
		w.want(StateConnected)
	})
}

func TestWhatWasMissedIsCounted(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.OfflineSyncPreview{Messages: 12})
		w.event(&events.Connected{})
		if s := w.want(StateConnected); s.Recovered != 12 {
			t.Errorf("recovered: got %d, want 12", s.Recovered)
		}
	})
}

func TestPairingExplainsWhatWentWrong(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.QR{Codes: []string{"a"}})
		w.event(&events.QRScannedWithoutMultidevice{})
		if s := w.want(StatePairing); s.QR != "a" || s.Reason == "" {
			t.Errorf("old phone: got %+v, want the code and the reason", s)
		}
		w.event(&events.PairError{Error: whatsmeow.ErrPairInvalidDeviceSignature})
		w.event(&events.QR{Codes: []string{"b"}})
		if s := w.want(StatePairing); s.QR != "b" || s.Reason == "" || w.fresh != 1 {
			t.Errorf("pair error: got %+v, want a new code of a new device and the reason", s)
		}
	})
}

func TestThePhoneIsAskedAfterEachLoginAndThenNowAndAgain(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		login := time.Since(w.began)
		w.event(&events.Connected{})
		w.pass(25 * time.Minute)
		want := []time.Duration{login + time.Minute, login + 11*time.Minute, login + 21*time.Minute}
		w.event(&events.TemporaryBan{Expire: 24 * time.Hour})
		w.pass(23 * time.Hour)
		w.mu.Lock()
		defer w.mu.Unlock()
		if !slices.Equal(w.requests, want) {
			t.Errorf("requests: got %v, want %v and none while away", w.requests, want)
		}
	})
}

func TestThereIsNoLineWhileTheDiskIsFull(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.fill(true)
		w.tries()
		w.s.mail.post(letter{step: step{do: doNotStored, full: true}})
		w.pass(time.Hour)
		if got := w.tries(); len(got) != 0 || w.settled < 10 {
			t.Errorf("got lines %v and %d looks at the disk, want none and some", got, w.settled)
		}
		w.want(StateNoSpace)
		w.fill(false)
		w.pass(5 * time.Minute)
		if got := w.tries(); len(got) == 0 {
			t.Errorf("lines: got %v, want one once there is space", got)
		}
	})
}

func TestAMessageOfItsOwnFaultDoesNotEndTheLineAtOnce(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.tries()
		w.s.mail.post(letter{step: step{do: doNotStored, poisoned: true}})
		w.pass(4 * time.Second)
		w.want(StateConnected)
		w.pass(time.Second)
		if got := w.tries(); len(got) != 1 {
			t.Errorf("lines: got %v, want one to get it again", got)
		}
	})
}

func TestAQueueThatWorksDoesNotHideASessionThatDoesNot(t *testing.T) {
	supervise(t, func(t *testing.T, w *world) {
		w.event(&events.Connected{})
		w.fill(true)
		w.s.mail.post(letter{step: step{do: doNotStored}})
		w.s.mail.post(letter{step: step{do: doStored}})
		w.pass(time.Hour)
		if s := w.want(StateNoSpace); s.Reason == "" {
			t.Errorf("got %+v, want it explained", s)
		}
		w.fill(false)
		w.pass(5 * time.Minute)
		w.event(&events.Connected{})
		w.want(StateConnected)
	})
}
