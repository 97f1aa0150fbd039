package wasim

import (
	"strings"

	"go.mau.fi/whatsmeow/types"
)

// lookUpUsers answers questions about people: their devices, their LID, and
// whether a number is on WhatsApp. Somebody unknown is left out, except that a
// question about a number is answered with "out".
func (s *Server) lookUpUsers(_ *conn, iq *node) (node, bool) {
	list := iq.GetChildByTag("usync", "list")
	asked := iq.GetChildByTag("usync", "query")
	var users []node
	for _, u := range list.GetChildrenByTag("user") {
		if number := string(content(&u, "contact")); number != "" {
			users = append(users, s.contactAnswer(number))
		} else if n, ok := s.userAnswer(jid(&u, "jid"), &asked); ok {
			users = append(users, n)
		}
	}
	return result(iq, node{Tag: "usync", Content: []node{{Tag: "list", Content: users}}}), true
}

// contactAnswer says whether a number, "+521234@c.us", is on WhatsApp.
func (s *Server) contactAnswer(number string) node {
	digits := strings.TrimSuffix(strings.TrimPrefix(number, "+"), "@"+types.LegacyUserServer)
	pn := types.NewJID(digits, types.DefaultUserServer)
	n := node{Tag: "user", Attrs: attrs{"jid": pn, "pn_jid": pn}}
	kind := "out"
	if lid := s.lidOf(pn); !lid.IsEmpty() {
		kind, n.Attrs["jid"] = "in", lid
	}
	n.Content = []node{{Tag: "contact", Attrs: attrs{"type": kind}, Content: []byte(number)}}
	return n
}

// lidOf returns the LID of a phone address, empty for strangers.
func (s *Server) lidOf(pn types.JID) types.JID {
	if pn == s.phone.pn {
		return s.phone.lid
	}
	if c := s.byUser[pn]; c != nil {
		return c.lid
	}
	return types.EmptyJID
}

func (s *Server) userAnswer(who types.JID, asked *node) (node, bool) {
	if s.partyOf(who) == nil {
		return node{}, false
	}
	n := node{Tag: "user", Attrs: attrs{"jid": who}}
	var parts []node
	for _, part := range asked.GetChildren() {
		switch part.Tag {
		case "devices":
			parts = append(parts, node{Tag: "devices", Content: []node{{Tag: "device-list", Content: s.devicesOf(who)}}})
		case "lid":
			if lid := s.lidOf(who); !lid.IsEmpty() {
				parts = append(parts, node{Tag: "lid", Attrs: attrs{"val": lid}})
			}
		}
	}
	n.Content = parts
	return n, true
}

// devicesOf lists the phone and, for the business, the linked client.
func (s *Server) devicesOf(who types.JID) []node {
	devices := []node{{Tag: "device", Attrs: attrs{"id": "0"}}}
	if d := s.phone.device; d != nil && (who == s.phone.pn || who == s.phone.lid) {
		devices = append(devices, node{Tag: "device", Attrs: attrs{"id": int(d.id), "key-index": int(d.keyIndex)}})
	}
	return devices
}
