package auth_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/ticket"
)

func TestChangingThePasswordEndsTheOtherSessions(t *testing.T) {
	d := openDesk(t)
	here, there := d.browser("10.0.0.1"), d.browser("10.0.0.2")
	id := here.ana()
	there.ana()
	d.want(d.ChangePassword(t.Context(), id, "mala", "otra muy secreta"), ticket.CodeInvalid)
	d.want(d.ChangePassword(t.Context(), id, anas, "corta"), ticket.CodeInvalid)
	d.must(d.ChangePassword(t.Context(), id, anas, "otra muy secreta"))
	if here.whoever() != "Ana" || there.whoever() != "" {
		t.Errorf("here %q, there %q; want Ana here and nobody there", here.whoever(), there.whoever())
	}
	_, err := there.login(auth.Credentials{Name: "ana", Password: anas})
	d.want(err, ticket.CodeUnauthorized)
}

func TestTheOwnPasswordCannotBeGuessedWithAStolenSession(t *testing.T) {
	d := openDesk(t)
	id := d.browser("10.0.0.1").ana()
	for range 10 {
		d.want(d.ChangePassword(t.Context(), id, "mala", "otra muy secreta"), ticket.CodeInvalid)
	}
	d.want(d.ChangePassword(t.Context(), id, anas, "otra muy secreta"), ticket.CodeRateLimited)
}

func TestASecondFactorIsDrawnProvedAndTakenAwayAgain(t *testing.T) {
	d := openDesk(t)
	id := d.browser("10.0.0.1").ana()
	f, err := d.PrepareFactor(id, "Taller Núñez")
	d.must(err)
	if _, err := png.Decode(bytes.NewReader(f.Picture)); err != nil || !strings.HasPrefix(f.URL, "otpauth://totp/Taller%20N") || len(f.Secret) != 32 {
		t.Errorf("got %q with %d letters of secret, picture %v", f.URL, len(f.Secret), err)
	}
	_, err = d.EnableFactor(t.Context(), id, "mala", f.Secret, d.code(f.Secret))
	d.want(err, ticket.CodeInvalid)
	_, err = d.EnableFactor(t.Context(), id, anas, f.Secret, "000000")
	d.want(err, ticket.CodeInvalid)
	_, err = d.EnableFactor(t.Context(), id, anas, "MFRGG", d.code("MFRGG==="))
	d.want(err, ticket.CodeInvalid)
	_, err = d.RenewCodes(t.Context(), id, anas)
	d.want(err, ticket.CodeConflict)
	secret, codes := d.factor(id)
	_, err = d.EnableFactor(t.Context(), id, anas, secret, d.code(secret))
	d.want(err, ticket.CodeConflict)
	renewed, err := d.RenewCodes(t.Context(), id, anas)
	d.must(err)
	d.want(d.DisableFactor(t.Context(), id, anas, codes[0]), ticket.CodeInvalid)
	d.must(d.DisableFactor(t.Context(), id, anas, renewed[0]))
	d.must(d.DisableFactor(t.Context(), id, anas, ""))
	d.browser("10.0.0.2").ana()
}

func TestPeopleSeeAndEndTheirOwnSessionsOnly(t *testing.T) {
	d := openDesk(t)
	here, there := d.browser("10.0.0.1"), d.browser("10.0.0.2")
	id := here.ana()
	d.clock.Advance(time.Minute)
	there.ana()
	open, err := d.Sessions(t.Context(), id)
	if err != nil || len(open) != 2 || open[0].Address != "10.0.0.2" || open[1].Token != id.Session {
		t.Fatalf("got %+v, %v", open, err)
	}
	d.must(d.EndSession(t.Context(), id, open[0].ID()))
	if there.whoever() != "" {
		t.Errorf("there: got %q, want nobody", there.whoever())
	}
	there.ana()
	if n, err := d.EndOtherSessions(t.Context(), id); n != 1 || err != nil || there.whoever() != "" || here.whoever() != "Ana" {
		t.Errorf("got %d, %v; here %q, there %q", n, err, here.whoever(), there.whoever())
	}
	if open, err := d.Sessions(t.Context(), auth.Identity{}); len(open) != 0 || err != nil {
		t.Errorf("a program's: got %+v, %v, want none", open, err)
	}
}

func TestAPersonalTokenIsNoMoreThanItsOwnerAndNoSession(t *testing.T) {
	d := openDesk(t)
	id := d.browser("10.0.0.1").ana()
	made, secret, err := d.CreateToken(t.Context(), id, " caja ", auth.RoleAgent, d.clock.Now().Add(time.Hour))
	d.must(err)
	bearer := func() (auth.Identity, error) { return d.Identify(request("Authorization", "Bearer "+secret)) }
	got, err := bearer()
	if err != nil || got.Name != "Ana" || got.Role != auth.RoleAgent || got.Token || got.Session != [32]byte{} || made.Name != "caja" {
		t.Errorf("got %+v, %v, want Ana as an agent", got, err)
	}
	for what, err := range map[string]error{
		"password": d.ChangePassword(t.Context(), got, anas, "otra muy secreta"),
		"sessions": d.EndSession(t.Context(), got, "00"),
		"revoking": d.RevokeToken(t.Context(), got, made.ID),
		"disable":  d.DisableFactor(t.Context(), got, anas, ""),
	} {
		if ticket.CodeOf(err) != ticket.CodeForbidden {
			t.Errorf("%s with a token: got %v, want %q", what, err, ticket.CodeForbidden)
		}
	}
	_, _, err = d.CreateToken(t.Context(), got, "otro", auth.RoleReader, time.Time{})
	d.want(err, ticket.CodeForbidden)
	_, err = d.PrepareFactor(got, "Taller")
	d.want(err, ticket.CodeForbidden)
	_, err = d.EndOtherSessions(t.Context(), got)
	d.want(err, ticket.CodeForbidden)

	d.must(d.AddUser(t.Context(), d.origin.Business, "Luis", "otra muy secreta"))
	d.must(d.store.SetRole(t.Context(), d.origin.Business, 0, id.User, string(auth.RoleReader)))
	if got, err := bearer(); err != nil || got.Role != auth.RoleReader {
		t.Errorf("of a demoted owner: got %q, %v, want %q", got.Role, err, auth.RoleReader)
	}
	d.clock.Advance(time.Hour)
	_, err = bearer()
	d.want(err, ticket.CodeUnauthorized)
}

func TestATokenNeedsANameARoleOfItsOwnersAndAnEndToCome(t *testing.T) {
	d := openDesk(t)
	_, err := d.Add(t.Context(), auth.NewUser{Business: d.origin.Business, Name: "Luis", Password: "otra muy secreta", Role: auth.RoleAgent})
	d.must(err)
	luis, err := d.browser("10.0.0.1").login(auth.Credentials{Name: "luis", Password: "otra muy secreta"})
	d.must(err)
	now := d.clock.Now()
	for _, tt := range []struct {
		name    string
		role    auth.Role
		expires time.Time
		want    ticket.Code
	}{
		{"x", auth.RoleAdmin, time.Time{}, ticket.CodeForbidden},
		{"", auth.RoleAgent, time.Time{}, ticket.CodeInvalid},
		{strings.Repeat("x", 61), auth.RoleAgent, time.Time{}, ticket.CodeInvalid},
		{"x", auth.RoleAgent, now, ticket.CodeInvalid},
		{"x", auth.RoleAgent, now.Add(20 * 365 * 24 * time.Hour), ticket.CodeInvalid},
		{"x", auth.RoleReader, time.Time{}, ""},
	} {
		_, _, err := d.CreateToken(t.Context(), luis, tt.name, tt.role, tt.expires)
		if ticket.CodeOf(err) != tt.want {
			t.Errorf("%.5q as %s until %v: got %v, want %q", tt.name, tt.role, tt.expires, err, tt.want)
		}
	}
	tokens, err := d.store.APITokens(t.Context(), luis.User)
	d.must(err)
	d.must(d.RevokeToken(t.Context(), luis, tokens[0].ID))
	d.want(d.RevokeToken(t.Context(), luis, tokens[0].ID), ticket.CodeNotFound)
}

func TestALinkLetsSomebodyIn(t *testing.T) {
	d := openDesk(t)
	boss := d.browser("10.0.0.1").ana()
	_, _, err := d.Invite(t.Context(), boss, auth.RoleAgent, " ")
	d.want(err, ticket.CodeInvalid)
	made, token, err := d.Invite(t.Context(), boss, auth.RoleAgent, "Luis, caja")
	d.must(err)
	if life := made.ExpiresAt.Sub(d.clock.Now()); life != 72*time.Hour {
		t.Errorf("got a link for %v, want 72h", life)
	}
	_, err = d.Accept(t.Context(), token+"x", "Luis", "otra muy secreta")
	d.want(err, ticket.CodeNotFound)
	_, err = d.Accept(t.Context(), token, "Luis", "corta")
	d.want(err, ticket.CodeInvalid)
	_, err = d.Accept(t.Context(), token, " ana ", "otra muy secreta")
	d.want(err, ticket.CodeConflict)
	name, err := d.Accept(t.Context(), token, " Luis ", "otra muy secreta")
	if err != nil || name != "Luis" {
		t.Errorf("got %q, %v, want Luis", name, err)
	}
	luis, err := d.browser("10.0.0.2").login(auth.Credentials{Name: "luis", Password: "otra muy secreta"})
	if err != nil || luis.Role != auth.RoleAgent || luis.Business != d.origin.Business {
		t.Errorf("got %+v, %v, want an agent", luis, err)
	}
	_, err = d.Invitation(t.Context(), token)
	d.want(err, ticket.CodeNotFound)
}

func TestAForgottenPasswordIsReplacedThroughALink(t *testing.T) {
	d := openDesk(t)
	b := d.browser("10.0.0.1")
	id := b.ana()
	_, token, err := d.ResetLink(t.Context(), id, id.User)
	d.must(err)
	_, _, err = d.ResetLink(t.Context(), id, 99)
	d.want(err, ticket.CodeNotFound)
	_, err = d.Accept(t.Context(), token, "ignored", "ANA123456789")
	d.want(err, ticket.CodeInvalid)
	name, err := d.Accept(t.Context(), token, "ignored", "otra muy secreta")
	if err != nil || name != "Ana" || b.whoever() != "" {
		t.Errorf("got %q, %v and %q in, want Ana, and nobody in any more", name, err, b.whoever())
	}
	_, err = b.login(auth.Credentials{Name: "ana", Password: "otra muy secreta"})
	d.must(err)
}

func TestSomebodyElseChoosesAPassword(t *testing.T) {
	d := openDesk(t)
	b := d.browser("10.0.0.1")
	b.ana()
	members, err := d.store.Members(t.Context(), d.origin.Business)
	d.must(err)
	d.want(d.SetPassword(t.Context(), d.origin.Business, 0, members[0], "corta"), ticket.CodeInvalid)
	d.must(d.SetPassword(t.Context(), d.origin.Business, 0, members[0], "otra muy secreta"))
	if b.whoever() != "" {
		t.Errorf("got %q still in, want nobody", b.whoever())
	}
}

func TestEachRoleMayDoWhatThoseBelowItMay(t *testing.T) {
	for role, want := range map[auth.Role]string{auth.RoleReader: "ynn", auth.RoleAgent: "yyn", auth.RoleAdmin: "yyy", "": "nnn", "other": "nnn"} {
		for i, needed := range []auth.Role{auth.RoleReader, auth.RoleAgent, auth.RoleAdmin} {
			if got := role.Covers(needed); got != (want[i] == 'y') {
				t.Errorf("%q for %q: got %v, want %c", role, needed, got, want[i])
			}
		}
	}
}
