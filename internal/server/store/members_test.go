package store_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *shop) admin(name string) int64 {
	s.t.Helper()
	id, err := s.CreateUser(s.t.Context(), store.User{Business: s.origin.Business, Name: name, PasswordHash: "$x", Role: "admin"})
	s.do("create admin", err)
	return id
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.origin.Business
		ana := s.admin("ana")
		wantCode(t, s.SetRole(t.Context(), b, 0, ana, "agent"), ticket.CodeConflict)
		wantCode(t, s.SetDisabled(t.Context(), b, 0, ana, true), ticket.CodeConflict)
		luis := s.admin("luis")
		s.do("disable one of two", s.SetDisabled(t.Context(), b, ana, luis, true))
		wantCode(t, s.SetRole(t.Context(), b, 0, ana, "reader"), ticket.CodeConflict)
		s.do("enable", s.SetDisabled(t.Context(), b, ana, luis, false))
		s.do("demote one of two", s.SetRole(t.Context(), b, luis, ana, "reader"))
		wantCode(t, s.SetRole(t.Context(), b, 0, 99, "agent"), ticket.CodeNotFound)
		wantCode(t, s.SetRole(t.Context(), b+1, 0, ana, "agent"), ticket.CodeNotFound)
		members, err := s.Members(t.Context(), b)
		if err != nil || len(members) != 2 || members[0].Name != "ana" || members[0].Role != "reader" || members[1].Disabled {
			t.Errorf("got %+v, %v", members, err)
		}
	})
}

func TestTwoAdministratorsWhoDemoteEachOtherDoNotBothSucceed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		servers := []*store.Store{s.Store, s.another()}
		ids := []int64{s.admin("ana"), s.admin("luis")}
		for range 8 {
			demoted := make([]bool, 2)
			var wg sync.WaitGroup
			for i, by := range ids {
				wg.Go(func() {
					demoted[1-i] = servers[i].SetRole(t.Context(), s.origin.Business, by, ids[1-i], "agent") == nil
				})
			}
			wg.Wait()
			if n := count(demoted); n != 1 {
				t.Fatalf("got %d demotions, want 1", n)
			}
			for _, id := range ids {
				s.do("promote again", s.SetRole(t.Context(), s.origin.Business, 0, id, "admin"))
			}
		}
	})
}

func TestWhoeverIsDisabledIsOutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.origin.Business
		s.admin("jefa")
		u := s.user("ana")
		s.login(store.Login{User: u.ID, Token: [32]byte{1}, Device: [32]byte{2}, DeviceTTL: time.Hour})
		_, err := s.CreateAPIToken(t.Context(), u.ID, store.APIToken{Name: "caja", Role: "reader"}, [32]byte{3})
		s.do("create token", err)
		_, err = s.CreateInvitation(t.Context(), 0, store.Invitation{Business: b, User: u.ID}, [32]byte{4}, time.Hour)
		s.do("create link", err)
		s.do("disable", s.SetDisabled(t.Context(), b, 0, u.ID, true))
		s.do("disable again", s.SetDisabled(t.Context(), b, 0, u.ID, true))
		_, err = s.Session(t.Context(), [32]byte{1}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
		_, _, err = s.UserByAPIToken(t.Context(), [32]byte{3})
		wantCode(t, err, ticket.CodeUnauthorized)
		_, err = s.InvitationByToken(t.Context(), [32]byte{4})
		wantCode(t, err, ticket.CodeNotFound)
		_, err = s.UserByName(t.Context(), "ana")
		wantCode(t, err, ticket.CodeNotFound)
		_, err = s.User(t.Context(), u.ID)
		wantCode(t, err, ticket.CodeNotFound)
		wantCode(t, s.StartSession(t.Context(), store.Login{User: u.ID, Token: [32]byte{5}, TTL: time.Hour}), ticket.CodeNotFound)
		s.do("enable", s.SetDisabled(t.Context(), b, 0, u.ID, false))
		_, err = s.Session(t.Context(), [32]byte{1}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
		if _, role, err := s.UserByAPIToken(t.Context(), [32]byte{3}); err != nil || role != "reader" {
			t.Errorf("token of the enabled user: got %q, %v", role, err)
		}
	})
}

func TestALinkIsGoodOnceAndForAWhile(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b, token := s.origin.Business, [32]byte{1}
		boss := s.admin("jefa")
		made, err := s.CreateInvitation(t.Context(), boss, store.Invitation{Business: b, Role: "agent", Note: "Luis"}, token, time.Hour)
		s.do("invite", err)
		got, err := s.InvitationByToken(t.Context(), token)
		if err != nil || got != made || got.ID == 0 || got.Role != "agent" || !got.ExpiresAt.Equal(start.Add(time.Hour)) {
			t.Errorf("got %+v, %v, want %+v", got, err, made)
		}
		_, err = s.AcceptInvitation(t.Context(), token, "JEFA", "$x")
		wantCode(t, err, ticket.CodeConflict)
		joined := make([]bool, 6)
		var wg sync.WaitGroup
		for i := range joined {
			wg.Go(func() {
				_, err := s.AcceptInvitation(t.Context(), token, "luis"+strings.Repeat("x", i), "$luis")
				joined[i] = err == nil
			})
		}
		wg.Wait()
		if n := count(joined); n != 1 {
			t.Errorf("got %d users out of one link, want 1", n)
		}
		_, err = s.AcceptInvitation(t.Context(), token, "eva", "$x")
		wantCode(t, err, ticket.CodeNotFound)

		late, err := s.CreateInvitation(t.Context(), boss, store.Invitation{Business: b, Role: "agent"}, [32]byte{2}, time.Hour)
		s.do("invite", err)
		if all, err := s.Invitations(t.Context(), b); len(all) != 1 || err != nil || all[0] != late {
			t.Errorf("open links: got %+v, %v, want %+v", all, err, late)
		}
		s.clock.Advance(time.Hour)
		_, err = s.AcceptInvitation(t.Context(), [32]byte{2}, "eva", "$x")
		wantCode(t, err, ticket.CodeNotFound)
		if all, err := s.Invitations(t.Context(), b); len(all) != 0 || err != nil {
			t.Errorf("links that ran out: got %+v, %v, want none", all, err)
		}
		s.do("revoke", s.RevokeInvitation(t.Context(), b, boss, late.ID))
		wantCode(t, s.RevokeInvitation(t.Context(), b, boss, late.ID), ticket.CodeNotFound)
	})
}

func TestALinkForAForgottenPasswordEndsWhatWasThereBefore(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("Ana")
		s.login(store.Login{User: u.ID, Token: [32]byte{1}})
		for _, token := range [][32]byte{{2}, {3}} {
			_, err := s.CreateInvitation(t.Context(), 0, store.Invitation{Business: u.Business, User: u.ID}, token, time.Hour)
			s.do("make link", err)
		}
		_, err := s.AcceptInvitation(t.Context(), [32]byte{2}, "", "$y")
		wantCode(t, err, ticket.CodeNotFound)
		name, err := s.AcceptInvitation(t.Context(), [32]byte{3}, "ignored", "$y")
		if name != "Ana" || err != nil {
			t.Errorf("got %q, %v, want Ana", name, err)
		}
		if got, err := s.UserByName(t.Context(), "ana"); err != nil || got.PasswordHash != "$y" {
			t.Errorf("got %+v, %v", got, err)
		}
		_, err = s.Session(t.Context(), [32]byte{1}, time.Hour)
		wantCode(t, err, ticket.CodeUnauthorized)
		_, err = s.CreateInvitation(t.Context(), 0, store.Invitation{Business: u.Business, User: 99}, [32]byte{4}, time.Hour)
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestAPersonalTokenIsItsOwnersUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		forever, err := s.CreateAPIToken(t.Context(), u.ID, store.APIToken{Name: "caja", Role: "agent"}, [32]byte{1})
		s.do("create", err)
		_, err = s.CreateAPIToken(t.Context(), u.ID, store.APIToken{Name: "prueba", Role: "reader", ExpiresAt: start.Add(time.Hour)}, [32]byte{2})
		s.do("create", err)
		s.clock.Advance(time.Minute)
		for token, want := range map[[32]byte]string{{1}: "agent", {2}: "reader"} {
			got, role, err := s.UserByAPIToken(t.Context(), token)
			if err != nil || got != u || role != want {
				t.Errorf("got %+v, %q, %v, want %+v and %q", got, role, err, u, want)
			}
		}
		s.clock.Advance(time.Hour)
		_, _, err = s.UserByAPIToken(t.Context(), [32]byte{2})
		wantCode(t, err, ticket.CodeUnauthorized)
		_, _, err = s.UserByAPIToken(t.Context(), [32]byte{9})
		wantCode(t, err, ticket.CodeUnauthorized)
		all, err := s.APITokens(t.Context(), u.ID)
		if err != nil || len(all) != 2 || all[0].Name != "prueba" || !all[1].LastUsedAt.Equal(start.Add(time.Minute)) || !all[1].ExpiresAt.IsZero() {
			t.Errorf("got %+v, %v", all, err)
		}
		wantCode(t, s.RevokeAPIToken(t.Context(), u.ID+1, forever.ID), ticket.CodeNotFound)
		s.do("revoke", s.RevokeAPIToken(t.Context(), u.ID, forever.ID))
		_, _, err = s.UserByAPIToken(t.Context(), [32]byte{1})
		wantCode(t, err, ticket.CodeUnauthorized)
		_, err = s.CreateAPIToken(t.Context(), 99, store.APIToken{}, [32]byte{5})
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestASecondFactorIsSetRenewedAndTakenAway(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		u := s.user("ana")
		s.do("set", s.SetSecondFactor(t.Context(), u.ID, "SECRET", 7, [][32]byte{{1}, {2}}))
		if got, err := s.User(t.Context(), u.ID); err != nil || got.Secret != "SECRET" || got.Step != 7 {
			t.Errorf("got %+v, %v", got, err)
		}
		s.do("renew", s.RenewRecoveryCodes(t.Context(), u.ID, [][32]byte{{3}}))
		for hash, want := range map[[32]byte]bool{{1}: false, {3}: true} {
			if has, err := s.HasRecoveryCode(t.Context(), u.ID, hash); has != want || err != nil {
				t.Errorf("code %d: got %v, %v, want %v", hash[0], has, err, want)
			}
		}
		wantCode(t, s.ClearSecondFactor(t.Context(), u.Business+1, 0, u.ID), ticket.CodeNotFound)
		s.do("clear", s.ClearSecondFactor(t.Context(), u.Business, 0, u.ID))
		if got, err := s.User(t.Context(), u.ID); err != nil || got.Secret != "" {
			t.Errorf("got %+v, %v, want no factor", got, err)
		}
		if n, err := s.RecoveryCodes(t.Context(), u.ID); n != 0 || err != nil {
			t.Errorf("codes left: got %d, %v", n, err)
		}
		wantCode(t, s.SetSecondFactor(t.Context(), 99, "S", 1, nil), ticket.CodeNotFound)
	})
}
