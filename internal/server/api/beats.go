package api

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/wire"
)

const (
	// beatLimit is the size of the largest beat, in bytes: a full tray whose
	// texts are of the length that we keep, each character a JSON escape.
	beatLimit = 1 << 20
	// maxSentence is the longest explanation of a bridge, in runes.
	maxSentence = 500
	// maxPreview is how much of a parked message is kept, in runes.
	maxPreview = 300
	// maxWord is the longest state, version or number, in runes.
	maxWord = 100
	// maxKey is the longest key of a parked message, in bytes; that of a receipt
	// names every message it is about.
	maxKey = 4096
	// maxAge bounds what a bridge says of ages and clocks: a clock that stands
	// at 1970 must not bring a number down that is computed with it.
	maxAge = 100 * 365 * 24 * time.Hour
)

// takeBeat takes a bridge's sign of life.
func (s *server) takeBeat(w http.ResponseWriter, r *http.Request) error {
	var m wire.Beat
	if err := httpx.Decode(w, r, beatLimit, &m); err != nil {
		return fmt.Errorf("decode beat: %w", err)
	}
	now := s.Now()
	beat, err := convertBeat(m, now)
	if err != nil {
		return fmt.Errorf("read beat: %w", err)
	}
	beat.Origin = auth.From(r.Context()).Origin
	beat.Problem = cmp.Or(beat.Problem, s.Links.Problem(beat.Bridge))
	if err := s.Watch.Beat(r.Context(), beat); err != nil {
		return fmt.Errorf("store beat: %w", err)
	}
	if beat.Connected {
		s.Outbox.Alive(beat.Bridge)
	}
	httpx.WriteJSON(w, http.StatusOK, wire.BeatReply{Status: "ok", Time: now.UTC()})
	return nil
}

// convertBeat puts a beat in the server's terms. Whatever can be understood is
// taken, cut to size: a beat that is refused looks like a laptop that is off.
// Its errors are ticket.Errors that name the field.
func convertBeat(m wire.Beat, now time.Time) (store.Beat, error) {
	if m.WhatsApp != wire.Connected && m.WhatsApp != wire.Disconnected {
		return store.Beat{}, invalid("whatsapp", "debe ser «conectado» o «desconectado»")
	}
	for field, n := range map[string]float64{
		"recibidos": float64(m.Received), "entregados": float64(m.Delivered), "cola_pendiente": float64(m.Queue), "cola_archivos": float64(m.Files),
		"cola_danados": float64(m.Damaged), "cola_apartados": float64(m.Parked), "cola_antiguedad": m.OldestQueue, "uptime": m.Uptime,
	} {
		if n < 0 {
			return store.Beat{}, invalid(field, "no puede ser negativo")
		}
	}
	return store.Beat{
		Connected: m.WhatsApp == wire.Connected, State: photos.CleanLine(m.State, maxWord), Problem: photos.CleanLine(m.Problem, maxSentence),
		Report: store.Report{
			Reason: photos.CleanLine(m.Reason, maxSentence), Solution: photos.CleanLine(m.Solution, maxSentence), Account: digits(m.Account),
			Version: photos.CleanLine(m.Version, maxWord), Library: photos.CleanLine(m.Library, maxWord), Uptime: age(m.Uptime), Ahead: ahead(m.Time, now),
			Received: m.Received, Delivered: m.Delivered, Waiting: m.Queue, Oldest: age(m.OldestQueue), Files: m.Files, Damaged: m.Damaged,
			Link: photos.CleanLine(m.Link, maxSentence), Parked: m.Parked, Tray: convertTray(m.Tray, now),
		},
	}, nil
}

// digits returns text if it is a number's digits, "" otherwise.
func digits(text string) string {
	if len(text) > maxWord || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text
}

// age reads a number of seconds.
func age(seconds float64) time.Duration {
	return time.Duration(math.Min(seconds, maxAge.Seconds()) * float64(time.Second))
}

// ahead is how far a bridge's clock is ahead of ours; 0 when it does not say.
func ahead(theirs, ours time.Time) time.Duration {
	if theirs.IsZero() {
		return 0
	}
	return min(max(theirs.Sub(ours), -maxAge), maxAge).Round(time.Millisecond)
}

// convertTray leaves out what could not be asked for again.
func convertTray(tray []wire.Parked, now time.Time) []store.Parked {
	kept := []store.Parked{}
	for _, p := range tray[:min(len(tray), wire.MaxTray)] {
		if !validKey(p.Key) {
			continue
		}
		kept = append(kept, store.Parked{
			Key: p.Key, Sender: photos.CleanLine(p.Sender, maxWord), Name: photos.CleanLine(p.Name, maxName), Text: photos.CleanLine(p.Text, maxPreview),
			Reason: photos.CleanLine(p.Reason, maxSentence), At: sentAt(&p.At, now).UTC(),
		})
	}
	return kept
}

// validKey reports whether key can name a parked message.
func validKey(key string) bool {
	return key != "" && len(key) <= maxKey && photos.CleanLine(key, maxKey) == key
}
