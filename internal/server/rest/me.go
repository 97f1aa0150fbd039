package rest

import (
	"context"
	"fmt"
	"net/http"

	"mostrador/internal/server/auth"
)

// Me is whoever asks, and the business they work for.
type Me struct {
	ID           int64  `json:"id" doc:"0 para un programa y en un panel abierto."`
	Name         string `json:"usuario" doc:"Vacío para un programa y en un panel abierto."`
	Role         string `json:"rol" enum:"lectura,agente,administrador"`
	Business     string `json:"negocio"`
	Zone         string `json:"zona_horaria" doc:"Nombre IANA; vacío mientras nadie lo diga."`
	Login        bool   `json:"login" doc:"Falso con PANEL_LOGIN=off."`
	Drafts       bool   `json:"redacta" doc:"Hay un modelo de lenguaje que sugiere respuestas."`
	ReceivedText string `json:"aviso_recibido" doc:"Lo que manda «Notificar recibido»."`
	GaveUp       int    `json:"canales_apagados" doc:"Canales de avisos que se apagaron solos porque nada llegaba."`
}

func (s *service) me() {
	register(s, operation(http.MethodGet, "/yo", "yo", "sesion", "Quién soy y para qué negocio trabajo"), auth.RoleReader, s.whoAmI)
}

func (s *service) whoAmI(ctx context.Context, _ *struct{}) (*body[Me], error) {
	business, err := s.Store.Business(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load business: %w", err)
	}
	id := auth.From(ctx)
	gaveUp, err := s.gaveUp(ctx)
	if err != nil {
		return nil, err
	}
	return answer(Me{ID: id.User, Name: id.Name, Role: auth.RoleName(id.Role), Business: business.Name, Zone: business.Zone, Login: !s.Auth.Open(), Drafts: s.Assist.State().Drafts, ReceivedText: business.ReceivedText, GaveUp: gaveUp}), nil
}
