package notify_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"mostrador/internal/server/notify"
	"mostrador/internal/server/said"
	"mostrador/internal/server/store"
	"mostrador/web"
)

func TestEverybodyIsToldInTheirOwnLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		person := func(name, language string) int64 {
			t.Helper()
			user, err := s.CreateUser(t.Context(), store.User{Business: s.origin.Business, Name: name, Role: "agent"})
			if err != nil {
				t.Fatal(err)
			}
			if language != "" {
				if err := s.SetLanguage(t.Context(), s.origin.Business, user, language); err != nil {
					t.Fatal(err)
				}
			}
			return user
		}
		heard := func(phone string) string {
			t.Helper()
			s.write(phone, "A"+phone, "sale humo")
			s.settle(2 * time.Minute)
			return strings.Join(s.there.bodies(), "\n")
		}
		s.listen()
		if got := heard("5215500000001"); !strings.Contains(got, "Urgente · Ticket nuevo: 1") {
			t.Errorf("got %q, want Spanish where nobody said anything", got)
		}
		s.say(func(n *store.NoticeSettings) { n.Language = "pt" })
		s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address(), User: person("ann", "en")})
		s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address(), User: person("luis", "es")})
		s.add(store.Channel{Kind: store.ChannelAddress, Address: s.there.address(), User: person("bia", "")})
		got := heard("5215500000002")
		for part, times := range map[string]int{"Urgente · Ticket novo: 2": 2, "Urgent · New ticket: 2": 1, "Urgente · Ticket nuevo: 2": 1} {
			if n := strings.Count(got, part); n != times {
				t.Errorf("got %q, want %q in it %d times", got, part, times)
			}
		}
	})
}

func TestWhatTheLaptopSaysIsTranslatedForPeopleAndNotForPrograms(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.say(func(n *store.NoticeSettings) { n.Language = "en" })
		s.listen()
		s.hook(store.NoticeTrouble)
		s.lasting(store.Trouble{Kind: "full", Sentence: "Disco lleno: ya no se pueden guardar mensajes en esta computadora.", Solution: "El disco está lleno: libere espacio y seguirá sin más."})
		got := strings.Join(s.there.bodies(), "\n")
		for _, part := range []string{"There is a problem", "no more messages can be stored on this computer. The disk is full", `"detalle":"Disco lleno: ya no se pueden guardar mensajes en esta computadora. El disco`} {
			if !strings.Contains(got, part) {
				t.Errorf("got %q, want %q in it", got, part)
			}
		}
		s.beat()
		s.settle(time.Minute)
		s.wantOne("A problem is over", "What it was: Disk full: no more")
		c, err := s.Channels(t.Context(), s.origin.Business)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Test(t.Context(), s.origin.Business, c[0].ID); err != nil {
			t.Fatal(err)
		}
		s.wantOne("Test notice")
	})
}

func TestEverySentenceOfANoticeIsInEveryLanguageWithItsPlaceholders(t *testing.T) {
	languages, err := said.Load(web.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range store.Languages {
		if (languages[code] == nil) != (code == "es") {
			t.Errorf("got translations into %s: %v, want them for all but Spanish", code, languages[code] != nil)
		}
	}
	for code, in := range languages {
		data, err := fs.ReadFile(web.FS(), "i18n/server/"+code+".json")
		if err != nil {
			t.Fatal(err)
		}
		var table map[string]string
		if err := json.Unmarshal(data, &table); err != nil {
			t.Fatal(err)
		}
		for _, spanish := range notify.Sentences() {
			if table[spanish] == "" && in.Sentence(spanish) == spanish {
				t.Errorf("i18n/server/%s.json lacks %q", code, spanish)
			}
		}
	}
}
