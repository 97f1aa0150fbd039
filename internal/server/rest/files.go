package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/outbox"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// uploadTime is how long a slow line may take for a file, and answerTime how
	// long it may take from there to the customer.
	uploadTime = 5 * time.Minute
	answerTime = uploadTime + 3*time.Minute
	// formSlack is what a form may hold besides its file, in bytes.
	formSlack = 512 << 10
)

func (s *service) files() {
	op := operation(http.MethodPost, "/tickets/{numero}/archivos", "enviar-archivo", "respuestas", "Manda al cliente una foto o un archivo, con texto o sin él")
	op.Middlewares = huma.Middlewares{withRequest}
	register(s, op, auth.RoleAgent, s.sendFile)
	// Afterwards, or huma would read the body itself.
	s.api.OpenAPI().Paths[op.Path].Post.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: fileForm}},
	}
}

// fileForm describes the form of sendFile.
var fileForm = &huma.Schema{
	Type: "object", Required: []string{"archivo"}, Properties: map[string]*huma.Schema{
		"archivo":          {Type: "string", Format: "binary", Description: "Lo último del formulario."},
		"mensaje":          {Type: "string", Description: "El texto que acompaña al archivo."},
		"clave":            {Type: "string", Description: "Como en «responder»."},
		"responde_a":       {Type: "string", Description: "Como en «responder»."},
		"escribir_primero": {Type: "string", Enum: []any{"true"}, Description: "Como en «responder»."},
	},
}

type requestKey struct{}

// exchange is a request as net/http has it, for an operation that reads its body
// itself.
type exchange struct {
	w http.ResponseWriter
	r *http.Request
}

// withRequest gives an operation its exchange.
func withRequest(ctx huma.Context, next func(huma.Context)) {
	r, w := humachi.Unwrap(ctx)
	next(huma.WithValue(ctx, requestKey{}, exchange{w, r}))
}

// sendFile takes a file to the disk as it comes in, and then sends it as any
// other reply: nothing is promised to anybody before both are stored.
func (s *service) sendFile(ctx context.Context, in *TicketRef) (*body[wire.ReplySent], error) {
	x := ctx.Value(requestKey{}).(exchange)
	httpx.MoreTime(x.w, uploadTime, answerTime)
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, s.MaxFile+formSlack)
	form, err := x.r.MultipartReader()
	if err != nil {
		return nil, ticket.NewError(ticket.CodeMalformed, "Se espera un formulario con un archivo.")
	}
	f := fileReply{limit: s.MaxFile, folder: s.Photos, fields: map[string]string{}}
	defer f.discard()
	if err := f.read(form); err != nil {
		return nil, err
	}
	reply, err := f.reply(auth.From(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	return sent(in.Number, s.sendKept(ctx, &f, reply))
}

// sendKept puts the file under its final name and sends it; away with it if no
// row came to name it.
func (s *service) sendKept(ctx context.Context, f *fileReply, reply store.Reply) error {
	name, err := f.draft.Keep(reply.File.MIME)
	if err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	reply.File.File = name
	queued, err := s.Outbox.Queue(ctx, reply)
	// The sweep at the next start sets aside what turns out not to be stored.
	if queued.Existing || err != nil && !errors.Is(err, store.ErrUnsure) {
		if err := s.Photos.Remove(name); err != nil {
			s.Log.Warn().Err(err).Msg("file of a refused reply was not removed")
		}
	}
	if err != nil {
		return err
	}
	return s.Outbox.Follow(ctx, queued)
}

// fileReply is the form of a reply with a file while it is read.
type fileReply struct {
	limit  int64
	folder *photos.Folder
	fields map[string]string
	name   string
	head   []byte
	size   int64
	draft  *photos.Draft
}

func (f *fileReply) discard() {
	if f.draft != nil {
		f.draft.Discard()
	}
}

func (f *fileReply) read(form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		if err == io.EOF { //nolint:errorlint // wrapped, it says that the form broke off
			break
		}
		if err != nil {
			return httpx.BodyError(err)
		}
		if part.FormName() == "archivo" && f.draft == nil {
			err = f.take(part)
		} else {
			err = f.field(part)
		}
		if err != nil {
			return err
		}
	}
	if f.draft == nil || f.size == 0 {
		return ticket.NewError(ticket.CodeInvalid, "Falta el archivo, o está vacío.")
	}
	return nil
}

func (f *fileReply) field(part *multipart.Part) error {
	data, err := io.ReadAll(io.LimitReader(part, formSlack))
	if err != nil {
		return httpx.BodyError(err)
	}
	if !utf8.Valid(data) {
		return ticket.NewError(ticket.CodeMalformed, "El texto no es UTF-8 válido.")
	}
	f.fields[part.FormName()] = string(data)
	return nil
}

// take writes the file to the disk. Only the first bytes of it are looked at.
func (f *fileReply) take(part *multipart.Part) error {
	var err error
	if f.draft, err = f.folder.Create(); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	f.name = part.FileName()
	f.head = make([]byte, photos.Sniffed)
	n, err := io.ReadFull(part, f.head)
	f.head = f.head[:n]
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return httpx.BodyError(err)
	}
	if _, err := f.draft.Write(f.head); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	// One byte more than allowed tells that there are more.
	more, err := io.Copy(f.draft, io.LimitReader(part, f.limit-int64(n)+1))
	f.size = int64(n) + more
	switch {
	case ticket.CodeOf(err) == ticket.CodeUnavailable:
		return fmt.Errorf("save file: %w", err)
	case err != nil:
		return httpx.BodyError(err)
	case f.size > f.limit:
		return ticket.NewError(ticket.CodeTooLarge, fmt.Sprintf("El archivo es demasiado grande: el máximo son %.0f MB.", float64(f.limit)/1e6))
	}
	return nil
}

// reply is what is to be sent, apart from the file's name on the disk.
func (f *fileReply) reply(id auth.Identity, number int64) (store.Reply, error) {
	mime, kind, err := photos.Outgoing(f.head, f.name)
	if err != nil {
		return store.Reply{}, err
	}
	r, err := replyOf(id, number, replyText{
		Text: f.fields["mensaje"], First: f.fields["escribir_primero"] == "true", Key: f.fields["clave"], ReplyTo: f.fields["responde_a"],
	})
	if err != nil {
		return store.Reply{}, err
	}
	r.Kind, r.File = kind, &ticket.Attachment{Name: photos.FileName(f.name), MIME: mime, Size: f.size, State: ticket.FileStored}
	return r, nil
}

// replyOf is what somebody writes in the store's terms.
func replyOf(id auth.Identity, number int64, t replyText) (store.Reply, error) {
	switch {
	case t.First && !id.Role.Covers(auth.RoleAdmin):
		return store.Reply{}, ticket.NewError(ticket.CodeForbidden, "Solo un administrador puede escribir a quien no ha escrito antes.")
	case len(t.Key) > maxKey || len(t.ReplyTo) > maxKey:
		return store.Reply{}, ticket.NewError(ticket.CodeInvalid, "La clave o el mensaje al que responde no son válidos.")
	}
	return store.Reply{
		Business: id.Business, User: id.User, Ticket: number, Text: t.Text, First: t.First, RefersTo: t.ReplyTo,
		WhatsAppID: outbox.MessageID(id.Business, number, t.Key),
	}, nil
}
