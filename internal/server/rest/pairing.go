package rest

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"rsc.io/qr"

	"mostrador/internal/address"
	"mostrador/internal/httpx"
	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const pathPairing = "/puente/vinculacion"

// Pairing is what to show to pair a phone, from the bridge. Whoever has QR or
// Code can link the business's WhatsApp to this bridge, and nothing else.
type Pairing struct {
	State    string   `json:"estado" doc:"Como «estado» de /puente."`
	Reason   string   `json:"motivo"`
	Solution string   `json:"solucion"`
	Account  string   `json:"cuenta" doc:"Vacía sin teléfono vinculado."`
	QR       string   `json:"qr" doc:"Texto del código que hay que escanear; vacío sin código."`
	Picture  string   `json:"qr_imagen" doc:"El mismo código como PNG en un URI data:."`
	Seconds  int      `json:"segundos" doc:"Lo que le queda al código."`
	Code     string   `json:"codigo" doc:"Código de ocho letras para escribir en el teléfono, si se pidió."`
	Passkey  *Passkey `json:"passkey"`
}

// Passkey is WhatsApp's demand for a passkey. Only a browser on WhatsApp's own
// page can meet it, on whatever computer; Program asks it there.
type Passkey struct {
	Program string `json:"programa" doc:"Para la consola de web.whatsapp.com; vacío cuando ya se contestó."`
	Code    string `json:"codigo" doc:"Para comparar con el del teléfono antes de confirmar."`
	Seconds int    `json:"segundos"`
}

// pairingNow is the answer of every operation on the pairing; it is never kept.
type pairingNow struct {
	CacheControl string `header:"Cache-Control"`
	Body         Pairing
}

func (s *service) pairing() {
	register(s, operation(http.MethodGet, pathPairing, "ver-vinculacion", "puente", "Lo que hay que mostrar para vincular el teléfono"), auth.RoleAdmin, s.showPairing)
	register(s, operation(http.MethodPost, pathPairing+"/codigo", "pedir-codigo", "puente", "Pide un código para escribir en el teléfono en vez de escanear"), auth.RoleAdmin, s.requestCode)
	register(s, operation(http.MethodPost, pathPairing+"/passkey", "responder-passkey", "puente", "Entrega lo que contestó la llave de acceso en web.whatsapp.com"), auth.RoleAdmin, s.answerPasskey)
	register(s, operation(http.MethodPost, pathPairing+"/passkey/confirmar", "confirmar-passkey", "puente", "Dice que el teléfono muestra el mismo código"), auth.RoleAdmin, s.confirmPasskey)
	register(s, operation(http.MethodPost, pathPairing+"/cerrar", "cerrar-sesion-whatsapp", "puente", "Cierra la sesión de WhatsApp; habrá que vincular de nuevo"), auth.RoleAdmin, s.unpair)
}

func (s *service) showPairing(ctx context.Context, _ *struct{}) (*pairingNow, error) {
	url, err := s.pairingWay()
	if err != nil {
		return nil, err
	}
	now, err := s.Bridge.Pairing(ctx, url)
	return showing(now, err, "ask bridge for pairing")
}

// pairingWay is way for pairing, for which there is another way too.
func (s *service) pairingWay() (string, error) {
	url, err := s.way()
	if err != nil {
		return "", ticket.NewError(ticket.CodeUnavailable, httpx.Message(err)+" También puede vincular en la página local del puente, en la laptop.")
	}
	return url, nil
}

// pair has the bridge take one step.
func (s *service) pair(ctx context.Context, way string, wish any) (*pairingNow, error) {
	url, err := s.pairingWay()
	if err != nil {
		return nil, err
	}
	now, err := s.Bridge.Pair(ctx, url, way, wish)
	return showing(now, err, "have bridge pair")
}

func (s *service) requestCode(ctx context.Context, in *struct {
	Body struct {
		Phone string `json:"telefono" maxLength:"40" doc:"Del negocio, con código de país."`
	}
}) (*pairingNow, error) {
	now, err := s.pair(ctx, wire.PathPairCode, wire.PairCode{Phone: in.Body.Phone})
	s.note(ctx, store.ActPairingAsked, err)
	return now, err
}

func (s *service) answerPasskey(ctx context.Context, in *struct {
	Body struct {
		Answer string `json:"respuesta" maxLength:"32000"`
	}
}) (*pairingNow, error) {
	return s.pair(ctx, wire.PathPasskey, wire.PasskeyAnswer{Answer: in.Body.Answer})
}

func (s *service) confirmPasskey(ctx context.Context, _ *struct{}) (*pairingNow, error) {
	return s.pair(ctx, wire.PathPasskeyConfirm, nil)
}

func (s *service) unpair(ctx context.Context, _ *struct{}) (*pairingNow, error) {
	now, err := s.pair(ctx, wire.PathUnpair, nil)
	s.note(ctx, store.ActSessionEnded, err)
	return now, err
}

// note writes down what the bridge has done. It is done, so that a line that
// cannot be written is no reason to say otherwise.
func (s *service) note(ctx context.Context, action string, failure error) {
	if failure != nil {
		return
	}
	if err := s.Store.NoteAct(ctx, store.Act{Business: businessOf(ctx), User: auth.From(ctx).User, Action: action}); err != nil {
		s.Log.Error().Err(err).Str("action", action).Msg("act not in the audit log")
	}
}

// showing is a bridge's answer as the panel reads it.
func showing(p wire.Pairing, err error, doing string) (*pairingNow, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	view := Pairing{
		State: p.State, Reason: p.Reason, Solution: p.Solution, Account: address.Display(p.Account), QR: p.QR, Picture: picture(p.QR),
		Seconds: p.Seconds, Code: p.Code,
	}
	if p.Passkey != nil {
		view.Passkey = &Passkey{Program: p.Passkey.Program, Code: p.Passkey.Code, Seconds: p.Passkey.Seconds}
	}
	return &pairingNow{CacheControl: "no-store", Body: view}, nil
}

// picture is a QR code of text as the address of an image, "" of what is no text
// for one.
func picture(text string) string {
	if text == "" {
		return ""
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
}
