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
	Language     string `json:"idioma" enum:",es,en,pt" doc:"En el que quiero los avisos; vacío mientras no lo diga."`
	Zone         string `json:"zona_horaria" doc:"Nombre IANA; vacío mientras nadie lo diga."`
	Login        bool   `json:"login" doc:"Falso con PANEL_LOGIN=off."`
	Drafts       bool   `json:"redacta" doc:"Hay un modelo de lenguaje que sugiere respuestas."`
	ReceivedText string `json:"aviso_recibido" doc:"Lo que manda «Notificar recibido»."`
	GaveUp       int    `json:"canales_apagados" doc:"Canales de avisos que se apagaron solos porque nada llegaba."`
}

func (s *service) me() {
	register(s, operation(http.MethodGet, "/yo", "yo", "sesion", "Quién soy y para qué negocio trabajo"), auth.RoleReader, s.whoAmI)
	register(s, operation(http.MethodPut, "/yo/idioma", "cambiar-mi-idioma", "sesion", "Dice en qué idioma quiero los avisos; a un programa no le cambia nada"), auth.RoleReader, s.changeLanguage)
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
	language, err := s.Store.Language(ctx, id.User)
	if err != nil {
		return nil, fmt.Errorf("load language: %w", err)
	}
	return answer(Me{ID: id.User, Name: id.Name, Role: auth.RoleName(id.Role), Language: language, Business: business.Name, Zone: business.Zone, Login: !s.Auth.Open(), Drafts: s.Assist.State().Drafts, ReceivedText: business.ReceivedText, GaveUp: gaveUp}), nil
}

type languageChange struct {
	Body struct {
		Language string `json:"idioma" enum:"es,en,pt"`
	}
}

func (s *service) changeLanguage(ctx context.Context, in *languageChange) (*struct{}, error) {
	id := auth.From(ctx)
	if err := s.Store.SetLanguage(ctx, id.Business, id.User, in.Body.Language); err != nil {
		return nil, fmt.Errorf("change language: %w", err)
	}
	return nil, nil
}
