package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/rs/zerolog/log"

	"mostrador/internal/httpx"
	"mostrador/internal/ticket"
)

// problem is an error as huma writes it: the same document as httpx's.
type problem struct {
	status int
	err    error
	fields map[string]any
}

var (
	_ huma.StatusError       = (*problem)(nil)
	_ huma.ContentTypeFilter = (*problem)(nil)
	_ json.Marshaler         = (*problem)(nil)
)

// Error implements error.
func (p *problem) Error() string { return p.err.Error() }

// Unwrap returns what the handler said.
func (p *problem) Unwrap() error { return p.err }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return httpx.ProblemType }

// MarshalJSON implements json.Marshaler.
func (p *problem) MarshalJSON() ([]byte, error) { return json.Marshal(p.fields) }

// write answers with p where huma does not do it.
func (p *problem) write(ctx huma.Context) {
	ctx.SetHeader("Content-Type", httpx.ProblemType)
	ctx.SetStatus(p.status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the client is gone otherwise
}

// problemOf makes a problem of err, and logs what a client is not told.
func problemOf(ctx context.Context, err error) *problem {
	status, fields := httpx.Problem(ctx, err)
	switch ticket.CodeOf(err) {
	case ticket.CodeInternal:
		log.Ctx(ctx).Error().Err(err).Msg("request failed")
	case ticket.CodeUnavailable, ticket.CodeTimeout:
		log.Ctx(ctx).Warn().Err(err).Msg("request could not be served now")
	}
	return &problem{status: status, err: err, fields: fields}
}

// codes are what huma's own refusals are called.
var codes = map[int]ticket.Code{
	http.StatusBadRequest: ticket.CodeMalformed, http.StatusUnprocessableEntity: ticket.CodeInvalid, http.StatusNotFound: ticket.CodeNotFound,
	http.StatusRequestEntityTooLarge: ticket.CodeTooLarge, http.StatusRequestTimeout: ticket.CodeMalformed,
	http.StatusUnsupportedMediaType: ticket.CodeMalformed, http.StatusNotAcceptable: ticket.CodeMalformed,
}

// translate makes a problem of huma's own refusals, which are in English and
// meant for programmers.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	_, fields := httpx.Problem(ctx.Context(), ticket.NewError(codes[model.Status], sentence(model)))
	fields["status"], fields["title"] = model.Status, http.StatusText(model.Status)
	if named := namedFields(model); len(named) > 0 {
		fields["campos"] = named
	}
	return &problem{status: model.Status, err: model, fields: fields}, nil
}

// sentence says what is wrong with a request to the person who made it.
func sentence(model *huma.ErrorModel) string {
	named := namedFields(model)
	switch {
	case model.Status == http.StatusRequestEntityTooLarge:
		return httpx.Message(httpx.ErrTooLarge)
	case model.Status == http.StatusRequestTimeout:
		return "El mensaje llegó incompleto."
	case model.Status == http.StatusUnprocessableEntity && len(named) == 1:
		return fmt.Sprintf("El dato «%s» falta o no es válido.", named[0])
	case model.Status == http.StatusUnprocessableEntity && len(named) > 1:
		return fmt.Sprintf("Faltan datos o no son válidos: «%s».", strings.Join(named, "», «"))
	case model.Status == http.StatusBadRequest:
		return "El cuerpo no es JSON válido."
	default:
		return "La petición no es válida."
	}
}

// namedFields are the fields at fault, without the part of the request they are in.
func namedFields(model *huma.ErrorModel) []string {
	var names []string
	for _, detail := range model.Errors {
		name := detail.Location
		if _, rest, ok := strings.Cut(name, "."); ok {
			name = rest
		}
		if after, ok := strings.CutPrefix(detail.Message, "expected required property "); ok {
			missing, _, _ := strings.Cut(after, " ")
			name = missing
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
