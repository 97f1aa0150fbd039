package store_test

import (
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func TestASessionLastsAsLongAsItIsUsed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		want := s.user("ana")
		token := [32]byte{7}
		s.do("create session", s.StartSession(t.Context(), store.Login{User: want.ID, Token: token, TTL: 10 * time.Hour}))
		get := func() (store.User, error) { return s.Session(t.Context(), token, time.Hour) }
		for range 9 {
			s.clock.Advance(59 * time.Minute)
			if got, err := get(); err != nil || got != want {
				t.Fatalf("in use: got %+v, %v; want %+v", got, err, want)
			}
		}
		s.clock.Advance(30 * time.Second)
		if _, err := get(); err != nil { // too soon to be noted down
			t.Fatalf("again: %v", err)
		}
		s.clock.Advance(59*time.Minute + 30*time.Second)
		_, err := get()
		wantCode(t, err, ticket.CodeUnauthorized)

		s.do("create session", s.StartSession(t.Context(), store.Login{User: want.ID, Token: [32]byte{8}, TTL: 30 * time.Minute}))
		s.clock.Advance(30 * time.Minute)
		_, err = s.Session(t.Context(), [32]byte{8}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
	})
}

func TestASessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		tokens := [][32]byte{{1}, {2}, {3}}
		for _, token := range tokens {
			s.do("create session", s.StartSession(t.Context(), store.Login{User: u.ID, Token: token, TTL: time.Hour}))
		}
		alive := func(want ...bool) {
			t.Helper()
			for i, token := range tokens {
				if _, err := s.Session(t.Context(), token, time.Hour); (err == nil) != want[i] {
					t.Errorf("session %d: got %v, want alive %v", i, err, want[i])
				}
			}
		}
		s.do("delete unknown", s.DeleteSession(t.Context(), [32]byte{9}))
		s.do("delete", s.DeleteSession(t.Context(), tokens[0]))
		alive(false, true, true)
		s.do("delete expired", s.DeleteExpiredSessions(t.Context()))
		alive(false, true, true)
		s.do("set password", s.SetPassword(t.Context(), store.PasswordChange{Business: u.Business, User: u.ID, By: u.ID, Hash: "$argon2id$y"}))
		alive(false, false, false)
		if got, err := s.UserByName(t.Context(), "ana"); err != nil || got.PasswordHash != "$argon2id$y" {
			t.Errorf("password: got %q, %v", got.PasswordHash, err)
		}
		wantCode(t, s.SetPassword(t.Context(), store.PasswordChange{Business: u.Business, User: 99, Hash: "x"}), ticket.CodeNotFound)
		wantCode(t, s.StartSession(t.Context(), store.Login{User: 99, Token: [32]byte{4}, TTL: time.Hour}), ticket.CodeNotFound)
	})
}

func TestExpiredSessionsAreSweptAway(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.do("create session", s.StartSession(t.Context(), store.Login{User: u.ID, Token: [32]byte{1}, TTL: time.Hour}))
		s.clock.Advance(2 * time.Hour)
		s.do("delete expired", s.DeleteExpiredSessions(t.Context()))
		// The hash is free again only if the row is gone.
		s.do("create the same session", s.StartSession(t.Context(), store.Login{User: u.ID, Token: [32]byte{1}, TTL: time.Hour}))
	})
}

func (s *shop) login(l store.Login) {
	s.t.Helper()
	if l.TTL == 0 {
		l.TTL = time.Hour
	}
	s.do("start session", s.StartSession(s.t.Context(), l))
}

func TestALoginEndsTheSessionTheBrowserHad(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.login(store.Login{User: u.ID, Token: [32]byte{1}})
		s.login(store.Login{User: u.ID, Token: [32]byte{2}, Replaces: [32]byte{1}})
		_, err := s.Session(t.Context(), [32]byte{1}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
		if _, err := s.Session(t.Context(), [32]byte{2}, time.Hour); err != nil {
			t.Errorf("the new session: %v", err)
		}
	})
}

func TestPeopleSeeTheirSessionsAndEndThem(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		ana, luis := s.user("ana"), s.user("luis")
		s.login(store.Login{User: luis.ID, Token: [32]byte{9}})
		s.login(store.Login{User: ana.ID, Token: [32]byte{1}, Agent: "Firefox\x00", Address: "10.0.0.1", TTL: time.Minute})
		s.clock.Advance(2 * time.Minute)
		s.login(store.Login{User: ana.ID, Token: [32]byte{2}, Agent: "Chrome", Address: "10.0.0.2"})
		s.clock.Advance(time.Minute)
		s.login(store.Login{User: ana.ID, Token: [32]byte{3}, Device: [32]byte{7}, DeviceTTL: time.Hour})
		s.login(store.Login{User: ana.ID, Token: [32]byte{4}})
		open, err := s.Sessions(t.Context(), ana.ID, time.Hour)
		s.do("list sessions", err)
		if len(open) != 3 || open[2].Agent != "Chrome" || open[2].Address != "10.0.0.2" || !open[2].CreatedAt.Equal(start.Add(2*time.Minute)) {
			t.Fatalf("got %+v, want the three that are not over, the last used first", open)
		}
		wantCode(t, s.EndSession(t.Context(), luis.ID, open[2].ID()), ticket.CodeNotFound)
		wantCode(t, s.EndSession(t.Context(), ana.ID, "zz"), ticket.CodeNotFound)
		s.do("end one", s.EndSession(t.Context(), ana.ID, open[2].ID()))
		wantCode(t, s.EndSession(t.Context(), ana.ID, open[2].ID()), ticket.CodeNotFound)
		if known, err := s.KnownDevice(t.Context(), ana.ID, [32]byte{7}); !known || err != nil {
			t.Errorf("device: got %v, %v, want known", known, err)
		}
		if known, err := s.KnownDevice(t.Context(), luis.ID, [32]byte{7}); known || err != nil {
			t.Errorf("somebody else's device: got %v, %v, want unknown", known, err)
		}
		// The one that is over is still a row, so three go.
		if n, err := s.EndOtherSessions(t.Context(), ana.ID, [32]byte{3}); n != 2 || err != nil {
			t.Errorf("ended: got %d, %v, want 2", n, err)
		}
		if open, err = s.Sessions(t.Context(), ana.ID, time.Hour); len(open) != 1 || err != nil || open[0].Token != [32]byte{3} {
			t.Errorf("after ending the others: got %+v, %v", open, err)
		}
		if known, err := s.KnownDevice(t.Context(), ana.ID, [32]byte{7}); known || err != nil {
			t.Errorf("device afterwards: got %v, %v, want unknown", known, err)
		}
		if _, err := s.Session(t.Context(), [32]byte{9}, time.Hour); err != nil {
			t.Errorf("somebody else's session: %v", err)
		}
	})
}

func TestACodeOpensOneSessionHoweverManyTryAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		recovery := [][32]byte{{1}, {2}}
		s.do("set factor", s.SetSecondFactor(t.Context(), u.ID, "SECRET", 5, recovery))
		wantCode(t, s.StartSession(t.Context(), store.Login{User: u.ID, Token: [32]byte{1}, TTL: time.Hour, Step: 5}), ticket.CodeUnauthorized)
		for name, l := range map[string]store.Login{"step": {Step: 6}, "recovery code": {RecoveryCode: [32]byte{2}}} {
			opened := make([]bool, 6)
			var wg sync.WaitGroup
			for i := range opened {
				wg.Go(func() {
					l := l
					l.User, l.TTL, l.Token = u.ID, time.Hour, [32]byte{name[0], byte(i)}
					opened[i] = s.StartSession(t.Context(), l) == nil
				})
			}
			wg.Wait()
			if n := count(opened); n != 1 {
				t.Errorf("%s: got %d sessions, want 1", name, n)
			}
		}
		if left, err := s.RecoveryCodes(t.Context(), u.ID); left != 1 || err != nil {
			t.Errorf("recovery codes: got %d, %v, want 1", left, err)
		}
		if has, err := s.HasRecoveryCode(t.Context(), u.ID, [32]byte{2}); has || err != nil {
			t.Errorf("the used code: got %v, %v, want it gone", has, err)
		}
	})
}

func count(all []bool) (n int) {
	for _, ok := range all {
		if ok {
			n++
		}
	}
	return n
}

func TestATemporaryPasswordIsReplacedByTheLogin(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.login(store.Login{User: u.ID, Token: [32]byte{1}})
		s.do("set password", s.SetPassword(t.Context(), store.PasswordChange{Business: u.Business, User: u.ID, Hash: "$temporary", Temporary: true, Keep: [32]byte{1}}))
		got, err := s.Session(t.Context(), [32]byte{1}, time.Hour)
		if err != nil || !got.Temporary {
			t.Errorf("the session to keep: got %+v, %v", got, err)
		}
		s.login(store.Login{User: u.ID, Token: [32]byte{2}, PasswordHash: "$own"})
		got, err = s.UserByName(t.Context(), "ana")
		if err != nil || got.Temporary || got.PasswordHash != "$own" {
			t.Errorf("got %+v, %v, want the new password", got, err)
		}
		_, err = s.Session(t.Context(), [32]byte{1}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
	})
}
