package link

import "net/http"

// rest is how long a fault lasts, by experience.
type rest int

const (
	restBriefly rest = iota
	restSlow
	restRare
)

// fault is why there is no link.
type fault struct {
	reason   string // Spanish sentence
	status   int    // of the server's answer, 0 without one
	cause    error
	rest     rest
	occupied bool // another laptop has the link
	proxy    bool // a proxy may be to blame
}

var faultReplaced = &fault{reason: "Otra laptop con el mismo API_TOKEN tiene el enlace: cierre el puente en una de las dos.", rest: restSlow, occupied: true}

// judge says what is wrong when no WebSocket came of a request.
func judge(resp *http.Response, err error) *fault {
	f := &fault{cause: err}
	if resp == nil {
		f.reason, f.proxy = "El servidor no contesta.", true
		return f
	}
	f.status = resp.StatusCode
	switch f.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		f.reason, f.rest = "El servidor no acepta enlaces: es de una versión anterior o tiene ENLACE=directo. Llama a la laptop a su dirección.", restRare
	case http.StatusUnauthorized, http.StatusForbidden:
		f.proxy = f.status == http.StatusForbidden
		f.reason, f.rest = "El servidor rechaza el token: ponga el mismo API_TOKEN en los dos programas.", restSlow
	case http.StatusConflict:
		replaced := *faultReplaced
		replaced.status, replaced.cause = f.status, err
		return &replaced
	case http.StatusUnprocessableEntity:
		f.reason, f.rest, f.proxy = "Un proxy entre la laptop y el servidor no deja pasar WebSocket.", restSlow, true
	case http.StatusTooManyRequests: // soon over
		f.reason = "El servidor recibió de aquí demasiados tokens equivocados y pide esperar."
	case http.StatusProxyAuthRequired:
		f.reason, f.proxy = "El proxy de la red pide una clave.", true
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		f.reason, f.proxy = "El servidor no está disponible ahora.", true
	default:
		f.reason, f.rest, f.proxy = "En la dirección del servidor contesta otro programa.", restSlow, true
	}
	return f
}
