package whatsapp

import (
	"slices"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

func TestEveryEventHasOneOfTheNames(t *testing.T) {
	for _, c := range []struct {
		event any
		want  string
	}{
		{&events.Message{}, "message"}, {&events.UndecryptableMessage{}, "undecryptable"}, {&events.UndecryptableMessage{IsUnavailable: true}, "unavailable"},
		{&events.Receipt{}, "receipt"}, {&events.CallOffer{}, "call"}, {&events.MediaRetry{}, "media_retry"}, {&events.Connected{}, "connected"},
		{&events.Disconnected{}, "disconnected"}, {&events.KeepAliveTimeout{}, "keepalive_timeout"}, {&events.LoggedOut{}, "logged_out"},
		{&events.StreamReplaced{}, "replaced"}, {&events.TemporaryBan{}, "banned"}, {&events.ConnectFailure{}, "connect_failure"},
		{&events.ClientOutdated{}, "outdated"}, {&events.Presence{}, "other"}, {nil, "other"},
	} {
		if got := eventName(c.event); got != c.want || !slices.Contains(Events(), got) {
			t.Errorf("%T: got %q, want %q", c.event, got, c.want)
		}
	}
}
