package live

// Clients returns the open panels of a business.
func (h *Hub) Clients(business int64) []*Client {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*Client, 0, len(h.clients[business]))
	for c := range h.clients[business] {
		all = append(all, c)
	}
	return all
}
