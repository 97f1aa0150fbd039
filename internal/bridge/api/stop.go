package api

import (
	"net/http"

	"mostrador/internal/httpx"
)

// stop ends the program, for «bridge stop». The server's token alone does not do:
// nobody but who sits at the laptop decides that it is off.
func (a *api) stop(w http.ResponseWriter, _ *http.Request) {
	httpx.WriteJSON(w, http.StatusOK, notice{"El puente termina."})
	a.Stop()
}
