package rest

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"path"
	"strconv"
	"time"
)

// exportStyle is how conversaciones.html looks.
const exportStyle = `body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #ccc;margin-top:2rem}
.m{margin:.75rem 0;padding:.5rem .75rem;border-radius:.5rem;background:#f3f3f3;white-space:pre-wrap;overflow-wrap:anywhere}
.salida{background:#e0f0e8}.nota{background:#fdf3d3}small{color:#555;display:block}img{max-width:20rem;display:block}`

// readablePage writes conversaciones.html piece by piece, so that it is never held
// whole. Every text goes through escaped, whoever wrote it. html/template would do
// the same, but it looks methods up by name, which keeps every method of every
// type in the program: 7 MB of it.
type readablePage struct {
	w    io.Writer
	zone *time.Location
	err  error // the first one
}

// put writes a format of ours with texts of others, escaped.
func (p *readablePage) put(format string, texts ...string) {
	if p.err != nil {
		return
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = html.EscapeString(text)
	}
	_, p.err = fmt.Fprintf(p.w, format, values...)
}

// putIf is put when the last text is not empty.
func (p *readablePage) putIf(format string, texts ...string) {
	if texts[len(texts)-1] != "" {
		p.put(format, texts...)
	}
}

func (p *readablePage) at(t time.Time) string { return t.In(p.zone).Format("02/01/2006 15:04") }

// head begins the page.
func (p *readablePage) head(business string, c CustomerPage, now time.Time) error {
	p.put("<!doctype html>\n<html lang=\"es\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>%s: %s</title>\n<style>",
		business, cmp.Or(c.Name, c.Phone, "cliente"))
	p.put(exportStyle)
	p.put("</style></head><body>\n<h1>%s</h1>\n<p>%s", cmp.Or(c.Name, "Cliente sin nombre"), shownPhone(c))
	p.putIf(" · en WhatsApp: %s", c.Own)
	p.put("</p>\n<p>%s, exportado el %s. Los archivos están en la carpeta «archivos».</p>\n", business, p.at(now))
	if len(c.Notes) > 0 {
		p.put("<h2>Notas</h2>")
	}
	for _, n := range c.Notes {
		p.put(`<div class="m nota">%s<small>%s %s</small></div>`, n.Body, n.Author, p.at(n.At))
	}
	return p.err
}

func shownPhone(c CustomerPage) string {
	if c.Hidden {
		return "Número oculto"
	}
	return c.Phone
}

// ticket writes a conversation.
func (p *readablePage) ticket(c Conversation) error {
	t := c.Ticket
	p.put("<article><h2>Ticket %s: %s</h2>\n<p>%s · %s · %s</p>\n", strconv.FormatInt(t.Number, 10), t.Title, t.Status, t.Category, p.at(t.CreatedAt))
	for _, m := range c.Messages {
		p.message(m, t)
	}
	p.put("</article>\n")
	return p.err
}

func (p *readablePage) message(m Message, t Ticket) {
	author := m.Author
	if author == "" && m.Direction == "entrada" {
		author = t.Name
	}
	p.put(`<div class="m %s"><small>%s %s`, m.Direction, author, p.at(m.SentAt))
	if m.DeletedAt != nil {
		p.put(" · eliminado por el cliente")
	}
	p.put("</small>%s", m.Body)
	p.putIf("\n<small>Antes decía: %s</small>", m.OriginalBody)
	for _, f := range m.Files {
		name := cmp.Or(f.Name, "Archivo")
		if f.URL != nil {
			p.put(`<a href="archivos/%s">%s</a>`, path.Base(*f.URL), name)
		} else {
			p.put("<small>%s: %s</small>", name, f.Note)
		}
	}
	p.put("</div>\n")
}

// foot ends the page.
func (p *readablePage) foot() error {
	p.put("</body></html>\n")
	return p.err
}
