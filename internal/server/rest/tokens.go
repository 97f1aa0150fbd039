package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

func (s *service) tokens() {
	register(s, operation(http.MethodGet, "/yo/tokens", "mis-tokens", "tokens", "Los propios tokens de la API"), auth.RoleReader, s.listTokens)
	register(s, operation(http.MethodPost, "/yo/tokens", "crear-token", "tokens", "Crea un token de la API; su secreto se dice una sola vez"), auth.RoleReader, s.createToken)
	register(s, operation(http.MethodDelete, "/yo/tokens/{token}", "revocar-token", "tokens", "Revoca un token propio"), auth.RoleReader, s.revokeToken)
}

// Token is a personal token without its secret.
type Token struct {
	ID        int64      `json:"id"`
	Name      string     `json:"nombre"`
	Role      string     `json:"rol" enum:"lectura,agente,administrador"`
	CreatedAt time.Time  `json:"creado"`
	ExpiresAt *time.Time `json:"vence" doc:"Nulo: nunca."`
	LastUsed  *time.Time `json:"usado" doc:"Último uso, al minuto; nulo: nunca."`
}

func tokenOf(t store.APIToken) Token {
	return Token{ID: t.ID, Name: t.Name, Role: auth.RoleName(auth.Role(t.Role)), CreatedAt: t.CreatedAt, ExpiresAt: moment(t.ExpiresAt), LastUsed: moment(t.LastUsedAt)}
}

// TokenList is one's own personal tokens.
type TokenList struct {
	Tokens []Token `json:"tokens"`
}

func (s *service) listTokens(ctx context.Context, _ *struct{}) (*body[TokenList], error) {
	all, err := s.Store.APITokens(ctx, auth.From(ctx).User)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list := TokenList{Tokens: make([]Token, len(all))}
	for i, t := range all {
		list.Tokens[i] = tokenOf(t)
	}
	return answer(list), nil
}

type newToken struct {
	Body struct {
		Name string `json:"nombre" minLength:"1" maxLength:"60" doc:"Para qué es."`
		Role string `json:"rol" enum:"lectura,agente,administrador" doc:"No más que el propio."`
		Days int    `json:"dias,omitempty" minimum:"0" maximum:"3650" doc:"Cuánto vale; 0: hasta que se revoque."`
	}
}

// MadeToken is a token with its secret.
type MadeToken struct {
	Token

	Secret string `json:"secreto" doc:"Para «Authorization: Bearer». No se puede volver a ver."`
}

func (s *service) createToken(ctx context.Context, in *newToken) (*body[MadeToken], error) {
	var expires time.Time
	if in.Body.Days > 0 {
		expires = s.Now().AddDate(0, 0, in.Body.Days)
	}
	role, _ := auth.ParseRole(in.Body.Role)
	made, secret, err := s.Auth.CreateToken(ctx, auth.From(ctx), in.Body.Name, role, expires)
	if err != nil {
		return nil, err
	}
	return answer(MadeToken{Token: tokenOf(made), Secret: secret}), nil
}

type tokenRef struct {
	ID int64 `path:"token" minimum:"1"`
}

func (s *service) revokeToken(ctx context.Context, in *tokenRef) (*struct{}, error) {
	return nil, s.Auth.RevokeToken(ctx, auth.From(ctx), in.ID)
}
