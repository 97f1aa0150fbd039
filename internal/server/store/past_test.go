package store_test

import (
	"bytes"
	"strings"
)

// pastRow is a row as a program of version wrote it; versions after it keep it.
type pastRow struct {
	version int // the first that could hold it
	table   string
	columns string
	values  []any
}

// A table that a step brings needs a row here: TestEverySchemaThatEverWasIsUpgraded
// says so. Rows are added in this order, so that ids count up from 1.
var past = []pastRow{
	{1, "businesses", "code, name, received_text, join_window_ms, last_ticket_number, created_at", []any{"default", "Taller Núñez", "Recibido.", 259_200_000, 3, 1_000}},
	{1, "bridges", "business_id, code, name, url, token_hash, created_at", []any{1, "default", "", "http://bridge.test", append([]byte{1}, make([]byte, 31)...), 1_000}},
	{1, "users", "business_id, name, name_key, password_hash, role, created_at", []any{1, "Ana", "ana", "$argon2id$v=19$m=19456,t=2,p=1$c2Fs$aGFzaA", "admin", 1_000}},
	{1, "sessions", "token_hash, business_id, user_id, created_at, last_seen_at, expires_at", []any{bytes.Repeat([]byte{2}, 32), 1, 1, 1_000, 2_000, 9e15}},
	{1, "contacts", "business_id, name, phone, phone_key, lid, chat, is_group, created_at, updated_at", []any{1, "Begoña Ávila", ana, "524772758198", nil, ana + "@s.whatsapp.net", false, 1_000, 1_000}},
	{1, "contacts", "business_id, name, phone, phone_key, lid, chat, is_group, created_at, updated_at", []any{1, "", "", nil, "111222333444555", "111222333444555@lid", false, 1_000, 1_000}},
	{1, "contacts", "business_id, name, phone, phone_key, lid, chat, is_group, created_at, updated_at", []any{1, "Los del taller", "", nil, nil, "120363@g.us", true, 1_000, 1_000}},
	pastTicket(1, 1, "pending", "mi laptop no prende", nil),
	pastTicket(2, 2, "in_progress", "¿A qué hora abren?", 1),
	pastTicket(3, 3, "resolved", "gracias 👍", nil),
	pastMessage(1, 1, "in", "text", "mi laptop no prende", "A1", ""),
	pastMessage(1, 1, "in", "image", "mire", "A2", ""),
	pastMessage(1, 1, "out", "text", "Tráigala, por favor.", "R1", "queued"),
	pastMessage(2, 2, "in", "text", "¿A qué hora abren?", "B1", ""),
	pastMessage(2, 2, "out", "text", "A las nueve.", "R2", "failed"),
	pastMessage(2, 2, "note", "text", "Llamar mañana", "", ""),
	pastMessage(3, 3, "in", "text", "gracias 👍", "C1", ""),
	pastMessage(3, 3, "event", "reaction", "👍", "C2", ""),
	{1, "attachments", "business_id, message_id, file, name, mime, size, state, note", []any{1, 2, strings.Repeat("a", 32) + ".jpg", "foto.jpg", "image/jpeg", 16, "stored", ""}},
	{2, "beats", "bridge_id, business_id, beat_at, connected, state, problem, report", []any{1, 1, 5_000, true, "conectado", "", "{}"}},
	{2, "alerts", "business_id, bridge_id, kind, sentence, solution, since, raised_at", []any{1, 1, "silence", "No da señales.", "Enciéndala.", 5_000, 6_000}},
	{4, "devices", "token_hash, user_id, created_at, expires_at", []any{bytes.Repeat([]byte{3}, 32), 1, 1_000, 9e15}},
	{4, "recovery_codes", "user_id, code_hash", []any{1, bytes.Repeat([]byte{4}, 32)}},
	{4, "invitations", "business_id, token_hash, user_id, role, note, created_at, expires_at", []any{1, bytes.Repeat([]byte{5}, 32), nil, "agent", "Luis", 1_000, 9e15}},
	{4, "api_tokens", "user_id, token_hash, name, role, created_at, expires_at", []any{1, bytes.Repeat([]byte{6}, 32), "informes", "reader", 1_000, 0}},
	{4, "audit", "business_id, at, user_id, kind, action, object, details", []any{1, 1_000, 1, "ticket", "ticket.status", "ticket/3", `{"from":"pending","to":"resolved"}`}},
	{5, "contact_notes", "business_id, contact_id, user_id, author, body, created_at", []any{1, 1, 1, "Ana", "Paga en efectivo.", 1_000}},
	{5, "doomed_files", "file", []any{strings.Repeat("b", 32) + ".jpg"}},
	{6, "views", "business_id, user_id, name, filter, created_at", []any{1, nil, "Urgentes", "prioridad=urgente", 1_000}},
	{8, "categories", "business_id, slug, name, name_key, description, keywords, examples, color, priority, position, rest, created_at", []any{1, "general", "General", "general", "", "[]", "[]", "gray", "", 1, true, 1_000}},
	{8, "corrections", "business_id, ticket_id, category_id, user_id, changed, before, created_at", []any{1, 1, 1, 1, true, "{}", 1_000}},
	{9, "canned", "business_id, title, body, shortcut, position, created_at, updated_at", []any{1, "Horario", "De 9 a 6.", "hora", 1, 1_000, 1_000}},
	{9, "ticket_moves", "business_id, source, target, user_id, before, created_at", []any{1, 2, 1, 1, "{}", 1_000}},
	{9, "moved_messages", "move_id, message_id", []any{1, 4}},
	{10, "channels", "business_id, user_id, kind, name, address, secret, events, created_at", []any{1, nil, "webhook", "Informes", "https://informes.test", "whsec_x", `["ticket.nuevo"]`, 1_000}},
	{10, "notice_wishes", "business_id, user_id, events, quiet_from, quiet_to, urgent", []any{1, 1, `["ticket.nuevo"]`, 1_320, 480, true}},
	{10, "notice_settings", "business_id, push, wait_minutes", []any{1, true, 30}},
	{10, "notice_events", "business_id, kind, ticket, detail, at", []any{1, "ticket.nuevo", 3, "", 1_000}},
	{10, "notices", "business_id, channel_id, kind, ticket, detail, code, at, due_at", []any{1, 1, "ticket.nuevo", 3, "", "msg_1", 1_000, 1_000}},
}

// filledByItself are tables that the database or a worker fills.
var filledByItself = []string{"version", "ticket_counts", "message_words", "contact_words", "vocabulary", "word_progress", "word_changes", "lost_texts"}

func pastTicket(number, contact int, status, text string, assignee any) pastRow {
	resolved := 0
	if status == "resolved" {
		resolved = 8_000
	}
	return pastRow{1, "tickets", "business_id, number, contact_id, bridge_id, title, description, status, priority, category, category_source, confidence, words, photo, unread, assignee_id, created_at, updated_at, resolved_at",
		[]any{1, number, contact, 1, text, text, status, "normal", "General", "rules", 0.5, "[]", "", 0, assignee, 1_000, 8_000, resolved}}
}

func pastMessage(id, contact int, direction, kind, body, waID, delivery string) pastRow {
	var name any
	if waID != "" {
		name = waID
	}
	return pastRow{1, "messages", "business_id, ticket_id, contact_id, bridge_id, direction, kind, body, wa_id, delivery, sent_at, created_at",
		[]any{1, id, contact, 1, direction, kind, body, name, delivery, 2_000, 2_000}}
}
