package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/ticket"
)

func TestTheLibrarysLogHoldsNoNumbersAndNoStanzas(t *testing.T) {
	var out bytes.Buffer
	log := libraryLog{zerolog.New(&out).Level(zerolog.DebugLevel)}
	log.Debugf("<message to=5214771112233/>")
	log.Sub("Recv").Errorf("<stanza/>")
	log.Sub("Send").Warnf("<stanza/>")
	if out.Len() > 0 {
		t.Errorf("got %s, want nothing", out.String())
	}
	log.Sub("Socket").Warnf("from %s: %s", "5214771112233:4@s.whatsapp.net", strings.Repeat("x", 1000))
	got := out.String()
	if strings.Contains(got, "477") || !strings.Contains(got, "…:4@s.whatsapp.net") || !strings.Contains(got, `"module":"Socket"`) || len(got) > 2*maxDetail {
		t.Errorf("got %s, want a short line without the number", got)
	}
	out.Reset()
	quiet := libraryLog{zerolog.New(&out).Level(zerolog.InfoLevel)}
	quiet.Infof("paired")
	if out.Len() > 0 {
		t.Errorf("at info: got %s, want nothing", out.String())
	}
}

func TestTheWaitNeverLeavesItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "base"))
		limit := base + time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "more"))
		n := rapid.IntRange(0, 10_000).Draw(t, "n")
		now, next := backoff(base, limit, n), backoff(base, limit, n+1)
		if now < base || now > limit || next < now {
			t.Fatalf("waits %d, %d: got %v, %v, want them between %v and %v and not to shrink", n, n+1, now, next, base, limit)
		}
		if d := spread(now); d < now || d > now+now/5 {
			t.Fatalf("spread of %v: got %v, want at most a fifth more", now, d)
		}
	})
	if got := spread(0); got != 0 {
		t.Errorf("spread of no wait: got %v, want none", got)
	}
}

func TestAnswersOfServersAreBounded(t *testing.T) {
	const limit = 1000
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var size int
		if _, err := fmt.Sscan(r.URL.Query().Get("size"), &size); err != nil {
			t.Error(err)
		}
		if r.URL.Query().Has("chunked") {
			w.(http.Flusher).Flush()
		} else {
			w.Header().Set("Content-Length", strconv.Itoa(size))
		}
		_, _ = w.Write(make([]byte, size))
	}))
	defer server.Close()
	get := func(ctx context.Context, query string) (int, int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := boundedClient(server.Client()).Do(req)
		if err != nil {
			t.Fatalf("%s: got %v, want an answer: errors are retried", query, err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		return resp.StatusCode, len(data), err
	}
	bounded := withLimit(t.Context(), limit)
	for _, c := range []struct {
		query  string
		ctx    context.Context
		status int
		size   int
		err    error
	}{
		{"size=1000", bounded, 200, 1000, nil},
		{"size=1001", bounded, 413, 0, nil},
		{"size=1000&chunked", bounded, 200, 1000, nil},
		{"size=5000&chunked", bounded, 200, 1001, errOverLimit},
		{"size=5000", t.Context(), 200, 5000, nil},
	} {
		status, size, err := get(c.ctx, c.query)
		if status != c.status || size != c.size || !errors.Is(err, c.err) {
			t.Errorf("%s: got %d, %d bytes, %v, want %d, %d bytes, %v", c.query, status, size, err, c.status, c.size, c.err)
		}
	}
}

func TestEveryRefusalOfASendHasACodeAndASpanishSentence(t *testing.T) {
	refused := func(n int) error { return fmt.Errorf("%w %d", whatsmeow.ErrServerReturnedError, n) }
	for _, c := range []struct {
		err  error
		code ticket.Code
		text string
	}{
		{refused(463), ticket.CodeRateLimited, "limita"},
		{refused(475), ticket.CodeRateLimited, "limita"},
		{refused(429), ticket.CodeRateLimited, "tantos mensajes"},
		{fmt.Errorf("look number up: %w", whatsmeow.ErrIQRateOverLimit), ticket.CodeRateLimited, "tantos mensajes"},
		{fmt.Errorf("ask: %w", whatsmeow.ErrIQForbidden), ticket.CodeUnavailable, "no pudo"},
		{refused(400), ticket.CodeUnavailable, "código 400"},
		{fmt.Errorf("%w", whatsmeow.ErrServerReturnedError), ticket.CodeUnavailable, "rechazó"},
		{errors.New("no LID found for 5214771112233@s.whatsapp.net from server"), ticket.CodeNotFound, "no tiene WhatsApp"},
		{errNotOnWhatsApp, ticket.CodeNotFound, "no tiene WhatsApp"},
		{whatsmeow.ErrMessageTimedOut, ticket.CodeTimeout, "no confirmó"},
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), ticket.CodeTimeout, "no confirmó"},
		{&whatsmeow.DisconnectedError{Action: "message send"}, ticket.CodeTimeout, "no confirmó"},
		{&whatsmeow.DisconnectedError{Action: "message send (retry)"}, ticket.CodeTimeout, "no confirmó"},
		{&whatsmeow.DisconnectedError{Action: "info query (retry)"}, ticket.CodeUnavailable, "no respondió"},
		{fmt.Errorf("ask: %w", &whatsmeow.DisconnectedError{Action: "info query"}), ticket.CodeUnavailable, "no respondió"},
		{whatsmeow.ErrIQTimedOut, ticket.CodeUnavailable, "no respondió"},
		{whatsmeow.ErrNotConnected, ticket.CodeUnavailable, "no pudo"},
	} {
		err := sendError(c.err)
		e, ok := errors.AsType[*ticket.Error](err)
		if !ok || e.Code != c.code || !strings.Contains(e.Message, c.text) || !errors.Is(err, c.err) || strings.Contains(err.Error(), "5214771112233") {
			t.Errorf("%v: got %v, want %s with %q", c.err, err, c.code, c.text)
		}
	}
	if err := sendError(nil); err != nil {
		t.Errorf("no error: got %v", err)
	}
}

func TestARefusedPersonIsLeftAloneForAWhile(t *testing.T) {
	now := arrived
	s := newSends(func() time.Time { return now })
	s.hold(anaLID)
	if err := s.allowed(anaLID); ticket.CodeOf(err) != ticket.CodeRateLimited {
		t.Errorf("at once: got %v, want unavailable", err)
	}
	if err := s.allowed(anaPhone); err != nil {
		t.Errorf("somebody else: got %v", err)
	}
	now = now.Add(timelockHold + time.Second)
	if err := s.allowed(anaLID); err != nil || s.holding() {
		t.Errorf("later: got %v, holding %v, want it forgotten", err, s.holding())
	}
}

func TestVariantsAreTheSameSubscribersNumbers(t *testing.T) {
	for phone, want := range map[string]string{
		"5214771112233": "5214771112233 524771112233", "524771112233": "524771112233 5214771112233",
		"5491122334455": "5491122334455 541122334455", "5511987654321": "5511987654321 551187654321",
		"551187654321": "551187654321 5511987654321", "34612345678": "34612345678", "1": "1", "": "",
	} {
		if got := strings.Join(variants(phone), " "); got != want {
			t.Errorf("%s: got %s, want %s", phone, got, want)
		}
	}
}

func TestThePhonesAnswerIsRead(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	seal := func(n *waMmsRetry.MediaRetryNotification) *events.MediaRetry {
		raw, err := proto.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		iv := make([]byte, 12)
		sealed, err := gcmutil.Encrypt(hkdfutil.SHA256(secret, nil, []byte("WhatsApp Media Retry Notification"), 32), iv, raw, []byte("ID"))
		if err != nil {
			t.Fatal(err)
		}
		return &events.MediaRetry{MessageID: "ID", IV: iv, Ciphertext: sealed}
	}
	path, err := newPath(seal(&waMmsRetry.MediaRetryNotification{Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(), DirectPath: proto.String("/new")}), secret)
	if err != nil || path != "/new" {
		t.Errorf("uploaded: got %q, %v, want the new path", path, err)
	}
	for name, c := range map[string]struct {
		evt  *events.MediaRetry
		gone bool
	}{
		"deleted":       {seal(&waMmsRetry.MediaRetryNotification{Result: waMmsRetry.MediaRetryNotification_NOT_FOUND.Enum()}), true},
		"not there":     {&events.MediaRetry{Error: &events.MediaRetryError{Code: 2}}, true},
		"other trouble": {seal(&waMmsRetry.MediaRetryNotification{Result: waMmsRetry.MediaRetryNotification_GENERAL_ERROR.Enum()}), false},
		"unknown error": {&events.MediaRetry{Error: &events.MediaRetryError{Code: 9}}, false},
		"forged":        {&events.MediaRetry{MessageID: "ID", IV: make([]byte, 12), Ciphertext: make([]byte, 40)}, false},
	} {
		if _, err := newPath(c.evt, secret); err == nil || errors.Is(err, ErrMediaGone) != c.gone {
			t.Errorf("%s: got %v, want gone %v", name, err, c.gone)
		}
	}
}

func TestAnAnswerReachesEveryoneWhoAsked(t *testing.T) {
	a := newAnswers(time.Now, productTempo())
	one, forgetOne := a.expect("ID")
	two, forgetTwo := a.expect("ID")
	a.deliver(&events.MediaRetry{MessageID: "OTHER"})
	for range 3 {
		a.deliver(&events.MediaRetry{MessageID: "ID"})
	}
	if (<-one).MessageID != "ID" || (<-two).MessageID != "ID" {
		t.Error("got another answer")
	}
	forgetOne()
	forgetTwo()
	if len(a.waiting) != 0 {
		t.Errorf("waiting: got %v, want nobody", a.waiting)
	}
}

func TestAReferenceOutlivesTheQueue(t *testing.T) {
	want := &reference{Type: whatsmeow.MediaVideo, Path: "/p", Key: []byte{1}, SHA: []byte{2}, EncSHA: []byte{3}, Size: 4, MIME: "video/mp4", Name: "ñ"}
	info := types.MessageInfo{ID: "ID", MessageSource: types.MessageSource{Chat: workshop, Sender: device(anaLID, 3), IsFromMe: true, IsGroup: true}}
	want.of(info)
	got, err := decodeReference(want.encode())
	if err != nil {
		t.Fatal(err)
	}
	back, err := got.message()
	if err != nil || back.Chat != info.Chat || back.Sender != info.Sender || !back.IsFromMe || !back.IsGroup || back.ID != "ID" {
		t.Errorf("message: got %+v, %v, want %+v", back, err, info)
	}
	if got.GetMediaType() != whatsmeow.MediaVideo || got.GetDirectPath() != "/p" || got.GetMediaKey()[0] != 1 || got.GetFileSHA256()[0] != 2 || got.GetFileEncSHA256()[0] != 3 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, bad := range []reference{{Chat: "1.2.3@lid"}, {Sender: "a:b@lid"}} {
		if _, err := bad.message(); err == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

func TestThePictureOfTheStateIsConsistent(t *testing.T) {
	now := arrived
	b := newBoard(func() time.Time { return now })
	changes, end := b.watch()
	b.raise(StateDegraded, "lento", "", time.Time{})
	if s := b.view(); s.Name != StateStarting {
		t.Errorf("overlay while not connected: got %+v", s)
	}
	<-changes
	now = now.Add(time.Minute)
	b.enter(StateConnected, "", "")
	now = now.Add(time.Minute)
	b.raise(StateNoSpace, "lleno", "libere", time.Time{})
	b.raise(StateNoSpace, "muy lleno", "libere", time.Time{})
	if s := b.view(); s.Name != StateNoSpace || s.Reason != "muy lleno" || !s.Since.Equal(now) || !b.connected() {
		t.Errorf("most urgent overlay: got %+v", s)
	}
	b.clear(StateNoSpace)
	b.clear(StateNoSpace)
	if s := b.view(); s.Name != StateDegraded {
		t.Errorf("next overlay: got %+v", s)
	}
	b.clear(StateDegraded)
	if s := b.view(); s.Name != StateConnected || !s.Since.Equal(arrived.Add(time.Minute)) {
		t.Errorf("bare: got %+v, want connected since it was", s)
	}
	<-changes
	end()
	b.enter(StateStopped, "", "")
	select {
	case <-changes:
		t.Error("after the end of the subscription: got a change")
	default:
	}
}

func TestTheMailboxKeepsOrderAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const senders, each = 8, 100
		m := newMailbox()
		var all sync.WaitGroup
		for sender := range senders {
			all.Go(func() {
				for n := range each {
					m.post(letter{sender, step{count: n}})
				}
			})
		}
		next := make([]int, senders)
		for got := 0; got < senders*each; {
			<-m.ready
			for _, l := range m.take() {
				if l.step.count != next[l.link] {
					t.Fatalf("sender %d: got %d, want %d", l.link, l.step.count, next[l.link])
				}
				next[l.link]++
				got++
			}
		}
		all.Wait()
	})
}

// newTestIntake stores through put and reports what it posts.
func newTestIntake(put func(queue.Entry) error) (*intake, *mailbox) {
	m := newMailbox()
	return newIntake(put, known(), m, 3, zerolog.Nop()), m
}

// withPoison is an intake that notes what it stores, and a message on which storing
// does what poison does.
func withPoison(notes *[]queue.Entry, poison func() error) (*intake, *mailbox, *events.Message) {
	in, mail := newTestIntake(func(e queue.Entry) error {
		if e.Message.Content == "veneno" {
			return poison()
		}
		*notes = append(*notes, e)
		return nil
	})
	return in, mail, from(types.MessageSource{Chat: anaLID, Sender: anaLID}, text("veneno"))
}

func TestAFullDiskIsNoReasonToGiveAMessageUp(t *testing.T) {
	full := true
	stored := 0
	in, mail := newTestIntake(func(queue.Entry) error {
		if full {
			return errors.New("no space left")
		}
		stored++
		return nil
	})
	evt := from(types.MessageSource{Chat: anaLID, Sender: anaLID}, text("hola"))
	for range 20 {
		if in.message(evt) {
			t.Fatal("got true for a message that is not stored")
		}
		in.settle()
	}
	full = false
	if !in.message(evt) || stored != 1 {
		t.Errorf("stored: got %d, want the message itself", stored)
	}
	letters := mail.take()
	if last := letters[len(letters)-1].step; len(letters) != 21 || last.do != doStored || letters[0].step.poisoned {
		t.Errorf("got %d letters ending with %+v, want 20 failures and the end of them", len(letters), last)
	}
}

func TestNothingOvertakesAMessageThatIsNotStored(t *testing.T) {
	full := true
	var stored []string
	in, _ := newTestIntake(func(e queue.Entry) error {
		if full {
			return errors.New("no space left")
		}
		stored = append(stored, e.Message.Content)
		return nil
	})
	ana := types.MessageSource{Chat: anaLID, Sender: anaLID}
	first, second := from(ana, text("uno")), from(ana, text("dos"))
	if in.message(first) {
		t.Error("got true for a message that is not stored")
	}
	full = false // on the same line
	if in.message(second) || in.receipt(&events.Receipt{MessageSource: ana, MessageIDs: []string{"R"}}) || len(stored) > 0 {
		t.Errorf("got %q stored, want all refused until the line is made again", stored)
	}
	if !in.settle() || !in.message(first) || !in.message(second) || strings.Join(stored, " ") != "uno dos" {
		t.Errorf("got %q stored, want both in order", stored)
	}
}

func TestAMessageThatPanicsIsGivenUpAfterItsTries(t *testing.T) {
	var notes []queue.Entry
	in, _, evt := withPoison(&notes, func() error { panic("poison") })
	for try, want := range []bool{false, false, true} {
		if got := in.message(evt); got != want {
			t.Errorf("try %d: got %v, want %v", try, got, want)
		}
	}
	if len(notes) != 1 || !notes[0].Message.Undecoded || len(in.tries) != 0 {
		t.Errorf("got %+v, %d counted, want one note and nothing counted", notes, len(in.tries))
	}
	in.convert.other = func(types.JID) types.JID { panic("poison") } // the note needs it too
	notes = nil
	for try, want := range []bool{false, false, true} {
		if got := in.message(evt); got != want {
			t.Errorf("note that cannot be made, try %d: got %v, want %v", try, got, want)
		}
	}
	if len(notes) != 1 || notes[0].Key != keyFor(evt.Info, keyMessage) || notes[0].Message.Sender != anaLID.String() || notes[0].Message.ID != evt.Info.ID || !notes[0].Message.Undecoded {
		t.Errorf("got %+v, want a bare note with the sender", notes)
	}
	if !in.receipt(&events.Receipt{MessageSource: evt.Info.MessageSource}) {
		t.Error("receipt of nothing: got false")
	}
}

func TestAnAnswerOfThePhoneThatPanicsIsGivenUpAfterItsTriesAndHoldsNothingUp(t *testing.T) {
	var notes []queue.Entry
	in, _, evt := withPoison(&notes, func() error { panic("poison") })
	for try, want := range []int{0, 0, 1} {
		taken := 0
		in.answer(evt, func() { taken++ })
		if taken != want || len(notes) != want || !in.settle() {
			t.Errorf("try %d: got it taken %d times and %d notes, want %d and messages taken further", try, taken, len(notes), want)
		}
	}
}

func TestAnEventThatPanicsIsNotTakenForSuccess(t *testing.T) {
	c := &Client{log: zerolog.Nop()} // everything it would need is missing
	if c.handle(1, &events.Message{}) {
		t.Error("got true, want false")
	}
	c.shut()
	if c.handle(1, &events.PushName{}) {
		t.Error("after the end: got true, want false")
	}
}
