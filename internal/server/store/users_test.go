package store_test

import (
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

func (s *shop) user(name string) store.User {
	s.t.Helper()
	u := store.User{Business: s.origin.Business, Name: name, PasswordHash: "$argon2id$x", Role: "administrador"}
	var err error
	if u.ID, err = s.CreateUser(s.t.Context(), u); err != nil {
		s.t.Fatalf("create user %q: %v", name, err)
	}
	return u
}

func TestUsersAreFoundByNameInUpperAndLowerCase(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		want := s.user("Íñigo")
		for _, name := range []string{"Íñigo", " íñigo ", "ÍÑIGO"} {
			got, err := s.UserByName(t.Context(), name)
			if err != nil || got != want {
				t.Errorf("%q: got %+v, %v; want %+v", name, got, err, want)
			}
		}
		for _, name := range []string{"", "inigo", "Íñigo' OR '1'='1", "a\x00", "\xff"} {
			_, err := s.UserByName(t.Context(), name)
			wantCode(t, err, ticket.CodeNotFound)
		}
		_, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "ÍÑIGO"})
		wantCode(t, err, ticket.CodeConflict)
		_, err = s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: " \x00"})
		wantCode(t, err, ticket.CodeInvalid)
		if n, err := s.CountUsers(t.Context()); n != 1 || err != nil {
			t.Errorf("users: got %d, %v; want 1", n, err)
		}
	})
}

func TestTheFirstUserIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		var wg sync.WaitGroup
		made := make([]bool, 8)
		for i := range made {
			wg.Go(func() {
				_, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "admin"})
				made[i] = err == nil
				if code := ticket.CodeOf(err); err != nil && code != ticket.CodeConflict {
					t.Errorf("got %v, want nil or a conflict", err)
				}
			})
		}
		wg.Wait()
		count := 0
		for _, ok := range made {
			if ok {
				count++
			}
		}
		if count != 1 {
			t.Errorf("made: got %d, want 1", count)
		}
	})
}

func TestASessionLastsAsLongAsItIsUsed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		want := s.user("ana")
		token := [32]byte{7}
		s.do("create session", s.CreateSession(t.Context(), want.ID, token, 10*time.Hour))
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

		s.do("create session", s.CreateSession(t.Context(), want.ID, [32]byte{8}, 30*time.Minute))
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
			s.do("create session", s.CreateSession(t.Context(), u.ID, token, time.Hour))
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
		s.do("set password", s.SetPassword(t.Context(), u.ID, "$argon2id$y"))
		alive(false, false, false)
		if got, err := s.UserByName(t.Context(), "ana"); err != nil || got.PasswordHash != "$argon2id$y" {
			t.Errorf("password: got %q, %v", got.PasswordHash, err)
		}
		wantCode(t, s.SetPassword(t.Context(), 99, "x"), ticket.CodeNotFound)
		wantCode(t, s.CreateSession(t.Context(), 99, [32]byte{4}, time.Hour), ticket.CodeNotFound)
	})
}

func TestExpiredSessionsAreSweptAway(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.do("create session", s.CreateSession(t.Context(), u.ID, [32]byte{1}, time.Hour))
		s.clock.Advance(2 * time.Hour)
		s.do("delete expired", s.DeleteExpiredSessions(t.Context()))
		// The hash is free again only if the row is gone.
		s.do("create the same session", s.CreateSession(t.Context(), u.ID, [32]byte{1}, time.Hour))
	})
}

func TestTheConfigurationSetsUpOneBusiness(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		got, err := s.OriginByToken(t.Context(), [32]byte{1})
		if err != nil || got != s.origin {
			t.Errorf("origin: got %+v, %v; want %+v", got, err, s.origin)
		}
		b, err := s.Business(t.Context(), s.origin.Business)
		want := store.Business{
			ID: s.origin.Business, Name: "Taller", JoinWindow: 72 * time.Hour,
			ReceivedText: "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto.",
		}
		if err != nil || b != want {
			t.Errorf("business: got %+v, %v; want %+v", b, err, want)
		}
		again, err := s.Setup(t.Context(), store.Setup{BusinessName: "Otro nombre", BridgeURL: "http://new.test", TokenHash: [32]byte{2}})
		if err != nil || again != s.origin {
			t.Errorf("second setup: got %+v, %v; want %+v", again, err, s.origin)
		}
		if b, err := s.Business(t.Context(), s.origin.Business); err != nil || b.Name != "Otro nombre" {
			t.Errorf("name: got %q, %v", b.Name, err)
		}
		_, err = s.OriginByToken(t.Context(), [32]byte{1})
		wantCode(t, err, ticket.CodeUnauthorized)
		s.add(s.fromAna("A1", "hola"))
		s.queue(store.Reply{Ticket: 1, Text: "x", WhatsAppID: "R1"})
		if out := s.claimAll(1); len(out) != 1 || out[0].BridgeURL != "http://new.test" {
			t.Errorf("claimed: got %+v, want the bridge's new address", out)
		}
	})
}

func TestATokenThatAnotherServerChangedIsRefusedWithinASecond(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s, other := openShop(t, url), storetest.OpenURL(t, url)
		know := func(hash byte) error {
			_, err := s.OriginByToken(t.Context(), [32]byte{hash})
			return err
		}
		s.do("know the token", know(1))
		_, err := other.Setup(t.Context(), store.Setup{BusinessName: "Taller", TokenHash: [32]byte{2}})
		s.do("change the token", err)
		s.do("know the new token", know(2))
		s.clock.Advance(time.Second)
		wantCode(t, know(1), ticket.CodeUnauthorized)
		s.do("know the new token", know(2))
		s.clock.Advance(-time.Hour)
		wantCode(t, know(1), ticket.CodeUnauthorized)
	})
}
