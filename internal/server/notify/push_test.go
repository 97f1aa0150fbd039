package notify_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mostrador/internal/server/notify"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// phone is a browser's side of a subscription.
type phone struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newPhone(t *testing.T) phone {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := phone{key: key, auth: make([]byte, 16)}
	_, _ = rand.Read(p.auth)
	return p
}

func (p phone) browser(endpoint string) notify.Browser {
	return notify.Browser{
		Endpoint: endpoint, Origin: "https://mesa.example",
		Key: base64.RawURLEncoding.EncodeToString(p.key.PublicKey().Bytes()), Auth: base64.RawURLEncoding.EncodeToString(p.auth),
	}
}

// open reads what only this browser can, as RFC 8291 says.
func (p phone) open(t *testing.T, body []byte) map[string]string {
	t.Helper()
	must := func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	salt, length := body[:16], int(body[20])
	sender, sealed := body[21:21+length], body[21+length:]
	public, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared := must(p.key.ECDH(public))
	info := "WebPush: info\x00" + string(p.key.PublicKey().Bytes()) + string(sender)
	secret := must(hkdf.Key(sha256.New, shared, p.auth, info, 32))
	key := must(hkdf.Key(sha256.New, secret, salt, "Content-Encoding: aes128gcm\x00", 16))
	nonce := must(hkdf.Key(sha256.New, secret, salt, "Content-Encoding: nonce\x00", 12))
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain := must(gcm.Open(nil, nonce, sealed, nil))
	text := strings.TrimRight(string(plain), "\x00")
	var said map[string]string
	if err := json.Unmarshal([]byte(strings.TrimSuffix(text, "\x02")), &said); err != nil {
		t.Fatalf("read %q: %v", text, err)
	}
	return said
}

func (s *shop) subscribe(p phone, user int64) store.Channel {
	s.t.Helper()
	c, err := p.browser(s.there.URL + "/push/1").Channel()
	if err != nil {
		s.t.Fatal(err)
	}
	c.User = user
	return s.add(c)
}

func TestABrowserGetsWhatOnlyItCanRead(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: "luis", Role: "agent"})
		if err != nil {
			t.Fatal(err)
		}
		p := newPhone(t)
		s.subscribe(p, user)
		s.write("5215500000001", "A1", "no prende")
		s.settle(0)
		s.wantNone() // the business has not allowed it
		s.say(func(n *store.NoticeSettings) { n.Push = true })
		s.write("5215500000002", "A2", "sale humo")
		s.settle(0)
		got := s.wantOne()
		said := p.open(t, []byte(got.body))
		if said["titulo"] != "Urgente · Ticket nuevo: 2" || said["enlace"] != "/#/ticket/2" || strings.Contains(said["cuerpo"], "humo") {
			t.Errorf("got %v, want the ticket and nothing personal", said)
		}
		if h := got.header; !strings.HasPrefix(h.Get("Authorization"), "vapid t=") || h.Get("Urgency") != "high" || h.Get("TTL") == "" || h.Get("Content-Encoding") != "aes128gcm" {
			t.Errorf("got headers %v, want those of web push", h)
		}
		if key, err := s.PushKey(t.Context(), s.origin.Business); err != nil || !strings.HasSuffix(got.header.Get("Authorization"), "k="+key) {
			t.Errorf("got %s, %v, want it signed with the key that browsers are given", key, err)
		}
	})
}

func TestABrowserThatIsGoneIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.say(func(n *store.NoticeSettings) { n.Push = true })
		p := newPhone(t)
		c := s.subscribe(p, 0)
		again := s.subscribe(p, 0)
		if _, err := s.Channel(t.Context(), s.origin.Business, c.ID); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("got %v, want a browser that subscribes again to be there once", err)
		}
		s.there.answer(http.StatusGone)
		s.write("5215500000002", "A2", "sale humo")
		s.settle(0)
		if _, err := s.Channel(t.Context(), s.origin.Business, again.ID); ticket.CodeOf(err) != ticket.CodeNotFound {
			t.Errorf("got %v, want it forgotten", err)
		}
	})
}

func TestWhatNoBrowserSaysIsRefused(t *testing.T) {
	good := newPhone(t).browser("https://push.example/1")
	if _, err := good.Channel(); err != nil {
		t.Fatalf("got %v, want a real one taken", err)
	}
	for name, change := range map[string]func(*notify.Browser){
		"plain":    func(b *notify.Browser) { b.Endpoint = "http://push.example/1" },
		"no host":  func(b *notify.Browser) { b.Endpoint = "https:///1" },
		"password": func(b *notify.Browser) { b.Endpoint = "https://a:b@push.example/1" },
		"key":      func(b *notify.Browser) { b.Key = "AAAA" },
		"no point": func(b *notify.Browser) {
			b.Key = base64.RawURLEncoding.EncodeToString(append([]byte{4}, make([]byte, 64)...))
		},
		"short":     func(b *notify.Browser) { b.Auth = "AAAA" },
		"no base64": func(b *notify.Browser) { b.Auth = "ñ" },
		"origin":    func(b *notify.Browser) { b.Origin = "javascript:alert(1)" },
	} {
		bad := good
		change(&bad)
		if _, err := bad.Channel(); ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
}
