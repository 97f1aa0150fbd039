package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

func TestTheConfigurationSetsUpOneBusiness(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		got, err := s.OriginByToken(t.Context(), [32]byte{1})
		if err != nil || got != s.origin {
			t.Errorf("origin: got %+v, %v; want %+v", got, err, s.origin)
		}
		b, err := s.Business(t.Context(), s.origin.Business)
		want := store.Business{ID: s.origin.Business, Settings: store.Settings{
			Name: "Taller", JoinWindow: 72 * time.Hour,
			ReceivedText: "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto.",
		}}
		if diff := cmp.Diff(want, b); err != nil || diff != "" {
			t.Errorf("business: got %v (-want +got):\n%s", err, diff)
		}
		again, err := s.Setup(t.Context(), store.Setup{BusinessName: "Otro nombre", BridgeURL: "http://new.test", TokenHash: [32]byte{2}})
		if err != nil || again != s.origin {
			t.Errorf("second setup: got %+v, %v; want %+v", again, err, s.origin)
		}
		if b, err := s.Business(t.Context(), s.origin.Business); err != nil || b.Name != "Taller" {
			t.Errorf("name: got %q, %v, want what people may have changed untouched", b.Name, err)
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

func TestASetupThatKeepsMakesWhatIsMissingAndChangesNothing(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := storetest.OpenURL(t, url)
		var first store.Origin
		for i, c := range []store.Setup{
			{BusinessName: "Taller", BridgeURL: "http://a.test", TokenHash: [32]byte{1}, Keep: true},
			{BusinessName: "Otro", BridgeURL: "http://b.test", TokenHash: [32]byte{2}, Keep: true},
		} {
			origin, err := s.Setup(t.Context(), c)
			if i == 0 {
				first = origin
			}
			if err != nil || origin != first || origin.Bridge == 0 {
				t.Errorf("setup %d: got %+v, %v, want %+v", i+1, origin, err, first)
			}
		}
		if got, err := s.OriginByToken(t.Context(), [32]byte{1}); err != nil || got != first {
			t.Errorf("the first token: got %+v, %v, want it known", got, err)
		}
		_, err := s.OriginByToken(t.Context(), [32]byte{2})
		wantCode(t, err, ticket.CodeUnauthorized)
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

func TestAUserSaysWhichLanguageTheyRead(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "ann", Role: "agent"})
		if err != nil {
			t.Fatal(err)
		}
		want := func(said, told string) {
			t.Helper()
			if got, err := s.Language(t.Context(), user); err != nil || got != said {
				t.Errorf("said: got %q, %v, want %q", got, err, said)
			}
			if got, err := s.NoticeLanguage(t.Context(), s.origin.Business, user); err != nil || got != told {
				t.Errorf("told in: got %q, %v, want %q", got, err, told)
			}
		}
		want("", "es")
		settings, err := s.NoticeSettings(t.Context(), s.origin.Business)
		if err != nil {
			t.Fatal(err)
		}
		settings.Language = "pt"
		if err := s.SetNoticeSettings(t.Context(), s.origin.Business, 0, settings); err != nil {
			t.Fatal(err)
		}
		want("", "pt") // as the business
		if err := s.SetLanguage(t.Context(), s.origin.Business, user, "en"); err != nil {
			t.Fatal(err)
		}
		want("en", "en")
		if err := s.SetLanguage(t.Context(), s.origin.Business+1, user, "es"); err != nil {
			t.Fatal(err)
		}
		want("en", "en") // another business has no such user
		settings.Language = "fr"
		for name, err := range map[string]error{
			"user": s.SetLanguage(t.Context(), s.origin.Business, user, ""), "business": s.SetNoticeSettings(t.Context(), s.origin.Business, 0, settings),
		} {
			if ticket.CodeOf(err) != ticket.CodeInvalid {
				t.Errorf("%s: got %v, want it refused", name, err)
			}
		}
	})
}
