package auth

import (
	"slices"

	"mostrador/internal/ticket"
)

// Role is what an identity may do. The empty Role may do nothing.
type Role string

// The roles, as the database has them; each may do what those before it may.
const (
	RoleReader Role = "reader" // sees everything at the counter
	RoleAgent  Role = "agent"  // answers and works tickets
	RoleAdmin  Role = "admin"  // sets things up and manages people
)

// ranks are the roles, the least first.
var ranks = []Role{RoleReader, RoleAgent, RoleAdmin}

// Covers reports whether r may do what needed may.
func (r Role) Covers(needed Role) bool {
	rank := slices.Index(ranks, r)
	return rank >= 0 && rank >= slices.Index(ranks, needed)
}

// roleNames are the roles as people and programs read them, in the order of ranks.
var roleNames = []string{"lectura", "agente", "administrador"}

// RoleName returns the word for a role in JSON and in texts, "" for one that is
// none.
func RoleName(r Role) string {
	if rank := slices.Index(ranks, r); rank >= 0 {
		return roleNames[rank]
	}
	return ""
}

// ParseRole is the inverse of RoleName.
func ParseRole(name string) (Role, bool) {
	rank := slices.Index(roleNames, name)
	if rank < 0 {
		return "", false
	}
	return ranks[rank], true
}

// ErrForbidden is for somebody known whose role is not enough.
var ErrForbidden = ticket.NewError(ticket.CodeForbidden, "Su usuario no puede hacer esto; pídalo a quien administra el panel.")
