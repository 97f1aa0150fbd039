package api

import (
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

// pairing tells the server what to show while there is no phone.
func (a *api) pairing(w http.ResponseWriter, _ *http.Request) {
	httpx.WriteJSON(w, http.StatusOK, a.pairingNow())
}

func (a *api) pairingNow() wire.Pairing {
	s := a.Status()
	body := wire.Pairing{State: s.State, QR: s.QR, Code: s.Code, Reason: s.Reason, Solution: s.Solution, Account: s.Account}
	if !s.QRExpires.IsZero() {
		body.Expires, body.Seconds = &s.QRExpires, a.secondsTo(s.QRExpires)
	}
	if p := s.Passkey; p != nil {
		body.Passkey = &wire.Passkey{Code: p.Code, Seconds: a.secondsTo(p.Expires)}
		if p.Code == "" {
			body.Passkey.Program = snippet(p.PublicKey)
		}
	}
	return body
}

func (a *api) pairByCode(w http.ResponseWriter, r *http.Request) error {
	var asked wire.PairCode
	if err := httpx.Decode(w, r, maxForm, &asked); err != nil {
		return err
	}
	if _, err := a.WhatsApp.RequestCode(r.Context(), asked.Phone); err != nil {
		return err
	}
	a.pairing(w, r)
	return nil
}

func (a *api) takePasskey(w http.ResponseWriter, r *http.Request) error {
	var given wire.PasskeyAnswer
	if err := httpx.Decode(w, r, maxForm, &given); err != nil {
		return err
	}
	if err := a.WhatsApp.AnswerPasskey(r.Context(), []byte(given.Answer)); err != nil {
		return err
	}
	a.pairing(w, r)
	return nil
}

func (a *api) agreePasskey(w http.ResponseWriter, r *http.Request) error {
	if err := a.WhatsApp.ConfirmPasskey(r.Context()); err != nil {
		return err
	}
	a.pairing(w, r)
	return nil
}

func (a *api) unpair(w http.ResponseWriter, r *http.Request) error {
	if err := a.WhatsApp.Unpair(r.Context()); err != nil {
		return err
	}
	a.pairing(w, r)
	return nil
}
