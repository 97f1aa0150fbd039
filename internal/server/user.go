package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"mostrador/internal/config"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// maxPasswordLine bounds what is read of the standard input, in bytes.
const maxPasswordLine = 4096

// userCommand is one of the orders of «server user»: what it does to the user
// called name, who is missing for add and list.
type userCommand struct {
	named bool // takes a name
	role  bool // takes --rol
	run   func(d *userDesk, ctx context.Context, m store.Member) error
}

var userCommands = map[string]userCommand{
	"add":     {named: true, role: true, run: (*userDesk).add},
	"passwd":  {named: true, run: (*userDesk).passwd},
	"disable": {named: true, run: (*userDesk).disable},
	"enable":  {named: true, run: (*userDesk).enable},
	"list":    {run: (*userDesk).list},
}

var errUserUsage = ticket.NewError(ticket.CodeInvalid, "Uso: server user add|passwd|disable|enable NOMBRE, o server user list. Con add, --rol administrador, agente o lectura. "+
	"La contraseña se pide, o se lee de la entrada estándar; nunca va en la línea de comandos.")

// userDesk is what the orders work with. They open the database themselves, next
// to a server that runs.
type userDesk struct {
	Options
	store    *store.Store
	auth     *auth.Auth
	business int64
	name     string
	role     auth.Role
}

// user does one order of «server user».
func user(ctx context.Context, o Options, args []string) error {
	if len(args) == 0 {
		return errUserUsage
	}
	command, known := userCommands[args[0]]
	d := &userDesk{Options: o, role: auth.RoleAgent}
	if !known || !d.read(command, args[1:]) {
		return errUserUsage
	}
	c, err := config.LoadServer(o.Getenv, o.Dir)
	if err != nil {
		return err
	}
	if d.store, err = store.Open(ctx, store.Options{URL: c.DatabaseURL, Now: time.Now, Log: zerolog.Nop()}); err != nil {
		return err
	}
	defer func() { _ = d.store.Close() }()
	origin, err := d.store.Setup(ctx, setup(c, true))
	if err != nil {
		return fmt.Errorf("set up business: %w", err)
	}
	d.business, d.auth = origin.Business, auth.New(auth.Options{Store: d.store, Default: origin})
	member, err := d.member(ctx)
	if err != nil {
		return err
	}
	return command.run(d, ctx, member)
}

// read takes the name and the role out of args and reports whether they are what
// the command takes.
func (d *userDesk) read(command userCommand, args []string) bool {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--rol" && command.role && i+1 < len(args):
			role, known := auth.ParseRole(args[i+1])
			if !known {
				return false
			}
			d.role = role
			i++
		case d.name == "" && command.named && !strings.HasPrefix(args[i], "-"):
			d.name = args[i]
		default:
			return false
		}
	}
	return command.named == (d.name != "")
}

// member finds the user that the order is about; zero without one.
func (d *userDesk) member(ctx context.Context) (store.Member, error) {
	all, err := d.store.Members(ctx, d.business)
	if err != nil {
		return store.Member{}, err
	}
	for _, m := range all {
		if strings.EqualFold(m.Name, strings.TrimSpace(d.name)) {
			return m, nil
		}
	}
	return store.Member{}, nil
}

func (d *userDesk) add(ctx context.Context, _ store.Member) error {
	password, err := d.password()
	if err != nil {
		return err
	}
	if _, err := d.auth.Add(ctx, auth.NewUser{Business: d.business, Name: d.name, Password: password, Role: d.role}); err != nil {
		return err
	}
	return say(d.Options, fmt.Sprintf("Usuario %s creado como %s.\n", strings.TrimSpace(d.name), auth.RoleName(d.role)))
}

func (d *userDesk) passwd(ctx context.Context, m store.Member) error {
	if m.ID == 0 {
		return d.unknown()
	}
	password, err := d.password()
	if err != nil {
		return err
	}
	if err := d.auth.SetPassword(ctx, d.business, 0, m, password); err != nil {
		return err
	}
	return say(d.Options, fmt.Sprintf("Contraseña de %s cambiada; sus sesiones terminaron.\n", m.Name))
}

func (d *userDesk) disable(ctx context.Context, m store.Member) error {
	return d.setDisabled(ctx, m, true, "Usuario %s desactivado; sus sesiones terminaron.\n")
}

func (d *userDesk) enable(ctx context.Context, m store.Member) error {
	return d.setDisabled(ctx, m, false, "Usuario %s activado.\n")
}

func (d *userDesk) setDisabled(ctx context.Context, m store.Member, disabled bool, done string) error {
	if m.ID == 0 {
		return d.unknown()
	}
	if err := d.store.SetDisabled(ctx, d.business, 0, m.ID, disabled); err != nil {
		return err
	}
	return say(d.Options, fmt.Sprintf(done, m.Name))
}

func (d *userDesk) unknown() error {
	return ticket.NewError(ticket.CodeNotFound, fmt.Sprintf("No hay un usuario %q. «server user list» dice cuáles hay.", d.name))
}

func (d *userDesk) list(ctx context.Context, _ store.Member) error {
	all, err := d.store.Members(ctx, d.business)
	if err != nil {
		return err
	}
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "USUARIO\tROL\tESTADO\tSEGUNDO PASO\tÚLTIMO ACCESO")
	for _, m := range all {
		state, factor, last := "activo", "no", "nunca"
		if m.Disabled {
			state = "desactivado"
		}
		if m.Factor {
			factor = "sí"
		}
		if !m.LastLoginAt.IsZero() {
			last = m.LastLoginAt.Local().Format("2006-01-02 15:04")
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Name, auth.RoleName(auth.Role(m.Role)), state, factor, last)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return say(d.Options, table.String())
}

// password asks for a password twice on a terminal, without showing it, and
// reads one line of anything else.
func (d *userDesk) password() (string, error) {
	if f, ok := d.Stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return d.ask(int(f.Fd()))
	}
	line, err := bufio.NewReader(io.LimitReader(d.Stdin, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", ticket.NewError(ticket.CodeInvalid, "Falta la contraseña en la entrada estándar.")
	}
	return line, nil
}

func (d *userDesk) ask(terminal int) (string, error) {
	var typed [2]string
	for i, prompt := range []string{"Contraseña: ", "Otra vez: "} {
		_, _ = fmt.Fprint(d.Stderr, prompt)
		secret, err := term.ReadPassword(terminal)
		_, _ = fmt.Fprintln(d.Stderr)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		typed[i] = string(secret)
	}
	if typed[0] != typed[1] {
		return "", ticket.NewError(ticket.CodeInvalid, "Las dos contraseñas no son iguales.")
	}
	return typed[0], nil
}
