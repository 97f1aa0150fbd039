package llm

import (
	"context"
	"io"
	"strings"

	"mostrador/internal/ticket"
)

// MaxAudio is the largest voice note that is sent, in bytes: what OpenAI takes.
const MaxAudio = 25_000_000

// maxTranscript bounds what is taken of a transcription, in runes.
const maxTranscript = 8000

// audioNames are the types that are sent, with names that tell an endpoint which
// they are. The file's own name stays here.
var audioNames = map[string]string{
	"audio/ogg": "audio.ogg", "audio/opus": "audio.ogg", "audio/mpeg": "audio.mp3", "audio/mp3": "audio.mp3", "audio/mp4": "audio.m4a",
	"audio/aac": "audio.m4a", "audio/x-m4a": "audio.m4a", "audio/wav": "audio.wav", "audio/x-wav": "audio.wav", "audio/webm": "audio.webm",
	"audio/flac": "audio.flac",
}

// Transcribe returns what is said in a voice note of a type like audio/ogg, ""
// when nothing is. A type that no endpoint knows is CodeInvalid, one that is too
// large CodeTooLarge; other errors are those of Classify.
func (c *Client) Transcribe(ctx context.Context, mime string, size int64, audio io.Reader) (string, error) {
	if !c.Hears() {
		return "", errOff
	}
	mime, _, _ = strings.Cut(mime, ";")
	name, ok := audioNames[strings.TrimSpace(mime)]
	if !ok {
		return "", ticket.NewError(ticket.CodeInvalid, "Este tipo de audio no se puede transcribir.")
	}
	if size > MaxAudio {
		return "", ticket.NewError(ticket.CodeTooLarge, "El audio es demasiado largo para transcribirlo.")
	}
	ctx, cancel := context.WithTimeout(ctx, hearTimeout)
	defer cancel()
	heard, err := c.audio.transcribe(ctx, name, strings.TrimSpace(mime), io.LimitReader(audio, MaxAudio))
	if err != nil {
		return "", c.health.note(explain(ctx, err))
	}
	return plain(heard, maxTranscript), c.health.note(nil)
}
