package notify

import (
	"fmt"
	"slices"
	"strings"

	"mostrador/internal/server/said"
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

// words are what is said of one thing of a kind, and of several. These and the
// other sentences here are translated where the panel's are: web/static/i18n/server.
var words = []struct {
	kind      store.NoticeKind
	one, many string
}{
	{store.NoticeTrouble, "Hay un problema", "Hay {} problemas"},
	{store.NoticeRecovered, "Ya se arregló un problema", "Ya se arreglaron {} problemas"},
	{store.NoticeOpened, "Ticket nuevo: {}", "{} tickets nuevos"},
	{store.NoticeWaiting, "El ticket {} sigue sin respuesta", "{} tickets siguen sin respuesta"},
	{store.NoticeFailed, "No salió una respuesta del ticket {}", "{} respuestas no salieron"},
}

const (
	saidUrgent = "Urgente · {}"
	saidMore   = "… y {} más."
	saidBefore = "Lo de antes: {}"
	saidTest   = "Aviso de prueba"
	saidWorks  = "Este canal recibe los avisos de Mostrador."
)

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

// compose makes one message of what is to be told, in a language. Names and titles
// go along only with detail.
func compose(in *said.Language, business string, all []store.Notice, detail bool) Message {
	m := Message{Link: "/", Tag: "mostrador"}
	heads, lines := say(in, all, detail)
	m.Urgent = slices.ContainsFunc(all, urgent)
	m.Title = oneLine(strings.Join(heads, " · "))
	if m.Urgent && len(of(all, store.NoticeOpened)) > 0 {
		m.Title = in.Say(saidUrgent, m.Title)
	}
	if more := len(lines) - maxLines; more > 0 {
		lines = append(lines[:maxLines], in.Say(saidMore, more))
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
func say(in *said.Language, all []store.Notice, detail bool) (heads, lines []string) {
	for _, w := range words {
		some := of(all, w.kind)
		if len(some) == 0 {
			continue
		}
		if len(some) > 1 {
			heads = append(heads, in.Say(w.many, len(some)))
		} else {
			heads = append(heads, in.Say(w.one, some[0].Ticket))
		}
		for _, n := range some {
			if line := line(in, n, detail); line != "" {
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

// line says more about one thing; empty when there is nothing to say.
func line(in *said.Language, n store.Notice, detail bool) string {
	switch {
	case n.Kind == store.NoticeTrouble:
		return oneLine(sentences(in, n.Detail))
	case n.Kind == store.NoticeRecovered:
		return oneLine(in.Say(saidBefore, sentences(in, n.Detail)))
	case !detail || n.Ticket == 0:
		return ""
	}
	what := n.Title
	if n.Name != "" {
		what = n.Name + ": " + n.Title
	}
	return oneLine(fmt.Sprintf("%d · %s", n.Ticket, what))
}

// sentences says what was said in Spanish, a sentence on each line.
func sentences(in *said.Language, lines string) string {
	all := strings.Split(lines, "\n")
	for i, spanish := range all {
		all[i] = in.Sentence(spanish)
	}
	return strings.Join(all, "\n")
}

// oneLine is text without line breaks, and not too long.
func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxLine {
		return string(runes[:maxLine-1]) + "…"
	}
	return string(runes)
}
