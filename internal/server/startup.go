package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"mostrador/internal/config"
	"mostrador/internal/httpx"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// businessName is shown until somebody names the business.
	businessName = "Mostrador"
	// defaultUser is the first login when the configuration names none.
	defaultUser = "admin"
	// orphanAge is how old a file without a row must be to be set aside: far
	// longer than any webhook takes between its file and its row.
	orphanAge = time.Hour
	// houseKeeping is how often old sessions, and what is older than the settings
	// keep it, are removed.
	houseKeeping = time.Hour
)

// setup is what the configuration says of the business and its bridge. A command
// keeps those that are there: its configuration need not be that of the server
// that runs, whose laptop it would lock out.
func setup(c config.Server, keep bool) store.Setup {
	return store.Setup{BusinessName: businessName, BridgeURL: c.BridgeURL, TokenHash: httpx.NewToken(c.Token), Keep: keep}
}

// newLogger writes for people on a terminal and JSON for programs elsewhere.
func newLogger(w io.Writer, level string) zerolog.Logger {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	parsed, err := zerolog.ParseLevel(level)
	if err != nil {
		parsed = zerolog.InfoLevel
	}
	return zerolog.New(zerolog.SyncWriter(w)).Level(parsed).With().Timestamp().Logger()
}

// engine names the database without its address, which may hold a password.
func engine(url string) string {
	if strings.HasPrefix(url, "postgres") && strings.Contains(url, "://") {
		return "postgresql"
	}
	return "sqlite"
}

// warn says at every start what is risky or missing in the configuration.
func warn(c config.Server, doubts []string, log zerolog.Logger) {
	for _, doubt := range doubts {
		log.Warn().Str("warning", doubt).Msg("configuration")
	}
	if c.PanelOpen {
		log.Warn().Msg("PANEL_LOGIN=off: anybody who reaches this address can read and answer every ticket")
	}
	if c.BridgeURL == "" && c.Link == config.LinkDirect {
		log.Warn().Msg("IP_LAPTOP is not set: answers stay queued until it is")
	}
}

// listenProblem says in plain words why the address cannot be used.
func listenProblem(address string, err error) error {
	sentence := fmt.Sprintf("No se puede escuchar en %s: revise DIRECCION y PUERTO.", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		sentence = fmt.Sprintf("El puerto de %s ya está ocupado: cierre el otro programa o cambie PUERTO.", address)
	}
	return errors.Join(ticket.NewError(ticket.CodeUnavailable, sentence), err)
}

// firstLogin makes the first user of a database without users. A password of
// its own making is shown to whoever started the program, once, and kept out of
// the log.
func (p *parts) firstLogin(ctx context.Context, c config.Server, out io.Writer) error {
	users, err := p.store.CountUsers(ctx)
	if err != nil || users > 0 || c.PanelOpen {
		return err
	}
	user, password := c.PanelUser, c.PanelPassword
	if user == "" {
		user, password = defaultUser, strings.ToLower(rand.Text())
	}
	err = p.auth.AddUser(ctx, p.origin.Business, user, password)
	debug.FreeOSMemory() // the hash took 19 MiB that the program does not need again
	switch ticket.CodeOf(err) {
	case ticket.CodeConflict:
		return nil // another server on the same database was faster
	case ticket.CodeInvalid:
		return ticket.NewError(ticket.CodeInvalid, "PANEL_USUARIO y PANEL_CLAVE no sirven para el primer usuario. "+httpx.Message(err))
	}
	if err == nil && c.PanelUser == "" {
		announce(out, user, password)
	}
	return err
}

func announce(out io.Writer, user, password string) {
	const rule = "==============================================================="
	_, _ = fmt.Fprintf(out, "\n%s\n  Primer acceso al panel (se muestra una sola vez):\n\n    usuario: %s\n    clave:   %s\n\n  Anótelo ahora. Para elegirlos usted, ponga PANEL_USUARIO y\n  PANEL_CLAVE antes del primer arranque.\n%s\n\n",
		rule, user, password, rule)
}

// keepHouse removes what nobody needs any more: files that a killed program
// left behind, once, and sessions that are over, now and then.
func (p *parts) keepHouse(ctx context.Context, log zerolog.Logger) error {
	// Before the sweep, which would set aside what is to be deleted.
	if err := p.keeper.RemoveFiles(ctx); err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("files of deleted messages not removed")
	}
	moved, err := p.photos.Sweep(ctx, p.now().Add(-orphanAge), p.store.ReferencedFiles)
	if err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("sweep of orphaned files broke off")
	} else if moved > 0 {
		log.Warn().Int("moved", moved).Msg("files that no message names were set aside")
	}
	ticker := time.NewTicker(houseKeeping)
	defer ticker.Stop()
	for {
		p.tidy(ctx, log)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// tidy deletes what is over; what it cannot delete now it will the next time.
func (p *parts) tidy(ctx context.Context, log zerolog.Logger) {
	for _, duty := range []struct {
		do      func(context.Context) error
		failure string
	}{
		{p.store.DeleteExpiredSessions, "expired sessions not removed"},
		{p.store.ForgetMoves, "joined tickets not forgotten"},
		{p.keeper.Sweep, "deleting what is old broke off"},
	} {
		if err := duty.do(ctx); err != nil && ctx.Err() == nil {
			log.Warn().Err(err).Msg(duty.failure)
		}
	}
}
