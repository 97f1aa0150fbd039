package link

import "net/http"

// Judge says what an answer instead of a WebSocket means: the reason, and whether
// the next try comes at once, slowly or rarely.
func Judge(status int) (reason string, slow, rare bool) {
	f := judge(&http.Response{StatusCode: status}, nil)
	return f.reason, f.rest == restSlow, f.rest == restRare
}
