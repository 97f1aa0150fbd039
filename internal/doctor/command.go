package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/ticket"
)

// ErrBad is the end of an examination that found something bad. What it is was
// said already.
var ErrBad = errors.New("the doctor found something bad")

// usageError is a line that is not understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// ExitCode is what a program whose work ended with err exits with: 0, 1, or 2 for
// a line of doctor that is not understood.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// Patient is the program that is looked over.
type Patient struct {
	Program string // as it is called: server or bridge
	Version string
	Dir     string // working folder
	Now     func() time.Time
	Config  config.Report
	Checks  []Check
	// Facts are further versions and figures for the bundle; they hold no secret
	// and nothing of a customer. May be nil.
	Facts func(ctx context.Context) any
}

// Examine does one order of «doctor»: it writes what it found to out, and the
// bundle if it is asked for. It returns ErrBad if something is bad.
func Examine(ctx context.Context, p Patient, args []string, out io.Writer) error {
	asJSON, bundle, err := p.flags(args)
	if err != nil {
		return err
	}
	clean := newCleaner(p.Config.Secrets())
	r := Report{Program: p.Program, Version: p.Version, Time: p.Now().UTC(), Findings: run(ctx, p.Checks)}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Found, f.Do = clean.secrets(f.Found), clean.secrets(f.Do)
	}
	r.Verdict, r.Well = verdict(r.Findings)
	text := r.String()
	if asJSON {
		raw, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return fmt.Errorf("encode report: %w", err)
		}
		text = string(raw) + "\n"
	}
	if bundle != "" {
		if err := p.pack(ctx, r, clean, bundle); err != nil {
			return err
		}
		if !asJSON {
			text += "\nPaquete para soporte: " + bundle + ". No lleva secretos, textos de mensajes ni teléfonos.\n"
		}
	}
	if _, err := io.WriteString(out, text); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if !r.Well {
		return ErrBad
	}
	return nil
}

func (p Patient) flags(args []string) (asJSON bool, bundle string, err error) {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&asJSON, "json", false, "")
	flags.StringVar(&bundle, "bundle", "", "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return false, "", usageError{ticket.NewError(ticket.CodeInvalid, "Se usa así: "+p.Program+" doctor [--json] [--bundle paquete.zip]")}
	}
	return asJSON, bundle, nil
}
