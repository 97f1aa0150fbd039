package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mostrador/internal/server/auth"
)

// Assist is what the language model can do and how it does.
type Assist struct {
	Drafts      bool       `json:"redacta" doc:"Hay un modelo que sugiere respuestas y resume."`
	Transcribes bool       `json:"transcribe" doc:"Las notas de voz se transcriben."`
	Failures    int64      `json:"fallos" doc:"Desde que el servidor arrancó."`
	Problem     string     `json:"problema" doc:"Por qué no contesta ahora; vacío si contesta."`
	Since       *time.Time `json:"desde" doc:"Desde cuándo no contesta."`
}

// Draft is a text of the language model for a person to read, edit and send.
type Draft struct {
	Text string `json:"texto"`
}

func (s *service) assist() {
	register(s, operation(http.MethodGet, "/asistente", "ver-asistente", "asistente", "Qué hace el modelo de lenguaje y cómo le va"), auth.RoleReader, s.showAssist)
	register(s, drafting("/tickets/{numero}/sugerencia", "sugerir-respuesta", "Sugiere una respuesta; no se guarda ni se manda"), auth.RoleAgent, s.suggest)
	register(s, drafting("/tickets/{numero}/resumen", "resumir-ticket", "Resume la conversación; no se guarda"), auth.RoleAgent, s.summarise)
}

// drafting is an operation that waits for the language model.
func drafting(path, id, summary string) huma.Operation {
	op := operation(http.MethodPost, path, id, "asistente", summary)
	op.Errors = []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusGatewayTimeout}
	return op
}

func (s *service) showAssist(context.Context, *struct{}) (*body[Assist], error) {
	state := s.Assist.State()
	return answer(Assist{Drafts: state.Drafts, Transcribes: state.Transcribes, Failures: state.Failures, Problem: state.Problem, Since: moment(state.Since)}), nil
}

func (s *service) suggest(ctx context.Context, in *TicketRef) (*body[Draft], error) {
	text, err := s.Assist.Suggest(ctx, businessOf(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	return answer(Draft{Text: text}), nil
}

func (s *service) summarise(ctx context.Context, in *TicketRef) (*body[Draft], error) {
	text, err := s.Assist.Summarise(ctx, businessOf(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	return answer(Draft{Text: text}), nil
}
