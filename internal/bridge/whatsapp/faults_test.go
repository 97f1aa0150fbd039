package whatsapp_test

import (
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/whatsapp"
)

func TestEachFaultOfWhatsAppIsSurvived(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]func(*session){
		"drop":           func(s *session) { s.wa.Drop() },
		"restart wanted": func(s *session) { s.wa.StreamError("515") },
		"server restart": func(s *session) { s.wa.StreamError("503") },
		"unknown error":  func(s *session) { s.wa.StreamError("999") },
		"replaced":       func(s *session) { s.wa.Replace() },
		"busy logins":    func(s *session) { s.wa.RefuseLogins(503, 2); s.wa.Drop() },
		"odd refusal":    func(s *session) { s.wa.RefuseLogins(400, 1); s.wa.Drop() },
		"short ban":      func(s *session) { s.wa.Ban(int(events.TempBanBlockedByUsers), time.Second, 1); s.wa.Drop() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := paired(t)
			logins := s.wa.Logins()
			cause(s)
			s.await("a new login", func(st whatsapp.State) bool { return s.wa.Logins() > logins && st.Name == whatsapp.StateConnected })
			ana := s.wa.NewCustomer(profile)
			s.box.id(t, ana.SendText("¿siguen ahí?"))
		})
	}
}

func TestEachRefusalIsShownWithItsReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		cause  func(*session)
		state  whatsapp.StateName
		reason string
	}{
		{"replaced", func(s *session) { s.wa.RefuseUpgrades(true); s.wa.Replace() }, whatsapp.StateReplaced, "Otro programa"},
		{"banned", func(s *session) { s.wa.Ban(int(events.TempBanSentToTooManyPeople), time.Hour, -1); s.wa.Drop() }, whatsapp.StateBanned, "demasiados mensajes"},
		{"refused", func(s *session) { s.wa.RefuseLogins(400, -1); s.wa.Drop() }, whatsapp.StateRefused, "400"},
		{"network down", func(s *session) { s.wa.RefuseUpgrades(true); s.wa.Drop() }, whatsapp.StateConnecting, "No hay conexión"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := paired(t)
			c.cause(s)
			s.await(c.name, func(st whatsapp.State) bool {
				return st.Name == c.state && strings.Contains(st.Reason, c.reason) && st.Solution != "" && !s.Connected()
			})
		})
	}
}

func TestANetworkThatComesBackIsNoticed(t *testing.T) {
	t.Parallel()
	s := paired(t)
	ana := s.wa.NewCustomer(profile)
	s.wa.RefuseUpgrades(true)
	s.wa.Drop()
	s.await("the loss", func(whatsapp.State) bool { return !s.Connected() })
	id := ana.SendText("mientras tanto")
	s.wa.RefuseUpgrades(false)
	s.box.id(t, id)
	s.until(whatsapp.StateConnected)
}

func TestAnUnlinkedDeviceAsksToBePairedAgain(t *testing.T) {
	t.Parallel()
	s := paired(t)
	s.wa.Phone().Unlink()
	shown := s.await("a new code", func(st whatsapp.State) bool { return st.Name == whatsapp.StatePairing && st.QR != "" })
	if !strings.Contains(shown.Reason, "dispositivos vinculados") || shown.Account != "" {
		t.Errorf("got %+v, want the reason and no account", shown)
	}
	s.scan()
	s.until(whatsapp.StateConnected)
	ana := s.wa.NewCustomer(profile)
	s.box.id(t, ana.SendText("hola de nuevo"))
	s.stop()
	again := resume(t, s.wa, s.box, s.opts)
	again.until(whatsapp.StateConnected)
}

func TestADeviceUnlinkedWhileAwayAsksToBePairedAgain(t *testing.T) {
	t.Parallel()
	s := paired(t)
	s.stop()
	s.wa.Phone().Unlink()
	again := resume(t, s.wa, s.box, s.opts)
	again.scan()
	again.until(whatsapp.StateConnected)
}

// The version is the process's: this test does not run beside others.
func TestANewerVersionOfWhatsAppIsAdopted(t *testing.T) {
	before := store.GetWAVersion()
	t.Cleanup(func() { store.SetWAVersion(before) })
	s := paired(t)
	newer := before
	newer[2] += 1000
	s.wa.MinVersion(newer)
	s.wa.Drop()
	s.await("a login with the new version", func(st whatsapp.State) bool {
		return st.Name == whatsapp.StateConnected && s.wa.Version() == newer
	})
	s.stop()
}

func TestAVersionThatIsRefusedAnywayIsShown(t *testing.T) {
	t.Parallel()
	s := paired(t)
	s.wa.RefuseLogins(405, -1)
	s.wa.Drop()
	st := s.await("outdated", func(st whatsapp.State) bool {
		return st.Name == whatsapp.StateOutdated && strings.Contains(st.Solution, "Instale")
	})
	if st.Reason == "" {
		t.Errorf("got %+v, want the reason", st)
	}
}

func TestAnEndedSessionSaysSo(t *testing.T) {
	t.Parallel()
	s := paired(t)
	changes, end := s.Changes()
	defer end()
	s.stop()
	select {
	case <-changes:
	default:
		t.Error("changes: got none, want one")
	}
	if st := s.State(); st.Name != whatsapp.StateStopped || s.Connected() {
		t.Errorf("got %+v, want it stopped", st)
	}
}
