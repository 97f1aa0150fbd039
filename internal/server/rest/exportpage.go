package rest

import (
	"html/template"
	"path"
	"time"
)

// exportPageTemplate is conversaciones.html, in three parts so that it is never
// held whole. html/template escapes whatever customers wrote.
var exportPageTemplate = template.Must(template.New("").Funcs(template.FuncMap{
	"at":   func(t time.Time, zone *time.Location) string { return t.In(zone).Format("02/01/2006 15:04") },
	"file": path.Base,
	"who": func(m Message, c Ticket) string {
		switch {
		case m.Author != "":
			return m.Author
		case m.Direction == "entrada":
			return c.Name
		default:
			return ""
		}
	},
}).Parse(`{{define "head"}}<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Business}}: {{or .Customer.Name .Customer.Phone "cliente"}}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #ccc;margin-top:2rem}
.m{margin:.75rem 0;padding:.5rem .75rem;border-radius:.5rem;background:#f3f3f3;white-space:pre-wrap;overflow-wrap:anywhere}
.salida{background:#e0f0e8}.nota{background:#fdf3d3}small{color:#555;display:block}img{max-width:20rem;display:block}</style></head><body>
<h1>{{or .Customer.Name "Cliente sin nombre"}}</h1>
<p>{{if .Customer.Hidden}}Número oculto{{else}}{{.Customer.Phone}}{{end}}{{if .Customer.Own}} · en WhatsApp: {{.Customer.Own}}{{end}}</p>
<p>{{.Business}}, exportado el {{at .At .At.Location}}. Los archivos están en la carpeta «archivos».</p>
{{with .Customer.Notes}}<h2>Notas</h2>{{$zone := $.At.Location}}{{range .}}<div class="m nota">{{.Body}}<small>{{.Author}} {{at .At $zone}}</small></div>{{end}}{{end}}
{{end}}{{define "ticket"}}{{$zone := .Zone}}{{$t := .C.Ticket}}<article><h2>Ticket {{$t.Number}}: {{$t.Title}}</h2>
<p>{{$t.Status}} · {{$t.Category}} · {{at $t.CreatedAt $zone}}</p>
{{range .C.Messages}}<div class="m {{.Direction}}"><small>{{who . $t}} {{at .SentAt $zone}}{{if .DeletedAt}} · eliminado por el cliente{{end}}</small>{{.Body}}{{if .OriginalBody}}
<small>Antes decía: {{.OriginalBody}}</small>{{end}}{{range .Files}}{{if .URL}}<a href="archivos/{{file .URL}}">{{or .Name "Archivo"}}</a>{{else}}<small>{{or .Name "Archivo"}}: {{.Note}}</small>{{end}}{{end}}</div>
{{end}}</article>
{{end}}{{define "foot"}}</body></html>
{{end}}`))
