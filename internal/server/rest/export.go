package rest

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/rs/zerolog/log"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/hours"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

const (
	// exportPage is how many tickets an export holds at once.
	exportPage = 50
	// stallTime is how long a client may take for one ticket or file of it.
	stallTime = time.Minute
)

func exportOperation() huma.Operation {
	op := operation(http.MethodGet, "/clientes/{cliente}/exportar", "exportar-cliente", "clientes", "Todo lo de un cliente en un ZIP: datos.json, conversaciones.html y archivos")
	op.Responses = fileResponse("El ZIP", "application/zip")
	return op
}

// fileResponse describes an answer of download.
func fileResponse(description, mime string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: description, Content: map[string]*huma.MediaType{mime: {}}}}
}

// download answers with a file that write makes on the way. When that fails
// halfway the connection is cut, so that nobody takes half of it for the whole.
func download(ctx context.Context, mime, name string, write func(io.Writer, *http.ResponseController) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", mime)
		hctx.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		hctx.SetHeader("Cache-Control", "no-store")
		_, w := humachi.Unwrap(hctx)
		if err := write(hctx.BodyWriter(), http.NewResponseController(w)); err != nil {
			log.Ctx(ctx).Warn().Err(err).Msg("a download broke off")
			panic(http.ErrAbortHandler)
		}
	}}
}

// exportCustomer streams everything of a customer.
func (s *service) exportCustomer(ctx context.Context, in *CustomerRef) (*huma.StreamResponse, error) {
	page, err := s.customerPage(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	business, err := s.Store.Business(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load business: %w", err)
	}
	zone, err := hours.Zone(business.Zone)
	if err != nil {
		return nil, fmt.Errorf("find time zone: %w", err)
	}
	id := auth.From(ctx)
	if err := s.Store.NoteExport(ctx, id.Business, id.User, in.ID); err != nil {
		return nil, fmt.Errorf("note export: %w", err)
	}
	return download(ctx, "application/zip", "cliente-"+strconv.FormatInt(in.ID, 10)+".zip", func(w io.Writer, line *http.ResponseController) error {
		e := export{service: s, ctx: ctx, zip: zip.NewWriter(w), line: line, page: page, business: business, zone: zone}
		return e.run()
	}), nil
}

// export writes one customer.
type export struct {
	*service
	ctx      context.Context
	zip      *zip.Writer
	line     *http.ResponseController
	page     CustomerPage
	business store.Business
	zone     *time.Location
	files    []string // that are in the archive
}

func (e *export) run() error {
	for _, part := range []func() error{e.data, e.readable, e.copyFiles, e.zip.Close} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// create begins an entry; what is packed already is not packed again.
func (e *export) create(name string, method uint16) (io.Writer, error) {
	w, err := e.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: e.Now().UTC()})
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	return w, nil
}

// each hands every ticket to write, the newest first, with its messages.
func (e *export) each(write func(Conversation) error) error {
	for before := ""; ; {
		page, err := e.Store.CustomerTickets(e.ctx, e.business.ID, e.page.ID, store.Filter{Limit: exportPage, Before: before})
		if err != nil {
			return fmt.Errorf("list tickets: %w", err)
		}
		for _, t := range page.Tickets {
			// Where it cannot be set the server's own is as good as it gets.
			_ = e.line.SetWriteDeadline(e.Now().Add(stallTime))
			messages, err := e.Store.Conversation(e.ctx, e.business.ID, t.Number)
			if err != nil && ticket.CodeOf(err) != ticket.CodeNotFound {
				return fmt.Errorf("load conversation: %w", err)
			}
			if err := write(ConversationOf(t, messages)); err != nil {
				return fmt.Errorf("write ticket %d: %w", t.Number, err)
			}
		}
		if before = page.Next; before == "" {
			return nil
		}
	}
}

// data writes datos.json: {"negocio":…,"cliente":…,"conversaciones":[…]}.
func (e *export) data() error {
	w, err := e.create("datos.json", zip.Deflate)
	if err != nil {
		return err
	}
	head, err := json.Marshal(map[string]any{"negocio": e.business.Name, "exportado": e.Now().UTC(), "cliente": e.page})
	if err != nil {
		return fmt.Errorf("write customer: %w", err)
	}
	// The rest goes inside the object that head is.
	separator := string(head[:len(head)-1]) + `,"conversaciones":[` + "\n"
	err = e.each(func(c Conversation) error {
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		for _, m := range c.Messages {
			for _, f := range m.Files {
				if f.URL != nil {
					e.files = append(e.files, (*f.URL)[len(filePrefix):])
				}
			}
		}
		_, err = io.WriteString(w, separator+string(text))
		separator = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	end := "\n]}\n"
	if separator != ",\n" {
		end = separator + end
	}
	_, err = io.WriteString(w, end)
	return err
}

// readable writes conversaciones.html.
func (e *export) readable() error {
	w, err := e.create("conversaciones.html", zip.Deflate)
	if err != nil {
		return err
	}
	page := &readablePage{w: w, zone: e.zone}
	if err := page.head(e.business.Name, e.page, e.Now()); err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	if err := e.each(page.ticket); err != nil {
		return err
	}
	return page.foot()
}

// copyFiles puts the files into archivos/ under the names that datos.json and the
// page call them by. One that is not on the disk is left out.
func (e *export) copyFiles() error {
	for _, name := range e.files {
		_ = e.line.SetWriteDeadline(e.Now().Add(stallTime))
		if err := e.copyFile(name); err != nil && ticket.CodeOf(err) != ticket.CodeNotFound {
			return fmt.Errorf("copy file: %w", err)
		}
	}
	return nil
}

func (e *export) copyFile(name string) (err error) {
	file, err := e.Photos.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w, err := e.create("archivos/"+name, zip.Store)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}
