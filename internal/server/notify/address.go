package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"mostrador/internal/ticket"
)

// Addresses are written as those of shoutrrr: the service, a colon, and what it
// takes to reach it. Which services there are is the table below. Its own code
// is not used: it dials by itself, so that nobody could look where to (see
// docs/DECISIONS.md).

// maxAddress bounds an address, in bytes.
const maxAddress = 2000

// target is what an address has become.
type target interface {
	// send tells m; id is the same on every attempt.
	send(ctx context.Context, n *network, id string, m Message) error
}

// services make a target of an address; what they do not know of its parameters
// is left over, and refused.
var services = map[string]func(u *url.URL, p *parameters) (target, error){
	"smtp": mailTarget, "telegram": telegramTarget, "ntfy": ntfyTarget, "gotify": gotifyTarget, "discord": discordTarget,
	"slack": slackTarget, "pushover": pushoverTarget, "generic": genericTarget, "generic+https": genericTarget,
}

// parameters are those of an address, taken out one by one.
type parameters struct{ url.Values }

// take returns the first parameter with one of the names, and removes it.
func (p *parameters) take(names ...string) string {
	value := ""
	for key := range p.Values {
		if slices.Contains(names, strings.ToLower(key)) {
			value = p.Get(key)
			p.Del(key)
		}
	}
	return strings.TrimSpace(value)
}

// yes takes a switch.
func (p *parameters) yes(name string, fallback bool) bool {
	switch strings.ToLower(p.take(name)) {
	case "yes", "true", "1", "si", "sí", "on":
		return true
	case "no", "false", "0", "off":
		return false
	}
	return fallback
}

func invalid(sentence string) error { return ticket.NewError(ticket.CodeInvalid, sentence) }

var errAddress = invalid("No es una dirección de aviso. Empiece por smtp://, telegram://, ntfy://, gotify://, discord://, slack://, pushover:// o generic://.")

// parseAddress understands an address, or returns CodeInvalid with a sentence that
// does not repeat it.
func parseAddress(address string) (target, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > maxAddress {
		return nil, errAddress
	}
	service, known := services[strings.ToLower(u.Scheme)]
	if !known || u.Host == "" {
		return nil, errAddress
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errAddress
	}
	p := &parameters{values}
	t, err := service(u, p)
	if err != nil {
		return nil, err
	}
	for name := range p.Values {
		return nil, invalid(fmt.Sprintf("La dirección tiene un parámetro que aquí no se conoce: %q.", oneLine(name)))
	}
	return t, nil
}

// CheckAddress returns CodeInvalid for what is no address of a channel.
func CheckAddress(address string) error {
	_, err := parseAddress(address)
	return err
}

// Mask is as much of a channel's address as may be shown.
func Mask(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	switch scheme := strings.ToLower(u.Scheme); scheme {
	case "smtp", "ntfy", "gotify", "generic", "generic+https", "https", "http":
		return scheme + "://" + u.Host + "/…" // whoever is logged in as comes before the host
	default:
		return scheme + "://…"
	}
}

// post is a target that takes one request.
type post struct {
	url    string
	header http.Header
	body   func(id string, m Message) []byte
}

func (p post) send(ctx context.Context, n *network, id string, m Message) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body(id, m)))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.Header = p.header.Clone()
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("User-Agent", agent)
	return n.do(r)
}

// inJSON is a body.
func inJSON(fields map[string]any) []byte {
	data, err := json.Marshal(fields)
	if err != nil {
		return nil // strings and numbers only
	}
	return data
}

// text is a message as one text.
func (m Message) text() string { return m.Title + "\n" + m.Body }

// posts are one request after another: a repeat after a failure may tell some of
// them twice.
type posts []post

func (all posts) send(ctx context.Context, n *network, id string, m Message) error {
	for _, p := range all {
		if err := p.send(ctx, n, id, m); err != nil {
			return err
		}
	}
	return nil
}

func telegramTarget(u *url.URL, p *parameters) (target, error) {
	token := u.User.String()
	chats := strings.Split(p.take("chats", "channels"), ",")
	if token == "" || chats[0] == "" {
		return nil, invalid("Para Telegram se escribe telegram://TOKEN@telegram?chats=CHAT.")
	}
	silent := !p.yes("notification", true)
	var all posts
	for _, chat := range chats {
		all = append(all, post{url: "https://api.telegram.org/bot" + token + "/sendMessage", body: func(_ string, m Message) []byte {
			return inJSON(map[string]any{"chat_id": strings.TrimSpace(chat), "text": m.text(), "disable_notification": silent})
		}})
	}
	return all, nil
}

func ntfyTarget(u *url.URL, p *parameters) (target, error) {
	topic := strings.Trim(u.Path, "/")
	if topic == "" {
		return nil, invalid("Para ntfy se escribe ntfy://ntfy.sh/TEMA.")
	}
	scheme := "https"
	if p.take("scheme") == "http" {
		scheme = "http"
	}
	t := post{url: scheme + "://" + u.Host, header: http.Header{}, body: func(_ string, m Message) []byte {
		fields := map[string]any{"topic": topic, "title": m.Title, "message": m.Body}
		if m.Urgent {
			fields["priority"] = 5
		}
		return inJSON(fields)
	}}
	t.authorize(u)
	return t, nil
}

// authorize logs in as the address says.
func (p post) authorize(u *url.URL) {
	if password, ok := u.User.Password(); ok {
		r := http.Request{Header: p.header}
		r.SetBasicAuth(u.User.Username(), password)
	}
}

func gotifyTarget(u *url.URL, p *parameters) (target, error) {
	path := strings.Trim(u.Path, "/")
	folder, token := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder, token = "/"+path[:i], path[i+1:]
	}
	if token == "" {
		return nil, invalid("Para Gotify se escribe gotify://SERVIDOR/TOKEN.")
	}
	scheme := "https"
	if p.yes("disabletls", false) {
		scheme = "http"
	}
	return post{url: scheme + "://" + u.Host + folder + "/message", header: http.Header{"X-Gotify-Key": {token}}, body: func(_ string, m Message) []byte {
		priority := 5
		if m.Urgent {
			priority = 8
		}
		return inJSON(map[string]any{"title": m.Title, "message": m.Body, "priority": priority})
	}}, nil
}

func discordTarget(u *url.URL, p *parameters) (target, error) {
	token := u.User.Username()
	if token == "" {
		return nil, invalid("Para Discord se escribe discord://TOKEN@ID.")
	}
	at := "https://discord.com/api/webhooks/" + url.PathEscape(u.Host) + "/" + url.PathEscape(token)
	if thread := p.take("thread_id"); thread != "" {
		at += "?thread_id=" + url.QueryEscape(thread)
	}
	return post{url: at, body: func(_ string, m Message) []byte {
		return inJSON(map[string]any{"content": "**" + m.Title + "**\n" + m.Body, "allowed_mentions": map[string]any{"parse": []string{}}})
	}}, nil
}

func slackTarget(u *url.URL, _ *parameters) (target, error) {
	parts := strings.Split(u.User.String(), ":")
	key := parts[len(parts)-1]
	parts = strings.Split(key, "-")
	if u.User.Username() != "hook" || u.Host != "webhook" || len(parts) != 3 {
		return nil, invalid("Para Slack se escribe slack://hook:AAA-BBB-CCC@webhook, con las tres partes de la dirección del webhook.")
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	return post{url: "https://hooks.slack.com/services/" + strings.Join(parts, "/"), body: func(_ string, m Message) []byte {
		return inJSON(map[string]any{"text": escape.Replace(m.text())})
	}}, nil
}

func pushoverTarget(u *url.URL, p *parameters) (target, error) {
	token, ok := u.User.Password()
	if !ok {
		return nil, invalid("Para Pushover se escribe pushover://shoutrrr:TOKEN@USUARIO.")
	}
	devices := p.take("devices")
	return post{url: "https://api.pushover.net/1/messages.json", body: func(_ string, m Message) []byte {
		priority := 0
		if m.Urgent {
			priority = 1
		}
		return inJSON(map[string]any{"token": token, "user": u.Host, "title": m.Title, "message": m.Body, "device": devices, "priority": priority})
	}}, nil
}

// genericTarget is any other service that takes a request, such as a gateway for
// SMS: parameters with $ in front are more fields of its JSON, those with @ are
// headers, all others stay in its address.
func genericTarget(u *url.URL, p *parameters) (target, error) {
	at := url.URL{Scheme: "https", Host: u.Host, Path: u.Path}
	if p.yes("disabletls", false) {
		at.Scheme = "http"
	}
	asJSON := strings.EqualFold(p.take("template"), "json")
	title, text := p.take("titlekey"), p.take("messagekey")
	header, extra, query := http.Header{}, map[string]any{}, url.Values{}
	for name, values := range p.Values {
		switch name[:min(len(name), 1)] {
		case "@":
			header.Set(name[1:], values[0])
		case "$":
			extra[name[1:]] = values[0]
		default:
			query[name] = values
		}
		p.Del(name)
	}
	at.RawQuery = query.Encode()
	t := post{url: at.String(), header: header}
	t.authorize(u)
	t.body = func(_ string, m Message) []byte {
		if !asJSON && len(extra) == 0 {
			return []byte(m.text())
		}
		fields := map[string]any{}
		for name, value := range extra {
			fields[name] = value
		}
		fields[or(title, "title")], fields[or(text, "message")] = m.Title, m.Body
		return inJSON(fields)
	}
	if !asJSON && len(extra) == 0 && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	return t, nil
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
