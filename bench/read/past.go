package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"mostrador/internal/address"
	"mostrador/internal/server/store"
	"mostrador/internal/server/words"
)

// past is everything that people have written so far.
type past struct {
	ctx     context.Context
	db      *sql.DB
	origin  store.Origin
	random  *rand.Rand
	tickets int
	common  *rand.Zipf
}

// Words that the searches look for, and about how many messages have them.
const (
	commonWord = "impresora" // one in twenty
	otherWord  = "pantalla"  // one in twenty-five
	rareWord   = "zarigüeya" // one in a hundred thousand
	rareName   = "Zoraida"   // of customers, one in twenty thousand
)

var (
	categories = []string{"Hardware - Energía", "Hardware - Otros", "Software", "Conectividad", "Impresión", "Cuentas", "Facturación", "Ventas", "Soporte General"}
	firstNames = strings.Fields("Ana Luis María José Carmen Juan Begoña Íñigo Sofía Andrés Lucía Martín Elena Raúl Inés Óscar Noelia Jesús Pilar Ramón")
	lastNames  = strings.Fields("Pérez Núñez García López Martínez Hernández Díaz Muñoz Álvarez Romero Ibáñez Castro Ortiz Peña Vega Soto Ríos Lara Cano Gil")
	syllables  = strings.Fields("ca me to ri lo pa si ve no du ra te ma li so che pe ña gu ze bo fi re ta lla")
)

const insertions = 50_000 // rows in one transaction

// write inserts contacts, tickets and messages.
func (p *past) write() error {
	p.common = rand.NewZipf(p.random, 1.1, 20, 20_000)
	contacts := max(p.tickets/ticketsPerContact, 1)
	if err := p.insert(contacts, `INSERT INTO contacts (id, business_id, name, phone, phone_key, lid, chat, is_group, search_key, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, FALSE, ?, ?, ?)`, p.contact); err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	if err := p.insert(p.tickets, `INSERT INTO tickets (id, business_id, number, contact_id, bridge_id, title, description, status, priority, category,
		category_source, confidence, words, photo, unread, assignee_id, created_at, updated_at, first_answer_at, resolved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'rules', 0.7, '[]', ?, ?, ?, ?, ?, ?, ?)`, p.ticket); err != nil {
		return fmt.Errorf("tickets: %w", err)
	}
	err := p.insert(p.tickets*messagesPerTicket, `INSERT INTO messages (id, business_id, ticket_id, contact_id, bridge_id, direction, kind, body, wa_id, delivery, sent_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 'text', ?, ?, ?, ?, ?)`, p.message)
	if err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	return nil
}

func (p *past) insert(n int, query string, row func(id int) []any) error {
	for first := 1; first <= n; first += insertions {
		tx, err := p.db.BeginTx(p.ctx, nil)
		if err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(p.ctx, query)
		for id := first; err == nil && id < min(first+insertions, n+1); id++ {
			_, err = stmt.ExecContext(p.ctx, row(id)...)
		}
		if stmt != nil {
			err = errors.Join(err, stmt.Close())
		}
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// at is when the n-th of all tickets was opened.
func (p *past) at(n int) int64 {
	span := years * 365 * 24 * time.Hour
	return time.Now().Add(-span).UnixMilli() + int64(float64(span.Milliseconds())*float64(n)/float64(p.tickets+1))
}

func (p *past) contact(id int) []any {
	phone, who := phone(id), firstNames[p.random.IntN(len(firstNames))]+" "+lastNames[p.random.IntN(len(lastNames))]
	switch n := p.random.IntN(20_000); {
	case n == 0:
		who = rareName + " " + who
	case n < 6_000: // a shop or a workshop, which may have any name
		who += " "
		for range 4 {
			who += syllables[p.random.IntN(len(syllables))]
		}
	case n < 7_000:
		who = fmt.Sprint("Cliente ", n)
	case n < 8_000:
		who = ""
	}
	var known, lid any
	chat := phone + "@s.whatsapp.net"
	if known = address.Key(phone); phone == "" {
		known, lid, chat = nil, fmt.Sprint(100_000_000_000_000+id), fmt.Sprint(100_000_000_000_000+id, "@lid")
	}
	key := strings.Join(words.Split(who+" "+phone), " ")
	return []any{id, p.origin.Business, who, phone, known, lid, chat, key, p.at(id), p.at(id)}
}

// prefixes of numbers, as a shop in one town meets them: of a hundred customers
// so many have each. The others hide their number.
var prefixes = []struct {
	digits string
	share  int
}{{"521477", 60}, {"52155%d", 9}, {"52133%d", 5}, {"521222", 5}, {"52181%d", 4}, {"5491141%d", 2}, {"57300", 2}, {"34612", 1}, {"15125", 2}}

// phone returns the number of a customer, which no other has; empty for one who
// hides it.
func phone(id int) string {
	chance := id * 7919 % 10_007 % 100
	for _, p := range prefixes {
		if chance -= p.share; chance >= 0 {
			continue
		}
		if strings.Contains(p.digits, "%") {
			p.digits = fmt.Sprintf(p.digits, id%10)
		}
		return fmt.Sprintf("%s%07d", p.digits, id*7_654_321%10_000_000)
	}
	return ""
}

// owner is the contact of a ticket: some have far more than others.
func (p *past) owner(id int) int { return 1 + (id*7919)%max(p.tickets/ticketsPerContact, 1) }

func (p *past) ticket(id int) []any {
	text, at := p.text(), p.at(id)
	status, answered, resolved, unread := p.status(), at+600_000, int64(0), 0
	switch status {
	case "resolved":
		resolved = at + 86_400_000
	case "pending":
		answered, unread = 0, 1+p.random.IntN(3)
	}
	photo := ""
	if p.random.IntN(7) == 0 {
		photo = fmt.Sprintf("foto-%d.jpg", id)
	}
	var assignee any
	if p.random.IntN(3) == 0 {
		assignee = 1 + p.random.IntN(people)
	}
	return []any{
		id, p.origin.Business, id, p.owner(id), p.origin.Bridge, text, text, status, p.priority(), p.category(), photo, unread, assignee, at, at, answered, resolved,
	}
}

// status leaves one ticket in twelve open, wherever it is in time.
func (p *past) status() string {
	switch n := p.random.IntN(100); {
	case n < 92:
		return "resolved"
	case n < 95:
		return "pending"
	case n < 98:
		return "in_progress"
	default:
		return "waiting"
	}
}

func (p *past) priority() string {
	switch n := p.random.IntN(1000); {
	case n < 800:
		return "normal"
	case n < 900:
		return "low"
	case n < 980:
		return "high"
	default:
		return "urgent"
	}
}

// category is one of nine, and once in a thousand one that hardly anybody uses.
func (p *past) category() string {
	if p.random.IntN(1000) == 0 {
		return "Garantías"
	}
	return categories[p.random.IntN(len(categories))]
}

func (p *past) message(id int) []any {
	ticket := (id-1)/messagesPerTicket + 1
	at := p.at(ticket) + int64(id%messagesPerTicket)*60_000
	direction, delivery := "in", ""
	if id%messagesPerTicket == 2 {
		direction, delivery = "out", "read"
	}
	return []any{id, p.origin.Business, ticket, p.owner(ticket), p.origin.Bridge, direction, p.text(), fmt.Sprintf("3EB0%016X", id), delivery, at, at}
}

// text is eight to twenty words, the common ones far more often than the others.
func (p *past) text() string {
	n := 8 + p.random.IntN(13)
	text := make([]string, 0, n+2)
	for range n {
		text = append(text, word(int(p.common.Uint64())))
	}
	for i, wanted := range []string{commonWord, otherWord, rareWord} {
		if p.random.IntN([]int{20, 25, 100_000}[i]) == 0 {
			text = append(text, wanted)
		}
	}
	return strings.Join(text, " ")
}

// word is the n-th most common word of an invented language.
func word(n int) string {
	var b strings.Builder
	for n += 1; n > 0; n /= len(syllables) {
		b.WriteString(syllables[n%len(syllables)])
	}
	return b.String()
}
