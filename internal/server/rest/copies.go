package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/rs/zerolog/log"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/backup"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *service) copies() {
	register(s, operation(http.MethodGet, "/copias", "ver-copias", "copias", "Cómo están los respaldos y cuáles hay, el más nuevo primero"), auth.RoleAdmin, s.showCopies)
	op := operation(http.MethodPost, "/copias", "hacer-copia", "copias", "Empieza un respaldo ahora; «ver-copias» dice cómo va")
	op.DefaultStatus = http.StatusAccepted
	register(s, op, auth.RoleAdmin, s.makeCopy)
	op = operation(http.MethodGet, "/copias/{copia}", "bajar-copia", "copias", "Un respaldo entero, para guardarlo en otro lado; solo para personas, y queda en la auditoría")
	op.Responses = map[string]*huma.Response{"200": {Description: "El archivo", Content: map[string]*huma.MediaType{copyType: {}}}}
	register(s, op, auth.RoleAdmin, s.takeCopy)
}

// copyType is what a copy is, encrypted or not.
const copyType = "application/octet-stream"

// Ways of keeping copies, as the panel reads them.
const (
	copiesOn         = "activo"
	copiesOff        = "apagado"
	copiesElsewhere  = "postgresql" // its own tools make them
	copyOfDatabase   = "base_de_datos"
	copyBeingPacked  = "guardando"
	copyBeingChecked = "comprobando"
)

var stepNames = map[backup.Step]string{
	backup.StepDatabase: copyOfDatabase, backup.StepPack: copyBeingPacked, backup.StepCheck: copyBeingChecked,
}

// Copies is how the copies of everything stand.
type Copies struct {
	Mode      string     `json:"modo" enum:"activo,apagado,postgresql"`
	Place     string     `json:"destino" doc:"Carpeta o cubeta, sin claves."`
	Encrypted bool       `json:"cifrado" doc:"Solo quien tenga la clave de age puede abrirlos."`
	Next      *time.Time `json:"siguiente" doc:"Cuándo toca el próximo; puede haber pasado ya."`
	Last      *time.Time `json:"ultimo" doc:"El último que cuenta; null si no hay ninguno."`
	Late      bool       `json:"atrasado" doc:"Hace más de 26 horas que no hay uno nuevo."`
	Work      *CopyWork  `json:"haciendo" doc:"El que se está haciendo."`
	Failure   string     `json:"error" doc:"Por qué falló el último intento; vacío si salió bien."`
	FailedAt  *time.Time `json:"error_fecha"`
	Copies    []Copy     `json:"copias"`
}

// CopyWork is how far a copy is.
type CopyWork struct {
	Since time.Time `json:"desde"`
	Step  string    `json:"paso" enum:"base_de_datos,guardando,comprobando"`
	Done  int64     `json:"hecho" doc:"Bytes de este paso."`
	Total int64     `json:"total" doc:"Bytes de este paso; 0 mientras no se sabe."`
}

// Copy is one copy.
type Copy struct {
	Name    string    `json:"nombre"`
	At      time.Time `json:"fecha"`
	Size    int64     `json:"tamano" doc:"Bytes."`
	Checked bool      `json:"comprobado" doc:"Se leyó de vuelta, se abrió y se comparó archivo por archivo."`
}

// noCopies says why there are none, nil where they are made.
func (s *service) noCopies() error {
	switch {
	case s.Backups != nil:
		return nil
	case s.Store.Path() == "":
		return ticket.NewError(ticket.CodeConflict, "La base de datos es PostgreSQL: haga sus respaldos con pg_dump, y copie también la carpeta de las fotos.")
	}
	return ticket.NewError(ticket.CodeConflict, "Los respaldos están apagados: RESPALDO=off en la configuración del servidor.")
}

func (s *service) showCopies(ctx context.Context, _ *struct{}) (*body[Copies], error) {
	view := Copies{Mode: copiesOff, Copies: []Copy{}}
	if s.Backups == nil {
		if s.Store.Path() == "" {
			view.Mode = copiesElsewhere
		}
		return answer(view), nil
	}
	state, err := s.Backups.State(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at backups: %w", err)
	}
	view.Mode, view.Place, view.Encrypted = copiesOn, s.Backups.Shelf.Place(), s.Backups.Recipient != nil
	view.Next, view.Last, view.Late = moment(state.Next), moment(state.Last.At), state.Late
	view.Failure, view.FailedAt = state.Failure, moment(state.FailedAt)
	if state.Busy {
		view.Work = &CopyWork{Since: state.Work.Since.UTC(), Step: stepNames[state.Work.Step], Done: state.Work.Done, Total: state.Work.Total}
	}
	for _, m := range state.Copies {
		view.Copies = append(view.Copies, Copy{Name: m.Name, At: m.At.UTC(), Size: m.Size, Checked: true})
	}
	for _, m := range state.Unchecked {
		view.Copies = append(view.Copies, Copy{Name: m.Name, At: m.At.UTC(), Size: m.Size})
	}
	slices.SortStableFunc(view.Copies, func(a, b Copy) int { return b.At.Compare(a.At) })
	return answer(view), nil
}

func (s *service) makeCopy(ctx context.Context, _ *struct{}) (*body[Copies], error) {
	if err := s.noCopies(); err != nil {
		return nil, err
	}
	if err := s.Backups.Ask(); err != nil {
		return nil, err
	}
	if err := s.noteCopy(ctx, store.ActBackupAsked, nil); err != nil {
		log.Ctx(ctx).Warn().Err(err).Msg("wish for a backup not noted") // it is made all the same
	}
	return s.showCopies(ctx, nil)
}

// CopyRef is which copy.
type CopyRef struct {
	Name string `path:"copia" maxLength:"100"`
}

// takeCopy streams a copy. It holds what opens accounts, so a program does not
// get it: API_TOKEN lies on a laptop.
func (s *service) takeCopy(ctx context.Context, in *CopyRef) (*huma.StreamResponse, error) {
	if err := s.noCopies(); err != nil {
		return nil, err
	}
	if auth.From(ctx).User == 0 {
		return nil, ticket.NewError(ticket.CodeForbidden, "Un respaldo lo descarga una persona con su usuario, no un programa con API_TOKEN ni un panel abierto.")
	}
	made, file, err := s.Backups.Open(ctx, in.Name)
	if err != nil {
		return nil, fmt.Errorf("open backup: %w", err)
	}
	if err := s.noteCopy(ctx, store.ActBackupTaken, map[string]any{"name": made.Name}); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("note download: %w", err)
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer func() { _ = file.Close() }()
		hctx.SetHeader("Content-Type", copyType)
		hctx.SetHeader("Content-Length", strconv.FormatInt(made.Size, 10))
		hctx.SetHeader("Content-Disposition", `attachment; filename="`+made.Name+`"`)
		hctx.SetHeader("Cache-Control", "no-store")
		_, w := humachi.Unwrap(hctx)
		line := http.NewResponseController(w)
		err := inPieces(hctx.BodyWriter(), file, func() { _ = line.SetWriteDeadline(s.Now().Add(stallTime)) })
		if err != nil {
			log.Ctx(ctx).Warn().Err(err).Msg("download of a backup broke off")
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// piece is how much of a copy a client has stallTime for, in bytes.
const piece = 4 << 20

// inPieces copies r to w and calls before ahead of each piece.
func inPieces(w io.Writer, r io.Reader, before func()) error {
	for {
		before()
		n, err := io.CopyN(w, r, piece)
		if err == io.EOF && n < piece { //nolint:errorlint // what CopyN returns as it is
			return nil
		}
		if err != nil {
			return fmt.Errorf("send backup: %w", err)
		}
	}
}

func (s *service) noteCopy(ctx context.Context, action string, details map[string]any) error {
	id := auth.From(ctx)
	return s.Store.NoteAct(ctx, store.Act{Business: id.Business, User: id.User, Action: action, Details: details})
}
