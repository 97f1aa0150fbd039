package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"mostrador/internal/address"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// Send writes to a customer and returns the message's WhatsApp id: the one
// given, else a new one. Sending the same id again is safe: the customer sees
// one message. It waits for WhatsApp's confirmation: usually less than a second,
// at most half a minute after the file is uploaded.
//
// Errors are ticket.Errors: CodeNotFound for a number that is not on WhatsApp,
// CodeInvalid for a request that makes no sense, CodeTooLarge for the file,
// CodeRateLimited when WhatsApp does not let the account write to this person, or
// as much as it does, for now, CodeUnavailable when nothing was sent and a later
// try may work, CodeTimeout when it was probably sent but not confirmed.
func (c *Client) Send(ctx context.Context, m wire.Send) (string, error) {
	to, err := address.Parse(m.To)
	if err != nil {
		return "", fmt.Errorf("read recipient: %w", err)
	}
	if err := c.check(m); err != nil {
		return "", err
	}
	cli := c.current.Load()
	if cli == nil || !c.Connected() {
		return "", unavailable(c.State())
	}
	if m.ID == "" {
		m.ID = cli.GenerateMessageID()
	}
	return m.ID, c.deliver(ctx, cli, types.NewJID(to.User, to.Server), m)
}

func (c *Client) check(m wire.Send) error {
	switch {
	case m.Text == "" && m.File == nil:
		return ticket.NewError(ticket.CodeInvalid, "El mensaje no tiene texto ni archivo.")
	case m.ID != "" && m.ID != cleanID(m.ID):
		return ticket.NewError(ticket.CodeInvalid, "El id del mensaje no es válido.")
	case m.File != nil && len(m.File.Data) == 0:
		return ticket.NewError(ticket.CodeInvalid, "El archivo está vacío.")
	case m.File != nil && int64(len(m.File.Data)) > c.opts.MaxMedia:
		return ticket.NewError(ticket.CodeTooLarge, "El archivo es demasiado grande.")
	}
	return nil
}

func (c *Client) deliver(ctx context.Context, cli *whatsmeow.Client, to types.JID, m wire.Send) error {
	to, err := c.resolve(ctx, cli, to)
	if err != nil {
		return sendError(err)
	}
	who := c.store.lasting(to)
	if err := c.sends.allowed(who); err != nil {
		return err
	}
	message, err := compose(ctx, cli, to, m)
	if err != nil {
		return sendError(err)
	}
	// The library sends one message at a time and waits for its turn whatever
	// the context says.
	if err := c.sends.enter(ctx); err != nil {
		return err
	}
	defer c.sends.leave()
	ctx, cancel := context.WithTimeout(ctx, 2*c.opts.tempo.ack)
	defer cancel()
	_, err = cli.SendMessage(ctx, to, message, whatsmeow.SendRequestExtra{ID: m.ID, Timeout: c.opts.tempo.ack})
	if refusal(err) == codeTimelock {
		c.sends.hold(who)
	}
	if err == nil {
		err = c.encrypted(ctx, cli, to)
	}
	return sendError(err)
}

// errNoKeys is a limit: WhatsApp refuses keys to who asks too often, and the
// session is there once the customer writes.
var errNoKeys = ticket.NewError(ticket.CodeRateLimited, "WhatsApp no entregó las claves del teléfono de esta persona, y el mensaje no le llegó.")

// encrypted is an error when the message just sent to a person was not encrypted
// for their phone. The library leaves out whoever's keys it does not get, and
// WhatsApp confirms what only the business's own phone can read.
func (c *Client) encrypted(ctx context.Context, cli *whatsmeow.Client, to types.JID) error {
	who := c.store.lasting(to) // known since the send, which looks it up
	if who.Server != types.HiddenUserServer {
		return nil
	}
	if found, err := cli.Store.ContainsSession(ctx, who.SignalAddress()); found || err != nil {
		return err
	}
	devices, err := cli.GetUserDevices(ctx, []types.JID{who})
	if err != nil {
		return fmt.Errorf("list devices: %w", err)
	}
	// Who has no phone among their devices is reached at any of them.
	if slices.ContainsFunc(devices, func(d types.JID) bool { return d.Device == 0 }) {
		return errNoKeys
	}
	for _, device := range devices {
		if found, err := cli.Store.ContainsSession(ctx, device.SignalAddress()); found || err != nil {
			return err
		}
	}
	return errNoKeys
}

// resolve turns a number that has never been in touch into the address
// WhatsApp knows it by: some countries' numbers are written in two ways.
func (c *Client) resolve(ctx context.Context, cli *whatsmeow.Client, to types.JID) (types.JID, error) {
	if to.Server != types.DefaultUserServer || !c.store.other(to).IsEmpty() {
		return to, nil
	}
	forms := variants(to.User)
	query := make([]string, len(forms))
	for i, form := range forms {
		query[i] = "+" + form
	}
	found, err := cli.IsOnWhatsApp(ctx, query)
	if err != nil {
		return to, fmt.Errorf("look number up: %w", err)
	}
	for _, form := range query {
		for _, user := range found {
			if user.IsIn && strings.TrimPrefix(user.Query, "+") == form[1:] {
				return user.JID.ToNonAD(), nil
			}
		}
	}
	return to, errNotOnWhatsApp
}

var errNotOnWhatsApp = ticket.NewError(ticket.CodeNotFound, "Ese número no tiene WhatsApp.")

// variants lists the ways to write one subscriber's number, as given first:
// Mexico's mobile 1, Argentina's mobile 9 and Brazil's ninth digit.
func variants(phone string) []string {
	forms := []string{phone}
	add := func(form string) {
		if address.Key(form) == address.Key(phone) && form != phone {
			forms = append(forms, form)
		}
	}
	switch short := address.Key(phone); {
	case len(phone) < 5:
	case strings.HasPrefix(phone, "52"):
		add(short)
		add("521" + short[2:])
	case strings.HasPrefix(phone, "54"):
		add(short)
		add("549" + short[2:])
	case strings.HasPrefix(phone, "55"):
		add(short)
		add(short[:4] + "9" + short[4:])
	}
	return forms
}

// compose builds the message, uploading its file first.
func compose(ctx context.Context, cli *whatsmeow.Client, to types.JID, m wire.Send) (*waE2E.Message, error) {
	var quote *waE2E.ContextInfo
	if m.ReplyTo != "" {
		quote = &waE2E.ContextInfo{StanzaID: proto.String(m.ReplyTo), QuotedMessage: &waE2E.Message{Conversation: proto.String("")}}
		if to.Server != types.GroupServer {
			quote.Participant = proto.String(to.String())
		}
	}
	switch {
	case m.File != nil:
		return upload(ctx, cli, m, quote)
	case quote != nil:
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(m.Text), ContextInfo: quote}}, nil
	}
	return &waE2E.Message{Conversation: proto.String(m.Text)}, nil
}

// Refusals of WhatsApp, reported by users of the library: 463 means that the
// account may not write to somebody who has not written to it, and lifts by
// itself; trying again makes it worse. 429 means too much at once, as it does for
// questions; nobody says how long it lasts.
const (
	codeTooMuch  = 429
	codeTimelock = 463
	codeQuota    = 475
)

// refusal is the number WhatsApp refused a message with, 0 for another error.
func refusal(err error) int {
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		return 0
	}
	code := -1
	text := err.Error()
	if i := strings.LastIndexByte(text, ' '); i >= 0 {
		if _, err := fmt.Sscanf(text[i+1:], "%d", &code); err != nil {
			return -1
		}
	}
	return code
}

// sendError gives err a code and a sentence; nil stays nil.
func sendError(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*ticket.Error](err); ok {
		return err
	}
	return fmt.Errorf("%w (%w)", ticket.NewError(classify(err)), nameless{err})
}

// nameless is an error of the library's whose text has no numbers in it.
type nameless struct{ error }

// Error is error.
func (e nameless) Error() string { return personal.ReplaceAllString(e.error.Error(), "…") }

// Unwrap gives the error itself.
func (e nameless) Unwrap() error { return e.error }

func classify(err error) (ticket.Code, string) {
	lost, cut := errors.AsType[*whatsmeow.DisconnectedError](err)
	switch code := refusal(err); {
	case code == codeTimelock || code == codeQuota:
		return ticket.CodeRateLimited, limitedNow
	case code == codeTooMuch || errors.Is(err, whatsmeow.ErrIQRateOverLimit):
		return ticket.CodeRateLimited, "WhatsApp no admite por ahora tantos mensajes."
	case code != 0:
		return ticket.CodeUnavailable, fmt.Sprintf("WhatsApp rechazó el mensaje (código %d).", code)
	case strings.Contains(err.Error(), "no LID found"): // send.go has no error value for it
		return ticket.CodeNotFound, errNotOnWhatsApp.Error()
	case errors.Is(err, whatsmeow.ErrIQTimedOut), cut && !strings.HasPrefix(lost.Action, actionSend):
		return ticket.CodeUnavailable, "WhatsApp no respondió."
	case cut, errors.Is(err, whatsmeow.ErrMessageTimedOut), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ticket.CodeTimeout, "WhatsApp no confirmó el mensaje a tiempo."
	}
	return ticket.CodeUnavailable, "WhatsApp no pudo enviar el mensaje."
}

const limitedNow = "WhatsApp limita por ahora los mensajes a personas que no han escrito antes."

// actionSend begins the library's name for what a cut interrupted when that was a
// message, which may have been sent, and not a question. The rest of the name
// says whether it was the second try.
const actionSend = "message send"

// unavailable says why nothing can be sent or fetched.
func unavailable(s State) error {
	message := "WhatsApp desconectado"
	if s.Reason != "" {
		message += ": " + s.Reason
	}
	return ticket.NewError(ticket.CodeUnavailable, message)
}

// timelockHold is how long somebody is not written to after WhatsApp refused
// it with codeTimelock, unless they write first.
const timelockHold = 15 * time.Minute

// sends lets one message out at a time and remembers refusals. It is safe for
// concurrent use.
type sends struct {
	turn chan struct{}
	now  func() time.Time

	mu   sync.Mutex
	held map[types.JID]time.Time
}

func newSends(now func() time.Time) *sends {
	return &sends{turn: make(chan struct{}, 1), now: now, held: map[types.JID]time.Time{}}
}

func (s *sends) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ticket.NewError(ticket.CodeUnavailable, "Hay otros mensajes en espera: inténtelo de nuevo.")
	}
}

func (s *sends) leave() { <-s.turn }

func (s *sends) hold(to types.JID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[to] = s.now().Add(timelockHold)
}

func (s *sends) holding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held) > 0
}

// release forgets the refusals of somebody who wrote.
func (s *sends) release(addresses ...types.JID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range addresses {
		delete(s.held, a)
	}
}

func (s *sends) allowed(to types.JID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.held[to]
	switch {
	case !ok:
		return nil
	case s.now().After(until):
		delete(s.held, to)
		return nil
	}
	return ticket.NewError(ticket.CodeRateLimited, limitedNow)
}
