package bridge

import (
	"context"
	"time"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/version"
	"mostrador/internal/wire"
)

func (b *bridge) apiOptions(o Options, c config.Bridge) api.Options {
	return api.Options{
		Token: c.Token, WhatsApp: counted{b.session, b.meters, o.Now}, Status: b.status, Parked: b.tray, Retry: b.retry,
		Metrics: b.meters.registry.Handler(c.MetricsToken, api.WriteError), Requested: b.meters.http.Observe,
		MaxFile: c.MaxImage, Now: o.Now, Version: version.String(), Library: version.Of(library),
		Log: b.log.With().Str("part", "api").Logger(),
	}
}

// status is what the API shows of all parts.
func (b *bridge) status() api.Status {
	wa, stored, server := b.session.State(), b.queue.Stats(), b.uplink.State()
	s := api.Status{
		State: string(wa.Name), Reason: wa.Reason, Solution: wa.Solution, Connected: b.session.Connected(), Account: wa.Account,
		QR: wa.QR, QRExpires: wa.QRExpires, Code: wa.Code, Recovered: wa.Recovered,
		Waiting: stored.Waiting, Files: stored.Files, Parked: stored.Parked, Damaged: stored.Damaged, Oldest: stored.Oldest,
		ServerReachable: server.Reachable, ServerError: server.Error, ServerSuccess: server.LastSuccess,
	}
	if b.link != nil {
		state := b.link.State()
		s.LinkSince, s.LinkReason = state.Since, state.Reason
	}
	if p := wa.Passkey; p != nil {
		s.Passkey = &api.Passkey{PublicKey: p.PublicKey, Code: p.Code, Expires: p.Expires}
	}
	return s
}

// maxTrayText is as much of a parked message as the list of them shows, in runes.
const maxTrayText = 120

// tray is up to limit of the parked messages as people see them.
func (b *bridge) tray(limit int) []wire.Parked {
	entries, err := b.queue.Parked(limit)
	if err != nil {
		b.log.Warn().Err(err).Msg("parked messages cannot be listed")
	}
	tray := make([]wire.Parked, 0, len(entries))
	for _, e := range entries {
		text := []rune(e.Message.Content)
		tray = append(tray, wire.Parked{
			Key: e.Key, Sender: e.Message.Sender, Name: e.Message.Name, Reason: e.Reason, At: e.ReceivedAt,
			Text: string(text[:min(len(text), maxTrayText)]),
		})
	}
	return tray
}

// retry has parked messages delivered again.
func (b *bridge) retry(keys []string) (int, error) {
	count, err := b.queue.Retry(keys)
	b.uplink.Announce()
	if err != nil {
		b.log.Error().Err(err).Msg("parked messages not put back")
		return count, explain("No se pudo escribir en la cola: revise el espacio del disco de la laptop e intente de nuevo.", err)
	}
	return count, nil
}

// beat is what the server hears of the bridge as a sign of life.
func (b *bridge) beat(o Options, c config.Bridge, started time.Time) wire.Beat {
	stored := b.queue.Stats()
	beat := wire.Beat{
		BridgeHealth: b.apiOptions(o, c).Health(started),
		Received:     stored.Stored, Files: stored.Files, Damaged: stored.Damaged, Tray: b.tray(wire.MaxTray),
	}
	if b.link != nil {
		state := b.link.State()
		beat.Link = state.Reason
		if state.Replaced || c.Link == config.LinkReverse && state.Reason != "" {
			beat.Problem = "Sin enlace con el servidor. " + state.Reason
		}
	}
	if stored.Failing {
		beat.Problem = "La laptop no puede guardar mensajes en su disco: libere espacio. WhatsApp los conserva y llegarán solos."
	}
	return beat
}

// follow logs and shows what becomes of the session, and has everything that
// waits tried at once when it is connected again.
func (b *bridge) follow(ctx context.Context, s *screen) {
	changes, end := b.session.Changes()
	defer end()
	var last whatsapp.State
	connected := false
	for {
		state := b.session.State()
		if state.Name != last.Name || state.Reason != last.Reason {
			b.log.Info().Str("state", string(state.Name)).Str("reason", state.Reason).Str("solution", state.Solution).Msg("whatsapp")
			b.uplink.Announce()
		}
		last = state
		s.show(state)
		if now := b.session.Connected(); now != connected {
			b.uplink.Announce()
			if connected = now; now {
				b.uplink.Wake()
			}
		}
		select {
		case <-changes:
		case <-ctx.Done():
			return
		}
	}
}
