package whatsapp_test

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/ticket"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

var profile wasim.Profile

// receives waits until the customer sees message id.
func receives(t *testing.T, c *wasim.Customer, id string) wasim.Received {
	t.Helper()
	got, err := c.Wait(soon(t), func(r wasim.Received) bool { return r.ID == id })
	if err != nil {
		t.Fatalf("message %s did not arrive: %v", id, err)
	}
	return got
}

func TestAnAnswerGoesToAnyAddressOfTheCustomer(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for _, to := range []string{ana.Phone(), "+" + ana.Phone(), ana.Phone() + "@s.whatsapp.net", ana.LID() + "@lid"} {
		id, err := s.Send(soon(t), wire.Send{To: to, Text: "para " + to})
		if err != nil {
			t.Errorf("to %s: %v", to, err)
			continue
		}
		if got := receives(t, ana, id); got.Text != "para "+to {
			t.Errorf("to %s: got %q", to, got.Text)
		}
	}
}

func TestANumberWrittenTheOtherWayIsFound(t *testing.T) {
	t.Parallel()
	s := paired(t)
	for registered, written := range map[string]string{
		"5214771112233": "524771112233", "524771112244": "5214771112244",
		"5491122334455": "541122334455", "551187654321": "5511987654321",
	} {
		who := s.wa.NewCustomer(wasim.Profile{Phone: registered})
		id, err := s.Send(soon(t), wire.Send{To: written, Text: "hola"})
		if err != nil {
			t.Errorf("%s for %s: %v", written, registered, err)
			continue
		}
		receives(t, who, id)
	}
}

func TestAnAnswerQuotesAMessage(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	asked := ana.SendText("¿ya está?")
	got := s.box.id(t, asked).Message
	id, err := s.Send(soon(t), wire.Send{To: got.Chat, Text: "sí", ReplyTo: asked, ID: "3EB0ANSWER"})
	if err != nil || id != "3EB0ANSWER" {
		t.Fatalf("got id %q, %v, want the one given", id, err)
	}
	if seen := receives(t, ana, id); seen.QuotedID != asked || seen.Text != "sí" {
		t.Errorf("customer sees %+v, want it to quote %s", seen, asked)
	}
}

func TestFilesAreSent(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for _, c := range []struct {
		file wire.File
		text string
		kind func(wasim.Received) bool
	}{
		{wire.File{Data: jpeg, MIME: "application/pdf"}, "así quedó", func(r wasim.Received) bool { return r.Message.GetImageMessage().GetCaption() == "así quedó" }},
		{wire.File{Data: []byte("%PDF-1.7 x"), Name: "../a.pdf"}, "", func(r wasim.Received) bool {
			return r.Message.GetDocumentMessage().GetFileName() == "a.pdf" && r.Message.GetDocumentMessage().GetMimetype() == "application/pdf"
		}},
		{wire.File{Data: []byte("plain"), MIME: "audio/ogg; codecs=opus"}, "", func(r wasim.Received) bool { return r.Message.GetAudioMessage() != nil }},
		{wire.File{Data: []byte("plain"), MIME: "audio/ogg"}, "escuche", func(r wasim.Received) bool { return r.Message.GetDocumentMessage().GetCaption() == "escuche" }},
		{wire.File{Data: []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")}, "", func(r wasim.Received) bool { return r.Message.GetVideoMessage() != nil }},
		{wire.File{Data: []byte("?"), MIME: "nonsense"}, "", func(r wasim.Received) bool { return r.Message.GetDocumentMessage().GetFileName() == "archivo" }},
	} {
		id, err := s.Send(soon(t), wire.Send{To: ana.Phone(), Text: c.text, File: &c.file})
		if err != nil {
			t.Errorf("%s: %v", c.file.MIME, err)
			continue
		}
		if got := receives(t, ana, id); !bytes.Equal(got.Media, c.file.Data) || !c.kind(got) {
			t.Errorf("%s: customer sees %v with %d bytes, want %d as the right kind", c.file.MIME, got.Message, len(got.Media), len(c.file.Data))
		}
	}
	s.wa.RefuseUploads(http.StatusInternalServerError)
	_, err := s.Send(soon(t), wire.Send{To: ana.Phone(), File: &wire.File{Data: jpeg}})
	wantCode(t, "upload refused", err, ticket.CodeUnavailable)
}

func TestWhatMakesNoSenseIsNotSent(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for name, c := range map[string]struct {
		send wire.Send
		code ticket.Code
	}{
		"no number":      {wire.Send{Text: "x"}, ticket.CodeInvalid},
		"bad number":     {wire.Send{To: "hola", Text: "x"}, ticket.CodeInvalid},
		"odd server":     {wire.Send{To: "1@evil.example", Text: "x"}, ticket.CodeInvalid},
		"not on it":      {wire.Send{To: "4915112345678", Text: "x"}, ticket.CodeNotFound},
		"nothing to say": {wire.Send{To: ana.Phone()}, ticket.CodeInvalid},
		"bad id":         {wire.Send{To: ana.Phone(), Text: "x", ID: "a b"}, ticket.CodeInvalid},
		"empty file":     {wire.Send{To: ana.Phone(), File: &wire.File{}}, ticket.CodeInvalid},
		"big file":       {wire.Send{To: ana.Phone(), File: &wire.File{Data: make([]byte, maxMedia+1)}}, ticket.CodeTooLarge},
	} {
		_, err := s.Send(soon(t), c.send)
		wantCode(t, name, err, c.code)
	}
	if got := ana.Inbox(); len(got) != 0 {
		t.Errorf("customer sees %+v, want nothing", got)
	}
}

func TestAnUnconfirmedMessageIsSafeToSendAgain(t *testing.T) {
	t.Parallel()
	s := paired(t, whatsapp.GiveUpSoon)
	ana := s.wa.NewCustomer(profile)
	s.wa.LoseAcks(1)
	m := wire.Send{To: ana.Phone(), Text: "una vez", ID: "3EB0ONCE"}
	_, err := s.Send(soon(t), m)
	wantCode(t, "lost confirmation", err, ticket.CodeTimeout)
	if _, err := s.Send(soon(t), m); err != nil {
		t.Errorf("again: %v", err)
	}
	if got := ana.Inbox(); len(got) != 1 || got[0].Copies != 2 {
		t.Errorf("customer sees %+v, want one message", got)
	}
}

func TestACutWhileSendingIsNoticed(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for name, cut := range map[string]func(int){"before": s.wa.CutBeforeProcessing, "after": s.wa.CutAfterProcessing} {
		s.until(whatsapp.StateConnected)
		cut(1)
		m := wire.Send{To: ana.Phone(), Text: name, ID: "3EB0" + strings.ToUpper(name)}
		if _, err := s.Send(soon(t), m); err != nil {
			wantCode(t, name, err, ticket.CodeTimeout)
			s.await("it to be sent again", func(whatsapp.State) bool {
				_, err := s.Send(soon(t), m)
				return err == nil
			})
		}
		if got := receives(t, ana, m.ID); got.Text != name {
			t.Errorf("%s: customer sees %q", name, got.Text)
		}
	}
	if got := ana.Inbox(); len(got) != 2 {
		t.Errorf("customer sees %+v, want both once", got)
	}
}

func TestAMessageThatCouldNotBeEncryptedForTheCustomerIsNotCalledSent(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for _, to := range []string{ana.Phone(), ana.LID() + "@lid"} {
		s.wa.RefuseKeys(429)
		m := wire.Send{To: to, Text: "ya está", ID: "3EB0KEYS"}
		_, err := s.Send(soon(t), m)
		wantCode(t, "without keys to "+to, err, ticket.CodeRateLimited)
		if got := ana.Inbox(); len(got) != 0 {
			t.Errorf("customer sees %+v, want nothing", got)
		}
		s.wa.RefuseKeys(0)
	}
	if _, err := s.Send(soon(t), wire.Send{To: ana.Phone(), Text: "ya está", ID: "3EB0KEYS"}); err != nil {
		t.Errorf("again: %v", err)
	}
	receives(t, ana, "3EB0KEYS")
	s.wa.RefuseKeys(429)
	if _, err := s.Send(soon(t), wire.Send{To: ana.LID() + "@lid", Text: "¿algo más?"}); err != nil {
		t.Errorf("with the keys of before: %v", err)
	}
	if got := ana.Inbox(); len(got) != 2 || got[0].Copies != 1 {
		t.Errorf("customer sees %+v, want both messages once", got)
	}
}

func TestARefusalToWriteFirstIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana, luis := s.wa.NewCustomer(profile), s.wa.NewCustomer(profile)
	s.wa.RefuseMessages(463, 1)
	m := wire.Send{To: ana.Phone(), Text: "hola"}
	_, err := s.Send(soon(t), m)
	wantCode(t, "refused", err, ticket.CodeRateLimited)
	if !strings.Contains(err.Error(), "limita") {
		t.Errorf("message: got %q, want it explained", err)
	}
	_, err = s.Send(soon(t), m)
	wantCode(t, "held back", err, ticket.CodeRateLimited)
	if _, err := s.Send(soon(t), wire.Send{To: luis.Phone(), Text: "hola"}); err != nil {
		t.Errorf("to somebody else: %v", err)
	}
	s.box.id(t, ana.SendText("ahora sí"))
	if _, err := s.Send(soon(t), m); err != nil {
		t.Errorf("after she wrote: %v", err)
	}
}

func TestOtherRefusalsMaySucceedLater(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for number, code := range map[int]ticket.Code{479: ticket.CodeUnavailable, 429: ticket.CodeRateLimited} {
		s.wa.RefuseMessages(number, 1)
		m := wire.Send{To: ana.Phone(), Text: "hola"}
		_, err := s.Send(soon(t), m)
		wantCode(t, "refused", err, code)
		if !strings.Contains(err.Error(), strconv.Itoa(number)) {
			t.Errorf("message: got %q, want the number", err)
		}
		if _, err := s.Send(soon(t), m); err != nil {
			t.Errorf("again: %v", err)
		}
	}
}

func TestNothingIsSentWhileDisconnected(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.until(whatsapp.StatePairing)
	_, err := s.Send(soon(t), wire.Send{To: "5214771112233", Text: "hola"})
	wantCode(t, "unpaired", err, ticket.CodeUnavailable)
	s.stop()
	_, err = s.Send(soon(t), wire.Send{To: "5214771112233", Text: "hola"})
	wantCode(t, "stopped", err, ticket.CodeUnavailable)
}

func TestManyAtOnceAllArrive(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := s.Send(soon(t), wire.Send{To: ana.Phone(), Text: "hola"}); err != nil {
				t.Errorf("send: %v", err)
			}
		})
	}
	all.Wait()
	if got := len(ana.Inbox()); got != 20 {
		t.Errorf("customer sees %d, want 20", got)
	}
}

func TestAnImpatientCallerIsToldWhetherItMayHaveBeenSent(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	s.wa.LoseAcks(-1)
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	go func() {
		_, err := s.Send(ctx, wire.Send{To: ana.Phone(), Text: "hola", ID: "3EB0HASTY"})
		sent <- err
	}()
	receives(t, ana, "3EB0HASTY")
	over, end := context.WithCancel(t.Context())
	end()
	_, err := s.Send(over, wire.Send{To: ana.Phone(), Text: "en espera"})
	if code := ticket.CodeOf(err); code != ticket.CodeUnavailable && code != ticket.CodeTimeout {
		t.Errorf("waiting for its turn: got %v", err)
	}
	cancel()
	wantCode(t, "given up", <-sent, ticket.CodeTimeout)
}

func TestARecipientWhoCannotReadAnAnswerGetsItAgainFromTheNextLifeOfTheBridge(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	s.box.id(t, ana.SendText("¿ya está?"))
	ana.SetOnline(false)
	ana.FailNextDecrypt()
	id, err := s.Send(soon(t), wire.Send{To: ana.Phone(), Text: "ya está"})
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	ana.SetOnline(true)
	if got := ana.Inbox(); len(got) != 0 {
		t.Fatalf("customer sees %+v, want nothing that she cannot read", got)
	}
	resume(t, s.wa, s.box, s.opts)
	if got := receives(t, ana, id); got.Text != "ya está" {
		t.Errorf("customer sees %q, want the answer", got.Text)
	}
}
