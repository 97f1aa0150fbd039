// Package address knows the forms in which WhatsApp names somebody: phone
// numbers, hidden identifiers (LIDs) and groups.
//
// Its one rule: a LID's digits are never treated, matched or shown as a phone.
package address

import (
	"strings"

	"mostrador/internal/ticket"
)

// Servers of WhatsApp addresses, the part after the @ (whatsmeow types/jid.go).
const (
	PhoneServer = "s.whatsapp.net"
	LIDServer   = "lid"
	GroupServer = "g.us"

	legacyPhoneServer = "c.us"
)

// maxDigits bounds a user part: E.164 allows 15 digits, LIDs have been seen
// with up to 15 and group ids with 18; the longest legacy group is 15-10.
const maxDigits = 31

// minPhone is the shortest international number in use (E.164: country code
// plus subscriber number).
const minPhone = 7

// maxPhone is E.164's limit.
const maxPhone = 15

// Address is one parsed WhatsApp address. The zero value is no address.
type Address struct {
	User   string // digits; a group's may hold one hyphen
	Server string // PhoneServer, LIDServer or GroupServer
}

// Parse reads user@server, with or without a device part, or a phone number
// with the usual punctuation. It returns a ticket.Error with CodeInvalid for
// anything else.
func Parse(text string) (Address, error) {
	text = strings.TrimSpace(text)
	user, server, isJID := strings.Cut(text, "@")
	if !isJID {
		return parsePhone(text)
	}
	if server == legacyPhoneServer {
		server = PhoneServer
	}
	if server != GroupServer {
		user = withoutDevice(user)
	}
	a := Address{User: user, Server: server}
	if !a.valid() {
		return Address{}, ticket.NewError(ticket.CodeInvalid, "La dirección de WhatsApp no es válida.")
	}
	return a, nil
}

// String returns user@server, or "" for the zero value.
func (a Address) String() string {
	if a == (Address{}) {
		return ""
	}
	return a.User + "@" + a.Server
}

// Phone returns the digits of the number, "" unless the address is a number.
func (a Address) Phone() string {
	if a.Server != PhoneServer {
		return ""
	}
	return a.User
}

// LID returns the digits of the hidden identifier, "" unless the address is one.
func (a Address) LID() string {
	if a.Server != LIDServer {
		return ""
	}
	return a.User
}

// IsGroup reports whether the address is a group's.
func (a Address) IsGroup() bool { return a.Server == GroupServer }

func (a Address) valid() bool {
	switch a.Server {
	case PhoneServer:
		return isDigits(a.User) && len(a.User) >= minPhone && len(a.User) <= maxPhone
	case LIDServer:
		return isDigits(a.User) && len(a.User) <= maxDigits
	case GroupServer:
		creator, stamp, legacy := strings.Cut(a.User, "-")
		return len(a.User) <= maxDigits && isDigits(creator) && (!legacy || isDigits(stamp))
	}
	return false
}

// withoutDevice cuts the companion number off user:device and user.agent:device.
func withoutDevice(user string) string {
	user, _, _ = strings.Cut(user, ":")
	user, _, _ = strings.Cut(user, ".")
	return user
}

func parsePhone(text string) (Address, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() .", r) {
			return -1
		}
		return r
	}, text)
	a := Address{User: digits, Server: PhoneServer}
	if !a.valid() {
		return Address{}, ticket.NewError(ticket.CodeInvalid, "El número de teléfono no es válido.")
	}
	return a, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Key returns one and the same text for every way of writing one subscriber's
// number, so that variants can be matched: Mexico's 52 and 521, Argentina's 54
// and 549, Brazil's mobile numbers with and without the ninth digit. It is for
// comparing only; messages go to the form WhatsApp gave. An empty phone has an
// empty key.
func Key(phone string) string {
	switch {
	case len(phone) == 13 && strings.HasPrefix(phone, "521"):
		return "52" + phone[3:]
	case len(phone) == 13 && strings.HasPrefix(phone, "549"):
		return "54" + phone[3:]
	case len(phone) == 13 && strings.HasPrefix(phone, "55") && phone[4] == '9':
		return phone[:4] + phone[5:]
	}
	return phone
}
