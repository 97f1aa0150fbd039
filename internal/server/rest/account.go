package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"mostrador/internal/server/auth"
)

// account is what people do to their own access. auth refuses it to programs.
func (s *service) account() {
	own := func(method, path, id, summary string) huma.Operation {
		return operation(method, "/yo"+path, id, "cuenta", summary)
	}
	register(s, own(http.MethodPut, "/clave", "cambiar-mi-clave", "Cambia la propia contraseña y cierra las otras sesiones"), auth.RoleReader, s.changePassword)
	register(s, own(http.MethodGet, "/sesiones", "mis-sesiones", "Las propias sesiones abiertas, la última usada primero"), auth.RoleReader, s.listSessions)
	register(s, own(http.MethodDelete, "/sesiones", "cerrar-otras-sesiones", "Cierra las propias sesiones menos esta"), auth.RoleReader, s.endOtherSessions)
	register(s, own(http.MethodDelete, "/sesiones/{sesion}", "cerrar-sesion", "Cierra una de las propias sesiones"), auth.RoleReader, s.endSession)
	register(s, own(http.MethodGet, "/segundo-factor", "ver-segundo-factor", "Si hay segundo paso y cuántos códigos de recuperación quedan"), auth.RoleReader, s.showFactor)
	register(s, own(http.MethodPost, "/segundo-factor/preparar", "preparar-segundo-factor", "Un secreto nuevo y su QR; no se pone hasta probarlo"), auth.RoleReader, s.prepareFactor)
	register(s, own(http.MethodPost, "/segundo-factor", "poner-segundo-factor", "Pone el segundo paso, probado con un código"), auth.RoleReader, s.enableFactor)
	register(s, own(http.MethodPost, "/segundo-factor/quitar", "quitar-segundo-factor", "Quita el segundo paso, con un código"), auth.RoleReader, s.disableFactor)
	register(s, own(http.MethodPost, "/segundo-factor/codigos", "renovar-codigos", "Cambia los códigos de recuperación"), auth.RoleReader, s.renewCodes)
}

type passwordChange struct {
	Body struct {
		Current string `json:"actual" maxLength:"1024"`
		Next    string `json:"nueva" maxLength:"1024" doc:"Al menos 10 caracteres."`
	}
}

func (s *service) changePassword(ctx context.Context, in *passwordChange) (*struct{}, error) {
	return nil, s.Auth.ChangePassword(ctx, auth.From(ctx), in.Body.Current, in.Body.Next)
}

// Session is one of one's own sessions.
type Session struct {
	ID        string    `json:"id"`
	This      bool      `json:"actual" doc:"La que pregunta."`
	Agent     string    `json:"navegador" doc:"El User-Agent con que se entró."`
	Address   string    `json:"direccion"`
	CreatedAt time.Time `json:"desde"`
	LastSeen  time.Time `json:"visto" doc:"Último uso, al minuto."`
}

// SessionList is one's own open sessions.
type SessionList struct {
	Sessions []Session `json:"sesiones"`
}

func (s *service) listSessions(ctx context.Context, _ *struct{}) (*body[SessionList], error) {
	id := auth.From(ctx)
	open, err := s.Auth.Sessions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	list := SessionList{Sessions: make([]Session, len(open))}
	for i, o := range open {
		list.Sessions[i] = Session{ID: o.ID(), This: o.Token == id.Session, Agent: o.Agent, Address: o.Address, CreatedAt: o.CreatedAt, LastSeen: o.LastSeenAt}
	}
	return answer(list), nil
}

type sessionsEnded struct {
	Count int64 `json:"cerradas"`
}

func (s *service) endOtherSessions(ctx context.Context, _ *struct{}) (*body[sessionsEnded], error) {
	n, err := s.Auth.EndOtherSessions(ctx, auth.From(ctx))
	if err != nil {
		return nil, err
	}
	return answer(sessionsEnded{Count: n}), nil
}

type sessionRef struct {
	ID string `path:"sesion" maxLength:"64"`
}

func (s *service) endSession(ctx context.Context, in *sessionRef) (*struct{}, error) {
	return nil, s.Auth.EndSession(ctx, auth.From(ctx), in.ID)
}

// Factor is one's own second factor.
type Factor struct {
	On    bool  `json:"activo"`
	Codes int64 `json:"codigos_restantes"`
}

func (s *service) showFactor(ctx context.Context, _ *struct{}) (*body[Factor], error) {
	on, codes, err := s.Auth.Factor(ctx, auth.From(ctx))
	if err != nil {
		return nil, err
	}
	return answer(Factor{On: on, Codes: codes}), nil
}

// NewFactor is a second factor to put into an authenticator app.
type NewFactor struct {
	Secret  string `json:"secreto"`
	URL     string `json:"enlace" doc:"otpauth://…"`
	Picture []byte `json:"qr" doc:"PNG del enlace como código QR."`
}

func (s *service) prepareFactor(ctx context.Context, _ *struct{}) (*body[NewFactor], error) {
	business, err := s.Store.Business(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load business: %w", err)
	}
	f, err := s.Auth.PrepareFactor(auth.From(ctx), business.Name)
	if err != nil {
		return nil, err
	}
	return answer(NewFactor{Secret: f.Secret, URL: f.URL, Picture: f.Picture}), nil
}

type provedFactor struct {
	Body struct {
		Password string `json:"clave" maxLength:"1024"`
		Secret   string `json:"secreto" maxLength:"200" doc:"El que dio «preparar»."`
		Code     string `json:"codigo" maxLength:"20"`
	}
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codigos"`
}

func (s *service) enableFactor(ctx context.Context, in *provedFactor) (*body[RecoveryCodes], error) {
	return newCodes(s.Auth.EnableFactor(ctx, auth.From(ctx), in.Body.Password, in.Body.Secret, in.Body.Code))
}

type confirmed struct {
	Body struct {
		Password string `json:"clave" maxLength:"1024"`
		Code     string `json:"codigo,omitempty" maxLength:"40" doc:"De la aplicación, o uno de recuperación."`
	}
}

func (s *service) disableFactor(ctx context.Context, in *confirmed) (*struct{}, error) {
	return nil, s.Auth.DisableFactor(ctx, auth.From(ctx), in.Body.Password, in.Body.Code)
}

func (s *service) renewCodes(ctx context.Context, in *confirmed) (*body[RecoveryCodes], error) {
	return newCodes(s.Auth.RenewCodes(ctx, auth.From(ctx), in.Body.Password))
}

func newCodes(codes []string, err error) (*body[RecoveryCodes], error) {
	if err != nil {
		return nil, err
	}
	return answer(RecoveryCodes{Codes: codes}), nil
}
