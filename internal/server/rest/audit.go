package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

func (s *service) audit() {
	register(s, operation(http.MethodGet, "/auditoria", "auditoria", "auditoria", "Quién hizo qué, lo más nuevo primero"), auth.RoleAdmin, s.listActs)
}

type auditQuery struct {
	Limit  int    `query:"limite" minimum:"1" maximum:"200" default:"50"`
	Before string `query:"antes" doc:"El «siguiente» de la página anterior."`
	User   int64  `query:"usuario" minimum:"1" doc:"Solo lo que hizo esta persona."`
	Kind   string `query:"tipo" maxLength:"30" doc:"Solo acciones de este tipo: lo que hay antes del punto."`
}

// Act is one line of the audit log.
type Act struct {
	ID      int64          `json:"id"`
	At      time.Time      `json:"fecha"`
	UserID  int64          `json:"usuario_id" doc:"0: un programa, la línea de comandos o alguien de fuera."`
	User    string         `json:"usuario"`
	Action  string         `json:"accion" doc:"tipo.verbo, como user.created; el panel tiene una frase para cada una."`
	Object  string         `json:"objeto" doc:"tipo/número, como ticket/42; puede faltar."`
	Details map[string]any `json:"detalles" doc:"Nombres y valores de la frase; nunca textos de mensajes."`
}

// ActList is one page of the audit log.
type ActList struct {
	Acts []Act  `json:"eventos"`
	Next string `json:"siguiente,omitempty" doc:"Para «antes» de la página que sigue; falta en la última."`
}

func (s *service) listActs(ctx context.Context, in *auditQuery) (*body[ActList], error) {
	page, err := s.Store.Audit(ctx, businessOf(ctx), store.AuditFilter{Limit: in.Limit, Before: in.Before, User: in.User, Kind: in.Kind})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	list := ActList{Acts: make([]Act, len(page.Acts)), Next: page.Next}
	for i, a := range page.Acts {
		list.Acts[i] = Act{ID: a.ID, At: a.At, UserID: a.User, User: a.UserName, Action: a.Action, Object: a.Object, Details: a.Details}
	}
	return answer(list), nil
}
