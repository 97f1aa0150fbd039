package api

import (
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
)

// The token of a link travels in bodies only: addresses end up in logs and in
// the Referer of what a page loads. In the link itself it is behind the #, which
// browsers keep to themselves.

// invitationView is a link as whoever follows it reads it.
type invitationView struct {
	Business string    `json:"negocio"`
	User     string    `json:"usuario"` // whose password it changes; empty for somebody new
	Role     string    `json:"rol"`     // of somebody new
	Expires  time.Time `json:"vence"`
}

func (s *server) showInvitation(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Token string `json:"token"`
	}
	if err := decodeForm(w, r, maxLogin, &form); err != nil {
		return err
	}
	i, err := s.Auth.Invitation(r.Context(), form.Token)
	if err != nil {
		return fmt.Errorf("read invitation: %w", err)
	}
	business, err := s.Store.Business(r.Context(), i.Business)
	if err != nil {
		return fmt.Errorf("load business: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, invitationView{Business: business.Name, User: i.UserName, Role: auth.RoleName(auth.Role(i.Role)), Expires: i.ExpiresAt})
	return nil
}

// acceptInvitation uses a link up; whoever did it then logs in as everybody else.
func (s *server) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Token    string `json:"token"`
		Name     string `json:"usuario"`
		Password string `json:"clave"`
	}
	if err := decodeForm(w, r, maxLogin, &form); err != nil {
		return err
	}
	name, err := s.Auth.Accept(r.Context(), form.Token, form.Name, form.Password)
	if err != nil {
		return fmt.Errorf("accept invitation: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, struct {
		Name string `json:"usuario"`
	}{name})
	return nil
}
