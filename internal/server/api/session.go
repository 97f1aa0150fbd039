package api

import (
	"fmt"
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
)

// userView is a user as the panel reads them.
type userView struct {
	Name string `json:"usuario"`
	Role string `json:"rol"`
}

func viewUser(id auth.Identity) userView {
	return userView{Name: id.Name, Role: auth.RoleName(id.Role)}
}

func (s *server) login(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Name        string `json:"usuario"`
		Password    string `json:"clave"`
		Code        string `json:"codigo"`
		NewPassword string `json:"clave_nueva"`
	}
	if err := decodeForm(w, r, maxLogin, &form); err != nil {
		return err
	}
	id, err := s.Auth.Login(w, r, auth.Credentials{Name: form.Name, Password: form.Password, Code: form.Code, NewPassword: form.NewPassword})
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	httpx.WriteJSON(w, http.StatusOK, viewUser(id))
	return nil
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) error {
	if err := s.Auth.Logout(w, r); err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
