// Package doctor looks a program over: it runs named checks, says in Spanish what
// each found and what to do, and packs that for whoever helps from afar.
//
// Its one rule: nothing that leaves the machine in a bundle holds a secret, a
// message's text or a phone number, whatever the checks found.
package doctor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// State is how a check ended.
type State string

// States of a Finding.
const (
	Good    State = "bien"
	Doubt   State = "aviso"         // works, but somebody should look
	Bad     State = "fallo"         // something does not work
	Unknown State = "sin_comprobar" // could not be told
)

// Finding is what a check found.
type Finding struct {
	Name  string `json:"nombre"`
	State State  `json:"estado"`
	Found string `json:"hallado"`             // Spanish sentences
	Do    string `json:"que_hacer,omitempty"` // Spanish sentences; empty when there is nothing to do
}

// OK is the finding that all is well.
func OK(found string) Finding { return Finding{State: Good, Found: found} }

// Warn is the finding that somebody should look.
func Warn(found, do string) Finding { return Finding{State: Doubt, Found: found, Do: do} }

// Fail is the finding that something does not work.
func Fail(found, do string) Finding { return Finding{State: Bad, Found: found, Do: do} }

// Sum is the finding of several things together: a warning if there is anything to
// do about them, and nothing where nothing was found.
func Sum(found, do []string, nothing string) Finding {
	switch {
	case len(do) > 0:
		return Warn(strings.Join(found, " "), strings.Join(do, " "))
	case len(found) > 0:
		return OK(strings.Join(found, " "))
	}
	return OK(nothing)
}

// Skip is the finding that nothing could be told, and why.
func Skip(why string) Finding { return Finding{State: Unknown, Found: why} }

// Check is one thing to look at.
type Check struct {
	Name string // Spanish, a word or two
	// Look must end soon after ctx does. Checks run at the same time.
	Look func(ctx context.Context) Finding
}

// Report is what all checks found.
type Report struct {
	Program  string    `json:"programa"` // server or bridge
	Version  string    `json:"version"`
	Time     time.Time `json:"hora"`
	Verdict  string    `json:"veredicto"`
	Well     bool      `json:"bien"` // nothing failed
	Findings []Finding `json:"comprobaciones"`
}

// limit is how long all checks together may take: a large database is read
// meanwhile.
const limit = 2 * time.Minute

// run makes all checks at the same time and returns what they found in their
// order.
func run(ctx context.Context, checks []Check) []Finding {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	findings := make([]Finding, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() {
			findings[i] = c.Look(ctx)
			findings[i].Name = c.Name
		})
	}
	wg.Wait()
	return findings
}

// verdict is the findings in a sentence, and whether none is bad.
func verdict(findings []Finding) (string, bool) {
	count := map[State]int{}
	for _, f := range findings {
		count[f.State]++
	}
	var parts []string
	if n := count[Bad]; n > 0 {
		parts = append(parts, Plural(n, "fallo", "fallos"))
	}
	if n := count[Doubt]; n > 0 {
		parts = append(parts, Plural(n, "aviso", "avisos"))
	}
	text := "Todo en orden"
	if len(parts) > 0 {
		text = strings.Join(parts, " y ")
	}
	if n := count[Unknown]; n > 0 {
		text += fmt.Sprintf(" (%d sin comprobar)", n)
	}
	return text + ".", count[Bad] == 0
}

// Plural is n with the word that goes with it.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// marks stand before a finding on a terminal; all are as wide.
var marks = map[State]string{Good: "  bien ", Doubt: " AVISO ", Bad: " FALLO ", Unknown: "   ?   "}

// String is the report for people.
func (r Report) String() string {
	width := 0
	for _, f := range r.Findings {
		width = max(width, len([]rune(f.Name)))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Mostrador, revisión de %s (versión %s)\n\n", r.Program, r.Version)
	for _, f := range r.Findings {
		fmt.Fprintf(&text, "[%s] %-*s  %s\n", marks[f.State], width, f.Name, f.Found)
		if f.Do != "" {
			fmt.Fprintf(&text, "%*s→ %s\n", width+12, "", f.Do)
		}
	}
	fmt.Fprintf(&text, "\n%s\n", r.Verdict)
	return text.String()
}
