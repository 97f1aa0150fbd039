package wasim

import (
	"crypto/sha256"
	"errors"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

func TestAPhoneShowsTheTextOfAnyMessage(t *testing.T) {
	t.Parallel()
	plain := &waE2E.Message{Conversation: proto.String("hola")}
	wrapped := &waE2E.FutureProofMessage{Message: plain}
	for name, tc := range map[string]struct {
		msg  *waE2E.Message
		want string
	}{
		"nothing":      {nil, ""},
		"text":         {plain, "hola"},
		"disappearing": {&waE2E.Message{EphemeralMessage: wrapped}, "hola"},
		"view once":    {&waE2E.Message{ViewOnceMessage: wrapped}, "hola"},
		"video":        {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: proto.String("hola")}}, "hola"},
		"location":     {&waE2E.Message{LocationMessage: &waE2E.LocationMessage{}}, ""},
		"edit": {&waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
			ProtocolMessage: &waE2E.ProtocolMessage{EditedMessage: plain},
		}}}, "hola"},
	} {
		if got := textOf(tc.msg); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestPaddingIsCheckedWhenItIsRemoved(t *testing.T) {
	t.Parallel()
	for range 50 {
		got, err := unpad(pad([]byte("hola")))
		if err != nil || string(got) != "hola" {
			t.Fatalf("got %q and error %v, want hola", got, err)
		}
	}
	for _, bad := range [][]byte{nil, {0}, {3, 3}, {1, 2, 200}} {
		if got, err := unpad(bad); !errors.Is(err, errCipher) {
			t.Errorf("got %v and error %v for %v, want %v", got, err, bad, errCipher)
		}
	}
}

func TestAFileIsOnlyOpenedIfEverythingAboutItIsRight(t *testing.T) {
	t.Parallel()
	key, data := make([]byte, 32), []byte("contenido")
	sealed := sealMedia(key, whatsmeow.MediaImage, data)
	sum, encSum := sha256.Sum256(data), sha256.Sum256(sealed)
	good := attached{key: key, sum: sum[:], encSum: encSum[:]}
	if got, err := openMedia(good, whatsmeow.MediaImage, sealed); err != nil || string(got) != "contenido" {
		t.Fatalf("got %q and error %v, want contenido", got, err)
	}
	if _, err := openMedia(good, whatsmeow.MediaVideo, sealed); !errors.Is(err, errMedia) {
		t.Errorf("got %v for another class, want %v", err, errMedia)
	}
	for name, a := range map[string]attached{
		"other key":       {key: make([]byte, 16), sum: sum[:], encSum: encSum[:]},
		"other hash":      {key: key, sum: encSum[:], encSum: encSum[:]},
		"other file hash": {key: key, sum: sum[:], encSum: sum[:]},
		"no hashes":       {key: key},
	} {
		if _, err := openMedia(a, whatsmeow.MediaImage, sealed); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
	if _, err := openMedia(good, whatsmeow.MediaImage, sealed[:4]); !errors.Is(err, errMedia) {
		t.Errorf("got %v for a stump, want %v", err, errMedia)
	}
}

func TestAFaultHappensAsOftenAsAskedFor(t *testing.T) {
	t.Parallel()
	twice, forever, never := counter(2), counter(-1), counter(0)
	for i, want := range []bool{true, true, false, false} {
		if got := twice.take(); got != want {
			t.Errorf("got %v at call %d, want %v", got, i, want)
		}
		if !forever.take() || never.take() {
			t.Errorf("got an end of forever or a start of never at call %d", i)
		}
	}
}
