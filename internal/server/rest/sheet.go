package rest

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

// sheetPage is how many tickets a table holds at once.
const sheetPage = 500

// byteOrderMark has Excel read a table as UTF-8.
const byteOrderMark = "\ufeff"

// sheetQuery is which tickets a table has, and how it is written.
type sheetQuery struct {
	TicketFilter
	ZoneWish
	Separator string `query:"separador" enum:"coma,punto_y_coma" default:"coma" doc:"Lo que separa las columnas. Excel espera punto y coma donde los decimales llevan coma."`
}

func sheetOperation() huma.Operation {
	op := operation(http.MethodGet, "/tickets/tabla", "descargar-tickets", "tickets", "Los tickets en una tabla CSV para hojas de cálculo, los más nuevos primero")
	op.Responses = fileResponse("La tabla", "text/csv")
	return op
}

// downloadTickets streams a table of all tickets that a filter lets through,
// however many they are.
func (s *service) downloadTickets(ctx context.Context, in *sheetQuery) (*huma.StreamResponse, error) {
	filter, err := in.filter(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := s.zone(ctx, in.ZoneWish)
	if err != nil {
		return nil, err
	}
	id := auth.From(ctx)
	if err := s.Store.NoteAct(ctx, store.Act{Business: id.Business, User: id.User, Action: store.ActTicketsExported}); err != nil {
		return nil, fmt.Errorf("note download: %w", err)
	}
	name := "tickets-" + s.Now().In(zone).Format(time.DateOnly) + ".csv"
	return download(ctx, "text/csv; charset=utf-8", name, func(w io.Writer, line *http.ResponseController) error {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return err
		}
		table := csv.NewWriter(w)
		table.UseCRLF = true // as RFC 4180 has it
		if in.Separator == "punto_y_coma" {
			table.Comma = ';'
		}
		return s.writeSheet(ctx, table, line, filter, zone)
	}), nil
}

func (s *service) writeSheet(ctx context.Context, table *csv.Writer, line *http.ResponseController, filter store.Filter, zone *time.Location) error {
	if err := table.Write(sheetHead); err != nil {
		return err
	}
	for filter.Limit = sheetPage; ; {
		page, err := s.Store.Tickets(ctx, businessOf(ctx), filter)
		if err != nil {
			return fmt.Errorf("list tickets: %w", err)
		}
		// Where it cannot be set the server's own is as good as it gets.
		_ = line.SetWriteDeadline(s.Now().Add(stallTime))
		for _, l := range page.Tickets {
			if err := table.Write(sheetRow(TicketOf(l), zone)); err != nil {
				return err
			}
		}
		table.Flush()
		if err := table.Error(); err != nil {
			return err
		}
		if filter.Before = page.Next; filter.Before == "" {
			return nil
		}
	}
}

// sheetHead are the names of sheetRow's columns.
var sheetHead = []string{"Ticket", "Recibido", "Cliente", "Teléfono", "Título", "Solicitud", "Categoría", "Prioridad", "Estado", "Asignado", "Primera respuesta", "Resuelto"}

func sheetRow(t Ticket, zone *time.Location) []string {
	at := func(moment *time.Time) string {
		if moment == nil {
			return ""
		}
		return moment.In(zone).Format(time.DateTime)
	}
	assignee := ""
	if t.Assignee != nil {
		assignee = t.Assignee.Name
	}
	return []string{
		strconv.FormatInt(t.Number, 10), at(&t.CreatedAt), inert(t.Name), t.Phone, inert(t.Title), inert(t.Description), inert(t.Category),
		t.Priority, t.Status, inert(assignee), at(t.FirstAnswerAt), at(t.ResolvedAt),
	}
}

// inert is text that a spreadsheet does not take for a formula: what begins like
// one gets an apostrophe in front, as OWASP advises against CSV injection.
func inert(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) {
		return "'" + text
	}
	return text
}
