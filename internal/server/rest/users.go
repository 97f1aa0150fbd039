package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *service) users() {
	register(s, operation(http.MethodGet, "/usuarios", "listar-usuarios", "usuarios", "Las personas del negocio, desactivadas o no"), auth.RoleAdmin, s.listUsers)
	register(s, operation(http.MethodPost, "/usuarios", "crear-usuario", "usuarios", "Crea una persona con una contraseña provisional"), auth.RoleAdmin, s.createUser)
	register(s, operation(http.MethodPatch, "/usuarios/{usuario}", "cambiar-usuario", "usuarios", "Cambia el rol de una persona, o la desactiva"), auth.RoleAdmin, s.changeUser)
	register(s, operation(http.MethodPost, "/usuarios/{usuario}/enlace", "enlace-de-clave", "usuarios", "Un enlace con que la persona elige otra contraseña"), auth.RoleAdmin, s.resetLink)
	register(s, operation(http.MethodDelete, "/usuarios/{usuario}/segundo-factor", "reiniciar-segundo-factor", "usuarios", "Quita el segundo paso a una persona"), auth.RoleAdmin, s.resetFactor)
	register(s, operation(http.MethodGet, "/invitaciones", "listar-invitaciones", "usuarios", "Los enlaces que aún valen"), auth.RoleAdmin, s.listInvitations)
	register(s, operation(http.MethodPost, "/invitaciones", "invitar", "usuarios", "Un enlace con que alguien nuevo entra"), auth.RoleAdmin, s.invite)
	register(s, operation(http.MethodDelete, "/invitaciones/{invitacion}", "anular-invitacion", "usuarios", "Anula un enlace"), auth.RoleAdmin, s.revokeInvitation)
}

// User is somebody of the business.
type User struct {
	ID        int64      `json:"id"`
	Name      string     `json:"usuario"`
	Role      string     `json:"rol" enum:"lectura,agente,administrador"`
	Active    bool       `json:"activo"`
	Temporary bool       `json:"clave_provisional" doc:"Aún no eligió contraseña."`
	Factor    bool       `json:"segundo_factor"`
	CreatedAt time.Time  `json:"creado"`
	LastLogin *time.Time `json:"ultimo_acceso"`
}

// UserList is everybody of the business, by name.
type UserList struct {
	Users []User `json:"usuarios"`
}

func (s *service) listUsers(ctx context.Context, _ *struct{}) (*body[UserList], error) {
	all, err := s.Store.Members(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	list := UserList{Users: make([]User, len(all))}
	for i, m := range all {
		list.Users[i] = userOf(m)
	}
	return answer(list), nil
}

func userOf(m store.Member) User {
	return User{
		ID: m.ID, Name: m.Name, Role: auth.RoleName(auth.Role(m.Role)), Active: !m.Disabled, Temporary: m.Temporary, Factor: m.Factor,
		CreatedAt: m.CreatedAt, LastLogin: moment(m.LastLoginAt),
	}
}

type newUser struct {
	Body struct {
		Name     string `json:"usuario" minLength:"1" maxLength:"60"`
		Password string `json:"clave" maxLength:"1024" doc:"Al menos 10 caracteres; al entrar tendrá que elegir otra."`
		Role     string `json:"rol" enum:"lectura,agente,administrador"`
	}
}

func (s *service) createUser(ctx context.Context, in *newUser) (*body[User], error) {
	id := auth.From(ctx)
	role, _ := auth.ParseRole(in.Body.Role)
	made, err := s.Auth.Add(ctx, auth.NewUser{Business: id.Business, By: id.User, Name: in.Body.Name, Password: in.Body.Password, Role: role, Temporary: true})
	if err != nil {
		return nil, err
	}
	return s.showUser(ctx, made)
}

func (s *service) showUser(ctx context.Context, user int64) (*body[User], error) {
	all, err := s.Store.Members(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load user: %w", err)
	}
	for _, m := range all {
		if m.ID == user {
			return answer(userOf(m)), nil
		}
	}
	return nil, ticket.NewError(ticket.CodeNotFound, "Usuario no encontrado")
}

// UserRef names a user.
type UserRef struct {
	ID int64 `path:"usuario" minimum:"1"`
}

type userChange struct {
	UserRef
	Body struct {
		Role   string `json:"rol,omitempty" enum:"lectura,agente,administrador"`
		Active *bool  `json:"activo,omitempty" doc:"Falso: sus sesiones terminan y no puede entrar."`
	}
}

func (s *service) changeUser(ctx context.Context, in *userChange) (*body[User], error) {
	id := auth.From(ctx)
	if role, ok := auth.ParseRole(in.Body.Role); ok {
		if err := s.Store.SetRole(ctx, id.Business, id.User, in.ID, string(role)); err != nil {
			return nil, err
		}
	}
	if in.Body.Active != nil {
		if err := s.Store.SetDisabled(ctx, id.Business, id.User, in.ID, !*in.Body.Active); err != nil {
			return nil, err
		}
	}
	return s.showUser(ctx, in.ID)
}

func (s *service) resetFactor(ctx context.Context, in *UserRef) (*struct{}, error) {
	id := auth.From(ctx)
	return nil, s.Store.ClearSecondFactor(ctx, id.Business, id.User, in.ID)
}

// Invitation is a link that is still good.
type Invitation struct {
	ID        int64     `json:"id"`
	User      string    `json:"usuario" doc:"De quién cambia la contraseña; vacío para alguien nuevo."`
	Role      string    `json:"rol" doc:"De alguien nuevo."`
	Note      string    `json:"para" doc:"Para quién es, en palabras de quien la hizo."`
	CreatedAt time.Time `json:"creada"`
	ExpiresAt time.Time `json:"vence"`
}

func invitationOf(i store.Invitation) Invitation {
	return Invitation{ID: i.ID, User: i.UserName, Role: auth.RoleName(auth.Role(i.Role)), Note: i.Note, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt}
}

// InvitationList is the links that are still good, the newest first.
type InvitationList struct {
	Invitations []Invitation `json:"invitaciones"`
}

func (s *service) listInvitations(ctx context.Context, _ *struct{}) (*body[InvitationList], error) {
	all, err := s.Store.Invitations(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	list := InvitationList{Invitations: make([]Invitation, len(all))}
	for i, invitation := range all {
		list.Invitations[i] = invitationOf(invitation)
	}
	return answer(list), nil
}

// Link is a link with its secret part.
type Link struct {
	Invitation

	Path string `json:"ruta" doc:"Se agrega a la dirección del panel. No se puede volver a ver."`
}

type newInvitation struct {
	Body struct {
		Note string `json:"para" minLength:"1" maxLength:"60"`
		Role string `json:"rol" enum:"lectura,agente,administrador"`
	}
}

func (s *service) invite(ctx context.Context, in *newInvitation) (*body[Link], error) {
	role, _ := auth.ParseRole(in.Body.Role)
	return linkOf(s.Auth.Invite(ctx, auth.From(ctx), role, in.Body.Note))
}

func (s *service) resetLink(ctx context.Context, in *UserRef) (*body[Link], error) {
	return linkOf(s.Auth.ResetLink(ctx, auth.From(ctx), in.ID))
}

// linkOf hides the token behind the #, which browsers send to nobody.
func linkOf(i store.Invitation, token string, err error) (*body[Link], error) {
	if err != nil {
		return nil, err
	}
	return answer(Link{Invitation: invitationOf(i), Path: "/entrar#/invitacion/" + token}), nil
}

type invitationRef struct {
	ID int64 `path:"invitacion" minimum:"1"`
}

func (s *service) revokeInvitation(ctx context.Context, in *invitationRef) (*struct{}, error) {
	id := auth.From(ctx)
	return nil, s.Store.RevokeInvitation(ctx, id.Business, id.User, in.ID)
}
