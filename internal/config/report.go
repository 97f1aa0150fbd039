package config

import (
	"fmt"
	"net/url"
	"strings"
	"text/tabwriter"
	"unicode"

	"mostrador/internal/ticket"
)

// Where a value comes from.
const (
	FromEnvironment = "entorno"
	FromDotEnv      = ".env"
	FromFile        = "archivo" // and its path
	FromDefault     = "por omisión"
)

// Report is all there is to say about a configuration. Nothing in it but Secrets
// is secret.
type Report struct {
	Values   []Value
	Problems []string // Spanish sentences; with one of them the program does not start
	Warnings []string // Spanish sentences
	NoFile   bool     // the folder has no .env
	secrets  []string
}

// Value is a variable as it counts.
type Value struct {
	Name string `json:"nombre"`
	Text string `json:"valor"` // masked
	From string `json:"origen"`
}

// Secrets returns what must not leave the machine, for taking it out of texts:
// the secret values, and the passwords inside of addresses.
func (r Report) Secrets() []string { return r.secrets }

// Err is a ticket.Error that lists every problem, and the warnings with them,
// since a misspelt name explains a missing one; nil without problems.
func (r Report) Err() error {
	if len(r.Problems) == 0 {
		return nil
	}
	text := "La configuración no está completa:" + items(r.Problems)
	if len(r.Warnings) > 0 {
		text += "\nAdemás:" + items(r.Warnings)
	}
	return ticket.NewError(ticket.CodeInvalid, text)
}

// String is the values as a table, with the warnings below.
func (r Report) String() string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "VARIABLE\tVALOR\tDE DÓNDE")
	for _, v := range r.Values {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", v.Name, v.Text, v.From)
	}
	_ = table.Flush()
	if len(r.Warnings) > 0 {
		text.WriteString("\nAvisos:" + items(r.Warnings) + "\n")
	}
	return text.String()
}

func items(sentences []string) string { return "\n  - " + strings.Join(sentences, "\n  - ") }

// report ends the reading. What the program did not ask for itself is looked up
// here, so that the report is whole.
func (r *reader) report(environ []string) Report {
	var report Report
	for _, v := range Variables(r.program) {
		f := r.find(v)
		if v.Hidden && f.from == FromDefault {
			continue
		}
		report.Values = append(report.Values, Value{Name: v.Name, Text: mask(v, f.text), From: f.from})
		if f.from != FromDefault {
			report.secrets = append(report.secrets, secretsIn(v, f.text)...)
		}
	}
	for _, v := range variables {
		// One .env may serve both programs and Docker: the others' secrets are some too.
		if v.For&r.program == 0 {
			report.secrets = append(report.secrets, secretsIn(v, strings.TrimSpace(r.file[v.Name]))...)
		}
	}
	r.spell(environ)
	report.Problems, report.Warnings, report.NoFile = r.problems, r.warnings, r.noFile
	return report
}

// masked stands for a secret whatever its length, of which nothing is to be told.
const masked = "********"

// mask is text as people may see it.
func mask(v Variable, text string) string {
	switch {
	case text == "":
		return ""
	case v.Secrecy == Secret, looksSecret(text):
		return masked
	case !strings.Contains(text, "://"):
		return printable(text)
	}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		parts[i] = maskURL(strings.TrimSpace(part))
	}
	return strings.Join(parts, ",")
}

// looksSecret reports whether somebody put a secret where none belongs: a
// database's password outside of an address, an age key's private half.
func looksSecret(text string) bool {
	return strings.Contains(strings.ToLower(text), "password=") || strings.Contains(text, "SECRET-KEY")
}

// maskURL leaves of an address what says where it leads. An @ outside of its place
// comes after a password that should have been written with %.
func maskURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.User == nil && strings.Contains(text, "@") {
		return masked
	}
	user, query := "", ""
	if u.User != nil {
		user = masked + "@"
	}
	if u.RawQuery != "" || u.Fragment != "" {
		query = "?" + masked
	}
	scheme := ""
	if u.Scheme != "" {
		scheme = u.Scheme + "://"
	}
	return printable(scheme + user + u.Host + u.Path + query)
}

// secretsIn returns the secret parts of a variable's text.
func secretsIn(v Variable, text string) []string {
	switch {
	case text == "":
		return nil
	case v.Secrecy == Secret, looksSecret(text):
		return []string{text}
	case v.Secrecy == Public, !strings.Contains(text, "://"):
		return nil
	}
	u, err := url.Parse(text)
	secrets := []string{text}
	if err != nil {
		return secrets
	}
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, password, u.User.String(), u.User.Username())
	}
	if u.RawQuery != "" {
		secrets = append(secrets, u.RawQuery)
	}
	return secrets
}

// printable is s on one line and without what moves a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}
