package wasim

import (
	waBinary "go.mau.fi/whatsmeow/binary"
)

// query names a request by namespace, type and first child.
type query struct{ space, kind, child string }

// answer makes the reply to a request. It runs with s.mu held; false means that
// it has seen to the reply itself.
type answer func(s *Server, c *conn, iq *node) (node, bool)

// answers is every request the simulator knows; all else is refused.
func answers() map[query]answer {
	return map[query]answer{
		{"w:p", "get", ""}:            done,
		{"passive", "set", "active"}:  (*Server).activate,
		{"passive", "set", "passive"}: done,

		{"encrypt", "get", "count"}:        (*Server).countPreKeys,
		{"encrypt", "get", "key"}:          (*Server).givePreKeys,
		{"encrypt", "set", "registration"}: (*Server).takePreKeys,

		{"usync", "get", "usync"}:                (*Server).lookUpUsers,
		{"privacy", "get", "privacy"}:            privacySettings,
		{"privacy", "set", "tokens"}:             done,
		{"blocklist", "get", ""}:                 blocklist,
		{"w:m", "set", "media_conn"}:             mediaConn,
		{"w:sync:app:state", "set", "sync"}:      appState,
		{"w:g2", "get", "query"}:                 (*Server).describeGroup,
		{"md", "set", "remove-companion-device"}: (*Server).logout,

		{"md", "set", "link_code_companion_reg"}:   (*Server).linkByCode,
		{"md", "get", "ref"}:                       (*Server).giveRef,
		{"md", "get", "passkey_request_options"}:   (*Server).givePasskeyOptions,
		{"md", "set", "passkey_prologue"}:          (*Server).takePrologue,
		{"md", "set", "companion_nonce"}:           (*Server).takeCompanionNonce,
		{"md", "set", "encrypted_pairing_request"}: (*Server).takePairingRequest,
	}
}

// handleIQ answers a request, or takes the reply to one of ours.
func (s *Server) handleIQ(c *conn, iq *node) {
	kind := str(iq, "type")
	if kind == "result" || kind == "error" {
		if c.pairing != nil {
			s.pairReply(c, iq)
		}
		return
	}
	q := query{space: str(iq, "xmlns"), kind: kind}
	if children := iq.GetChildren(); len(children) > 0 {
		q.child = children[0].Tag
	}
	reply, known := s.table[q]
	if !known || (c.device == nil && q.space != "md" && q.space != "w:p") {
		c.send(refusal(iq, 501, "feature-not-implemented"))
		return
	}
	if n, ok := reply(s, c, iq); ok {
		c.send(n)
	}
}

func done(_ *Server, _ *conn, iq *node) (node, bool) { return result(iq), true }

func privacySettings(_ *Server, _ *conn, iq *node) (node, bool) {
	settings := []struct{ name, value string }{
		{"groupadd", "all"}, {"last", "all"}, {"status", "all"},
		{"profile", "all"}, {"readreceipts", "all"}, {"online", "all"}, {"calladd", "all"},
	}
	categories := make([]node, len(settings))
	for i, v := range settings {
		categories[i] = node{Tag: "category", Attrs: attrs{"name": v.name, "value": v.value}}
	}
	return result(iq, node{Tag: "privacy", Content: categories}), true
}

func blocklist(_ *Server, _ *conn, iq *node) (node, bool) {
	return result(iq, node{Tag: "list", Attrs: attrs{"dhash": "0"}}), true
}

func mediaConn(_ *Server, _ *conn, iq *node) (node, bool) {
	return result(iq, node{
		Tag:     "media_conn",
		Attrs:   attrs{"auth": "wasim", "ttl": 3600, "auth_ttl": 3600, "max_buckets": 12},
		Content: []node{{Tag: "host", Attrs: attrs{"hostname": mediaHost}}},
	}), true
}

// appState tells that no setting was ever synchronised.
func appState(_ *Server, _ *conn, iq *node) (node, bool) {
	var collections []node
	sync := iq.GetChildByTag("sync")
	for _, asked := range sync.GetChildrenByTag("collection") {
		collections = append(collections, waBinary.Node{
			Tag:   "collection",
			Attrs: attrs{"name": str(&asked, "name"), "version": str(&asked, "version"), "type": "result"},
		})
	}
	return result(iq, node{Tag: "sync", Content: collections}), true
}

// logout is the client unlinking itself; it disconnects when it has the answer.
func (s *Server) logout(c *conn, iq *node) (node, bool) {
	if s.phone.device == c.device {
		s.phone.device = nil
	}
	c.finish(result(iq))
	return node{}, false
}
