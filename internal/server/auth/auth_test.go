package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

func open(t *testing.T, o auth.Options) (*auth.Auth, store.Origin) {
	t.Helper()
	o.Store = storetest.Open(t)
	origin, err := o.Store.Setup(t.Context(), store.Setup{BusinessName: "Taller", TokenHash: httpx.NewToken("the bridge's token")})
	if err != nil {
		t.Fatal(err)
	}
	o.Default = origin
	return auth.New(o), origin
}

func request(header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestATokenNamesTheBridgeAndASessionTheUser(t *testing.T) {
	a, origin := open(t, auth.Options{})
	if err := a.AddUser(t.Context(), origin.Business, "Ana", "muy secreta"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	ana, err := a.Login(w, request(), auth.Credentials{Name: "ana", Password: "muy secreta"})
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	for _, tt := range []struct {
		name   string
		header []string
		want   auth.Identity
		code   ticket.Code
	}{
		{"the token", []string{"Authorization", "Bearer the bridge's token"}, auth.Identity{Origin: origin, Role: auth.RoleAdmin, Token: true}, ""},
		{"the session", []string{"Cookie", cookie}, ana, ""},
		{"both", []string{"Cookie", cookie, "Authorization", "Bearer the bridge's token"}, auth.Identity{Origin: origin, Role: auth.RoleAdmin, Token: true}, ""},
		{"a wrong token beside the session", []string{"Cookie", cookie, "Authorization", "Bearer wrong"}, auth.Identity{}, ticket.CodeUnauthorized},
		{"a made-up session", []string{"Cookie", auth.Cookie + "=x"}, auth.Identity{}, ticket.CodeUnauthorized},
		{"nothing", nil, auth.Identity{}, ticket.CodeUnauthorized},
	} {
		got, err := a.Identify(request(tt.header...))
		if diff := cmp.Diff(tt.want, got); diff != "" || ticket.CodeOf(err) != tt.code {
			t.Errorf("%s: got %v, want %q; identity (-want +got):\n%s", tt.name, err, tt.code, diff)
		}
	}
	if ana.Business != origin.Business || ana.Name != "Ana" || ana.User == 0 || ana.Token {
		t.Errorf("got %+v, want Ana of the business", ana)
	}
}

func TestAnOpenPanelStillRefusesAWrongToken(t *testing.T) {
	a, origin := open(t, auth.Options{Open: true})
	if got, err := a.Identify(request()); err != nil || got.Business != origin.Business || got.Token {
		t.Errorf("got %+v, %v, want the default business without a token", got, err)
	}
	if _, err := a.Identify(request("Authorization", "Bearer wrong")); ticket.CodeOf(err) != ticket.CodeUnauthorized {
		t.Errorf("got %v, want %q", err, ticket.CodeUnauthorized)
	}
}

func TestUsersNeedANameAndAPasswordThatIsNotGuessedFirst(t *testing.T) {
	a, origin := open(t, auth.Options{})
	for _, tt := range [][2]string{
		{"", "muy secreta"}, {"  ", "muy secreta"}, {strings.Repeat("n", 61), "muy secreta"}, {"a\nb", "muy secreta"},
		{"ana", ""}, {"ana", "nueve núm"}, {"ana", strings.Repeat("xyz!", 257)}, {"ana", "contraseña123"}, {"ana", "QWERTYuiop"},
		{"ana", "aaaaaaaaaaaa"}, {"ana", "1212121212"}, {"Ana Torres", "ana torres1"}, {"Ana Torres", "123ANA TORRES!"}, {"ana", "muy\xffsecreta"},
	} {
		if err := a.AddUser(t.Context(), origin.Business, tt[0], tt[1]); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%.10q with %.20q: got %v, want %q", tt[0], tt[1], err, ticket.CodeInvalid)
		}
	}
	if err := a.AddUser(t.Context(), origin.Business, "ana", "ñandúes ya"); err != nil {
		t.Fatal(err)
	}
	if err := a.AddUser(t.Context(), origin.Business, "ANA", "ñandúes ya"); ticket.CodeOf(err) != ticket.CodeConflict {
		t.Errorf("a second Ana: got %v, want %q", err, ticket.CodeConflict)
	}
}

func TestTheContextOfAStrangerHoldsNobody(t *testing.T) {
	if got := auth.From(t.Context()); got != (auth.Identity{}) {
		t.Errorf("got %+v, want nobody", got)
	}
}

func TestABadOriginIsSaidAtTheStart(t *testing.T) {
	if _, err := auth.SameOrigin(nil, []string{"panel"}); err == nil {
		t.Error("got no error for an origin without a scheme, want one")
	}
}
