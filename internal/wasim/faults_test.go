package wasim_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/wasim"
)

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: proto.String(s)} }

// back waits for the n-th login.
func back(t *testing.T, s *wasim.Server, n int) {
	t.Helper()
	if err := s.WaitLogins(soon(t), n); err != nil {
		t.Fatalf("got %d logins (%v), want %d", s.Logins(), err, n)
	}
}

func TestADroppedClientComesBack(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	s.Drop()
	await(t, c, anyOf[*events.Disconnected])
	back(t, s, 2)
}

func TestStreamErrorsAreWhatTheClientSees(t *testing.T) {
	t.Parallel()
	t.Run("restart wanted", func(t *testing.T) {
		s, _ := linked(t)
		s.StreamError("515")
		back(t, s, 2)
	})
	t.Run("server trouble", func(t *testing.T) {
		s, c := linked(t)
		s.StreamError("503")
		await(t, c, anyOf[*events.Disconnected])
		back(t, s, 2)
	})
	t.Run("unknown", func(t *testing.T) {
		s, c := linked(t)
		s.StreamError("999")
		same(t, await(t, c, anyOf[*events.StreamError]).Code, "999")
		back(t, s, 2)
	})
	t.Run("message not acknowledged", func(t *testing.T) {
		s, c := linked(t)
		s.UnackedError("ABC")
		same(t, await(t, c, anyOf[*events.StreamError]).Code, "")
		back(t, s, 2)
	})
	t.Run("replaced", func(t *testing.T) {
		s, c := linked(t)
		s.Replace()
		await(t, c, anyOf[*events.StreamReplaced])
		same(t, s.Online(), false)
	})
}

func TestASecondLoginReplacesTheFirst(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	second := openClient(t, s, c.db)
	second.connect()
	await(t, c, anyOf[*events.StreamReplaced])
	await(t, second, anyOf[*events.Connected])
	id := s.NewCustomer(wasim.Profile{}).SendText("hola")
	second.message(id)
}

func TestUnlinkingLogsTheClientOut(t *testing.T) {
	t.Parallel()
	t.Run("while connected", func(t *testing.T) {
		s, c := linked(t)
		s.Phone().Unlink()
		same(t, await(t, c, anyOf[*events.LoggedOut]).OnConnect, false)
	})
	t.Run("while offline", func(t *testing.T) {
		s, c := linked(t)
		c.Disconnect()
		s.Phone().Unlink()
		c.connect()
		out := await(t, c, anyOf[*events.LoggedOut])
		same(t, out.OnConnect, true)
		same(t, out.Reason, events.ConnectFailureLoggedOut)
	})
	t.Run("by the client itself", func(t *testing.T) {
		s, c := linked(t)
		if err := c.Logout(soon(t)); err != nil {
			t.Fatalf("log out: %v", err)
		}
		same(t, s.Phone().Linked(), false)
	})
}

func TestAnotherClientCanBeLinkedAfterwards(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	c.message(ana.SendText("uno"))
	s.Phone().Unlink()
	await(t, c, anyOf[*events.LoggedOut])
	waiting := ana.SendText("dos")
	next := newClient(t, s)
	if err := s.Phone().ScanQR(soon(t), next.qr()[0]); err != nil {
		t.Fatalf("scan: %v", err)
	}
	same(t, next.message(waiting).Message.GetConversation(), "dos")
	next.mustSendText(ana.JID(), "OUT1", "tres")
	same(t, arrives(t, ana, "OUT1").Text, "tres")
}

func TestRefusedLoginsAreWhatTheClientSees(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		reason int
		wait   func(*testing.T, *client)
	}{
		{401, func(t *testing.T, c *client) { await(t, c, anyOf[*events.LoggedOut]) }},
		{402, func(t *testing.T, c *client) {
			ban := await(t, c, anyOf[*events.TemporaryBan])
			same(t, ban.Code, events.TempBanSentToTooManyPeople)
			same(t, ban.Expire, time.Hour)
		}},
		{403, func(t *testing.T, c *client) { await(t, c, anyOf[*events.LoggedOut]) }},
		{405, func(t *testing.T, c *client) { await(t, c, anyOf[*events.ClientOutdated]) }},
		{400, func(t *testing.T, c *client) {
			same(t, await(t, c, anyOf[*events.ConnectFailure]).Reason, events.ConnectFailureReason(400))
		}},
		{503, func(t *testing.T, c *client) { back(t, c.s, 2) }},
	} {
		s, c := linked(t)
		s.RefuseLogins(tc.reason, 1)
		s.Drop()
		tc.wait(t, c)
	}
}

func TestABanHasItsOwnReasonAndLength(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	s.Ban(int(events.TempBanBlockedByUsers), 90*time.Second, -1)
	s.Drop()
	ban := await(t, c, anyOf[*events.TemporaryBan])
	same(t, ban.Code, events.TempBanBlockedByUsers)
	same(t, ban.Expire, 90*time.Second)
}

func TestAnOutdatedClientIsToldTheVersionToUse(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	same(t, s.Version(), store.GetWAVersion())
	least := store.GetWAVersion()
	least[2] += 100
	s.MinVersion(least)
	s.Drop()
	await(t, c, anyOf[*events.ClientOutdated])
	latest, err := whatsmeow.GetLatestVersion(soon(t), s.HTTPClient())
	if err != nil || *latest != least {
		t.Errorf("got version %v and error %v, want %v", latest, err, least)
	}
	fresh := newClient(t, s)
	fresh.connect()
	await(t, fresh, anyOf[*events.ClientOutdated])
}

func TestRefusedUpgradesLookLikeNoNetwork(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	c.Disconnect()
	s.RefuseUpgrades(true)
	if err := c.dial(); err == nil {
		t.Error("got no error, want one")
	}
	s.RefuseUpgrades(false)
	c.connect()
	back(t, s, 2)
}

func TestAMutedServerAnswersNothingUntilItIsHeardAgain(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	s.Mute(true)
	id := ana.SendText("hola")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.SendMessage(ctx, ana.JID(), text("nadie lo oye")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	same(t, s.Deliveries(id), 0)
	s.Mute(false)
	c.message(id)
}

func TestASendIsShownOnceHoweverOftenItWasRepeated(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		fault   func(*wasim.Server)
		timeout time.Duration
		copies  int
	}{
		// Only here the client does not notice and is asked to send it again.
		{"ack lost", func(s *wasim.Server) { s.LoseAcks(1) }, 100 * time.Millisecond, 2},
		{"cut before", func(s *wasim.Server) { s.CutBeforeProcessing(1) }, patience, 1},
		{"cut after", func(s *wasim.Server) { s.CutAfterProcessing(1) }, patience, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, c := linked(t)
			ana := s.NewCustomer(wasim.Profile{})
			c.mustSendText(ana.JID(), "OUT0", "antes")
			tc.fault(s)
			_, err := c.SendMessage(soon(t), ana.JID(), text("una vez"), whatsmeow.SendRequestExtra{ID: "OUT1", Timeout: tc.timeout})
			if errors.Is(err, whatsmeow.ErrMessageTimedOut) {
				c.mustSendText(ana.JID(), "OUT1", "una vez")
			} else if err != nil {
				t.Errorf("got %v, want none", err)
			}
			same(t, arrives(t, ana, "OUT1").Text, "una vez")
			same(t, len(ana.Inbox()), 2)
			same(t, ana.Inbox()[1].Copies, tc.copies)
		})
	}
}

func TestARefusedMessageIsNotDelivered(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	ana := s.NewCustomer(wasim.Profile{})
	s.RefuseMessages(463, 1)
	err := c.sendText(ana.JID(), "OUT1", "hola")
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) || !strings.Contains(err.Error(), "463") {
		t.Errorf("got %v, want error 463", err)
	}
	same(t, len(ana.Inbox()), 0)
	c.mustSendText(ana.JID(), "OUT1", "hola")
	arrives(t, ana, "OUT1")
}

func TestPreKeysAreFilledUpBeforeTheyRunOut(t *testing.T) {
	t.Parallel()
	s, c := linked(t)
	first := s.NewCustomer(wasim.Profile{}).SendText("hola")
	c.message(first)
	s.UsePreKeys(0)
	// Without one-time keys a first message still gets through.
	c.message(s.NewCustomer(wasim.Profile{}).SendText("buenas"))
	// The customer may have taken one of the new keys, or have come before them.
	if err := s.WaitPreKeys(soon(t), whatsmeow.WantedPreKeyCount-1); err != nil {
		t.Errorf("got no new keys (%v), want %d", err, whatsmeow.WantedPreKeyCount)
	}
}

func TestWaitsEndWithTheirContextAndWithTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.WaitOnline(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if err := s.WaitAcked(t.Context(), "X"); !errors.Is(err, wasim.ErrClosed) {
		t.Errorf("got %v, want %v", err, wasim.ErrClosed)
	}
}
