package notify

import (
	"fmt"
	"slices"
	"strings"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// maxLines is how many things a notice names one by one.
	maxLines = 8
	// maxLine bounds what it says of each, in runes.
	maxLine = 160
)

// Message is a notice for people.
type Message struct {
	Title, Body string
	Link        string // of the panel, from its root on
	Tag         string // notices with the same one replace each other
	Urgent      bool
}

// words are what is said of one thing of a kind, of several, and its place.
var words = []struct {
	kind      store.NoticeKind
	one, many string
}{
	{store.NoticeTrouble, "Hay un problema", "Hay %d problemas"},
	{store.NoticeRecovered, "Ya se arregló un problema", "Ya se arreglaron %d problemas"},
	{store.NoticeOpened, "Ticket nuevo: %d", "%d tickets nuevos"},
	{store.NoticeWaiting, "El ticket %d sigue sin respuesta", "%d tickets siguen sin respuesta"},
	{store.NoticeFailed, "No salió una respuesta del ticket %d", "%d respuestas no salieron"},
}

// fresh leaves out what is no news by the time it is told: tickets that were
// answered or erased.
func fresh(all []store.Notice) []store.Notice {
	kept := make([]store.Notice, 0, len(all))
	for _, n := range all {
		if n.Ticket > 0 && n.Gone || n.Kind == store.NoticeWaiting && n.Answered {
			continue
		}
		kept = append(kept, n)
	}
	return kept
}

// compose makes one message of what is to be told. Names and titles go along
// only with detail.
func compose(business string, all []store.Notice, detail bool) Message {
	m := Message{Link: "/", Tag: "mostrador"}
	heads, lines := say(all, detail)
	m.Urgent = slices.ContainsFunc(all, urgent)
	m.Title = oneLine(strings.Join(heads, " · "))
	if m.Urgent && len(of(all, store.NoticeOpened)) > 0 {
		m.Title = "Urgente · " + m.Title
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], fmt.Sprintf("… y %d más.", more))
	}
	if len(lines) == 0 {
		lines = []string{oneLine(business)}
	}
	m.Body = strings.Join(lines, "\n")
	if len(all) == 1 && all[0].Ticket > 0 {
		m.Link, m.Tag = fmt.Sprintf("/#/ticket/%d", all[0].Ticket), fmt.Sprintf("ticket-%d", all[0].Ticket)
	}
	return m
}

// say says what happened of each kind, and more about each thing.
func say(all []store.Notice, detail bool) (heads, lines []string) {
	for _, w := range words {
		some := of(all, w.kind)
		if len(some) == 0 {
			continue
		}
		heads = append(heads, head(w.one, w.many, some))
		for _, n := range some {
			if line := line(n, detail); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return heads, lines
}

func urgent(n store.Notice) bool {
	return n.Kind == store.NoticeTrouble || n.Kind == store.NoticeOpened && n.Priority == ticket.PriorityUrgent
}

func of(all []store.Notice, kind store.NoticeKind) (some []store.Notice) {
	for _, n := range all {
		if n.Kind == kind {
			some = append(some, n)
		}
	}
	return some
}

func head(one, many string, some []store.Notice) string {
	switch {
	case len(some) > 1 && strings.Contains(many, "%"):
		return fmt.Sprintf(many, len(some))
	case len(some) == 1 && strings.Contains(one, "%"):
		return fmt.Sprintf(one, some[0].Ticket)
	}
	return one
}

// line says more about one thing; empty when there is nothing to say.
func line(n store.Notice, detail bool) string {
	switch {
	case n.Kind == store.NoticeTrouble:
		return oneLine(n.Detail)
	case n.Kind == store.NoticeRecovered:
		return "Lo de antes: " + oneLine(n.Detail)
	case !detail || n.Ticket == 0:
		return ""
	}
	what := n.Title
	if n.Name != "" {
		what = n.Name + ": " + n.Title
	}
	return oneLine(fmt.Sprintf("%d · %s", n.Ticket, what))
}

// oneLine is text without line breaks, and not too long.
func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxLine {
		return string(runes[:maxLine-1]) + "…"
	}
	return string(runes)
}
