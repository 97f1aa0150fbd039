// Package corpus holds the labelled sentences from which the classifier learns
// before a business has corrected anything.
//
// Its one rule: every sentence was written for this project, and none was taken
// from a public data set, so that measuring on public ones stays honest.
// README.md beside this file says how a doubtful sentence is labelled.
package corpus

import "embed"

// FS holds one folder for each template, "mesa" and "comercio", with one file
// for each category, named by its slug and ending in ".tsv".
//
// A file is UTF-8. Each line is one sentence in four columns that a tab
// separates: text, priority (urgente, alta, normal or baja), country (mx, ar,
// co, es, cl, pe, pt, en, or xx for none in particular) and voice, a number.
// Lines of one template with the same voice were written as one imagined
// person, whatever the category, so that a test can hold that person out.
//
//go:embed mesa/*.tsv comercio/*.tsv
var FS embed.FS
