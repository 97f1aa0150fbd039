package whatsapp_test

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/ticket"
	"mostrador/internal/wasim"
)

// picture has Ana send one and returns its id and what Fetch needs.
func (s *session) picture(ana *wasim.Customer) (id string, media []byte) {
	s.t.Helper()
	id = ana.SendImage(jpeg, "")
	return id, s.box.id(s.t, id).Media
}

func TestAFileIsFetchedAsItWas(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for _, c := range []struct {
		media wasim.Media
		mime  string
		name  string
	}{
		{wasim.Media{Kind: wasim.MediaImage, Data: jpeg, MIME: "application/x-evil"}, "image/jpeg", ""},
		{wasim.Media{Kind: wasim.MediaVoice, Data: []byte("voz"), MIME: "audio/ogg; codecs=opus"}, "audio/ogg", ""},
		{wasim.Media{Kind: wasim.MediaVideo, Data: []byte("video"), MIME: "video/mp4"}, "video/mp4", ""},
		{wasim.Media{Kind: wasim.MediaVideoNote, Data: []byte("video"), MIME: "video/mp4"}, "video/mp4", ""},
		{wasim.Media{Kind: wasim.MediaDocument, Data: []byte("%PDF-1.7"), MIME: "text/html", Name: `..\a.pdf`}, "application/pdf", "a.pdf"},
		{wasim.Media{Kind: wasim.MediaSticker, Data: []byte("RIFF\x04\x00\x00\x00WEBPVP8 ")}, "image/webp", ""},
	} {
		entry := s.box.id(t, ana.SendMedia(c.media))
		got, err := s.Fetch(soon(t), entry.Media)
		if err != nil || !bytes.Equal(got.Data, c.media.Data) || got.MIME != c.mime || got.Name != c.name {
			t.Errorf("%s: got %s %q with %d bytes, %v", entry.Message.Kind, got.MIME, got.Name, len(got.Data), err)
		}
	}
}

func TestAFileThatIsTooBigIsNotDownloaded(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	big := make([]byte, maxMedia+100_000)
	for name, m := range map[string]wasim.Media{
		"honest": {Kind: wasim.MediaDocument, Data: big},
		"lying":  {Kind: wasim.MediaDocument, Data: big, DeclaredSize: 10},
	} {
		_, err := s.Fetch(soon(t), s.box.id(t, ana.SendMedia(m)).Media)
		if !errors.Is(err, whatsapp.ErrMediaTooBig) || ticket.CodeOf(err) != ticket.CodeTooLarge {
			t.Errorf("%s: got %v, want ErrMediaTooBig", name, err)
		}
	}
	s.wa.MediaFault(wasim.MediaFault{Length: -1}) // nothing is announced
	_, err := s.Fetch(soon(t), s.box.id(t, ana.SendMedia(wasim.Media{Kind: wasim.MediaDocument, Data: big, DeclaredSize: 10})).Media)
	if !errors.Is(err, whatsapp.ErrMediaTooBig) {
		t.Errorf("unannounced: got %v, want ErrMediaTooBig", err)
	}
	limit := make([]byte, maxMedia)
	got, err := s.Fetch(soon(t), s.box.id(t, ana.SendMedia(wasim.Media{Kind: wasim.MediaDocument, Data: limit})).Media)
	if err != nil || len(got.Data) != maxMedia {
		t.Errorf("just as big as allowed: got %d bytes, %v", len(got.Data), err)
	}
}

func TestAnExpiredFileIsUploadedAgainByThePhone(t *testing.T) {
	t.Parallel()
	s := paired(t)
	for _, addressing := range []wasim.Addressing{wasim.ByPhone, wasim.LIDOnly} {
		ana := s.wa.NewCustomer(wasim.Profile{Addressing: addressing})
		id, media := s.picture(ana)
		s.wa.ExpireMedia(id)
		if got, err := s.Fetch(soon(t), media); err != nil || !bytes.Equal(got.Data, jpeg) {
			t.Errorf("got %d bytes, %v, want the picture", len(got.Data), err)
		}
	}
}

func TestAFileThatIsGoneIsGone(t *testing.T) {
	t.Parallel()
	s := paired(t)
	id, media := s.picture(s.wa.NewCustomer(profile))
	s.wa.LoseMedia(id)
	_, err := s.Fetch(soon(t), media)
	if !errors.Is(err, whatsapp.ErrMediaGone) || ticket.CodeOf(err) != ticket.CodeNotFound {
		t.Errorf("got %v, want ErrMediaGone", err)
	}
	for name, raw := range map[string]string{
		"not a reference": "?", "no path": `{"type":"WhatsApp Image Keys"}`,
		"bad path": `{"type":"WhatsApp Image Keys","path":"/\u0000"}`, "other host": `{"type":"WhatsApp Image Keys","path":"@evil.example/"}`,
	} {
		if _, err := s.Fetch(soon(t), []byte(raw)); !errors.Is(err, whatsapp.ErrMediaGone) {
			t.Errorf("%s: got %v, want ErrMediaGone", name, err)
		}
	}
}

func TestOtherTroubleWithAFileIsWorthAnotherTry(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	for name, fault := range map[string]wasim.MediaFault{
		"server error": {Status: http.StatusInternalServerError},
		"forbidden":    {Status: http.StatusForbidden}, // and the phone has nothing new
		"changed":      {Corrupt: true},
		"cut short":    {Truncate: 5},
	} {
		id, media := s.picture(ana)
		fault.ID = id
		s.wa.MediaFault(fault)
		_, err := s.Fetch(soon(t), media)
		if err == nil || errors.Is(err, whatsapp.ErrMediaGone) || errors.Is(err, whatsapp.ErrMediaTooBig) {
			t.Errorf("%s: got %v, want an error that is worth another try", name, err)
		}
		s.wa.MediaFault(wasim.MediaFault{ID: id})
		if got, err := s.Fetch(soon(t), media); err != nil || !bytes.Equal(got.Data, jpeg) {
			t.Errorf("%s, later: got %d bytes, %v, want the picture", name, len(got.Data), err)
		}
	}
}

func TestNothingIsFetchedWhileDisconnected(t *testing.T) {
	t.Parallel()
	s := paired(t)
	_, media := s.picture(s.wa.NewCustomer(profile))
	s.stop()
	_, err := s.Fetch(soon(t), media)
	wantCode(t, "stopped", err, ticket.CodeUnavailable)
}

func TestAPhoneThatIsOffIsAskedEverMoreRarely(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := paired(t, func(o *whatsapp.Options) { o.Now = clock.now; whatsapp.PatientWithThePhone(*o) })
	id, media := s.picture(s.wa.NewCustomer(profile))
	s.wa.ExpireMedia(id)
	s.wa.Phone().SetOnline(false)
	want := []time.Duration{0}
	for _, minutes := range []time.Duration{10, 20, 40, 80, 160, 320, 640, 1280, 1440} {
		want = append(want, want[len(want)-1]+minutes*time.Minute)
	}
	var asked []time.Duration
	for last, start := 0, clock.now(); clock.now().Sub(start) < 3*24*time.Hour; clock.pass(10 * time.Minute) {
		if _, err := s.Fetch(soon(t), media); err == nil || errors.Is(err, whatsapp.ErrMediaGone) {
			t.Fatalf("got %v, want an error that is worth another try", err)
		}
		if len(asked) < len(want) && clock.now().Sub(start) == want[len(asked)] {
			// Fetch does not wait for the phone: the request may be on its way.
			if err := s.wa.Phone().WaitMediaAsked(soon(t), id, len(asked)+1); err != nil {
				t.Fatalf("asked %d times after %v (%v), want once more", len(asked), want[len(asked)], err)
			}
		}
		if n := s.wa.Phone().MediaAsked(id); n > last {
			asked, last = append(asked, clock.now().Sub(start)), n
		}
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked after %v, want %v", asked, want)
	}
	s.wa.Phone().SetOnline(true)
	if err := s.wa.WaitIdle(soon(t)); err != nil { // its answer is taken
		t.Fatal(err)
	}
	if got, err := s.Fetch(soon(t), media); err != nil || !bytes.Equal(got.Data, jpeg) {
		t.Errorf("once it is on: got %d bytes, %v, want the picture without asking again", len(got.Data), err)
	}
	if n := s.wa.Phone().MediaAsked(id); n != len(want) {
		t.Errorf("asked: got %d times, want %d", n, len(want))
	}
}
