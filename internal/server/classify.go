package server

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"mostrador/internal/server/classifier"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// templateOf reads the flags of «classify» and «evaluate».
func templateOf(command string, args []string) (string, error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("template", classifier.HelpDesk, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return "", ticket.NewError(ticket.CodeInvalid,
			fmt.Sprintf("Se usa así: server %s [--template %s|%s]", command, classifier.HelpDesk, classifier.Commerce))
	}
	return *name, nil
}

// classify answers every line of Stdin, «id, tab, text», with «id, tab,
// category, tab, confidence, tab, priority». A line without a tab is a text
// without an id; an empty one is skipped.
func classify(o Options, args []string) error {
	name, err := templateOf("classify", args)
	if err != nil {
		return err
	}
	model, err := classifier.Load(name)
	if err != nil {
		return err
	}
	in, out := bufio.NewReader(o.Stdin), bufio.NewWriter(o.Stdout)
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			id, text, ok := strings.Cut(line, "\t")
			if !ok {
				id, text = "", line
			}
			c := model.Guess(text)
			fmt.Fprintf(out, "%s\t%s\t%.4f\t%s\n", id, c.Category, c.Confidence, wire.PriorityName(c.Priority))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read input: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// evaluate writes how good the classifier is.
func evaluate(o Options, args []string) error {
	name, err := templateOf("evaluate", args)
	if err != nil {
		return err
	}
	t, sentences, err := classifier.Corpus(name)
	if err != nil {
		return err
	}
	return classifier.Report(o.Stdout, t, sentences, time.Now)
}
