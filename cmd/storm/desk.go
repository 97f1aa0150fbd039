package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// desk is the people at the panel: they answer customers, and try again what
// did not seem to work.
type desk struct {
	url   string // of the server, through its gate
	token string
	http  *http.Client

	mu       sync.Mutex
	tickets  map[string]int64 // by customer's name
	accepted []string         // texts the panel said it would deliver
	late     map[string]bool  // texts that the panel asked about because they had waited for a day
	again    int              // clicks repeated because no answer came
	notices  int
}

func newDesk(address, token string) *desk {
	return &desk{url: "http://" + address, token: token, http: &http.Client{Timeout: forwardTime}, tickets: map[string]int64{}, late: map[string]bool{}}
}

// call makes a request as a program with the token. An answer that is no JSON is
// an error like none.
func (d *desk) call(ctx context.Context, method, path string, body, into any) (status int, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, fmt.Errorf("encode request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.url+path, bytes.NewReader(raw))
	if err != nil {
		return 0, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask the panel: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Errorf("read the panel's answer: %w", err)
	}
	if into != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(answer, into); err != nil {
			return resp.StatusCode, fmt.Errorf("decode the panel's answer: %w", err)
		}
	}
	return resp.StatusCode, nil
}

// insist repeats f until it works or the storm is over.
func insist(ctx context.Context, f func() bool) bool {
	for !f() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	return true
}

// ticket returns the number of a customer's ticket, waiting for it.
func (d *desk) ticket(ctx context.Context, name string) (number int64, ok bool) {
	ok = insist(ctx, func() bool {
		d.mu.Lock()
		number = d.tickets[name]
		d.mu.Unlock()
		if number == 0 {
			d.look(ctx)
		}
		return number != 0
	})
	return number, ok
}

// look reads the list of tickets.
func (d *desk) look(ctx context.Context) {
	var list struct {
		Tickets []struct {
			ID   int64  `json:"id"`
			Name string `json:"nombre"`
		} `json:"tickets"`
	}
	if status, err := d.call(ctx, http.MethodGet, "/tickets?limit=500", nil, &list); err != nil || status != http.StatusOK {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range list.Tickets {
		d.tickets[t.Name] = max(d.tickets[t.Name], t.ID)
	}
}

// write sends text to a customer. Without an answer a person looks whether it is
// in the conversation before writing it again.
func (d *desk) write(ctx context.Context, name, text string) {
	number, ok := d.ticket(ctx, name)
	if !ok {
		return
	}
	path := "/ticket/" + strconv.FormatInt(number, 10) + "/enviar-mensaje"
	first := true
	ok = insist(ctx, func() bool {
		if !first {
			there, err := d.wrote(ctx, number, text)
			if err != nil || there {
				return there
			}
			d.mu.Lock()
			d.again++
			d.mu.Unlock()
		}
		first = false
		return d.took(d.call(ctx, http.MethodPost, path, map[string]string{"mensaje": text}, &struct{}{}))
	})
	if ok {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.accepted = append(d.accepted, text)
	}
}

// took tells whether an answer of the server means that it has the reply. What
// the bridge's side answers, 503 and 504, says so too, but so may a gate: then
// the person looks.
func (*desk) took(status int, err error) bool { return err == nil && status == http.StatusOK }

var errNoConversation = errors.New("conversation not shown")

func (d *desk) wrote(ctx context.Context, number int64, text string) (bool, error) {
	c, err := d.conversation(ctx, number)
	if err != nil {
		return false, err
	}
	for _, m := range c {
		if m.Direction == directionOut && m.Text == text {
			return true, nil
		}
	}
	return false, nil
}

// notify clicks «Notificar recibido» twice at the same time.
func (d *desk) notify(ctx context.Context, name string) {
	number, ok := d.ticket(ctx, name)
	if !ok {
		return
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			// Whatever the answer is: what became of it is in the conversation.
			_, _ = d.call(ctx, http.MethodPost, "/responder/"+strconv.FormatInt(number, 10), nil, &struct{}{})
		})
	}
	both.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notices++
}

// confirm sees to it that text, a reply to a customer, goes although it is a day
// late.
func (d *desk) confirm(ctx context.Context, name, text string) {
	number, ok := d.ticket(ctx, name)
	if !ok {
		return
	}
	insist(ctx, func() bool {
		replies, err := d.approve(ctx, number)
		if err != nil {
			return false
		}
		for _, m := range replies {
			if m.Text == text {
				return m.Delivery != deliveryQueued && m.Delivery != deliveryConfirm
			}
		}
		return false
	})
}

// approve clicks «Enviar» at each reply of a ticket that asks for it, and returns
// the messages as they were before.
func (d *desk) approve(ctx context.Context, number int64) ([]shown, error) {
	c, err := d.conversation(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, m := range c {
		if m.Direction != directionOut || m.Delivery != deliveryConfirm {
			continue
		}
		d.mu.Lock()
		d.late[m.Text] = true
		d.mu.Unlock()
		// Whatever the answer is: it still asks, or it does not.
		_, _ = d.call(ctx, http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/mensajes/%d/reintentar", number, m.ID), nil, &struct{}{})
	}
	return c, nil
}

// approveAll is approve for every ticket that the people know.
func (d *desk) approveAll(ctx context.Context) {
	d.mu.Lock()
	numbers := slices.Collect(maps.Values(d.tickets))
	d.mu.Unlock()
	for _, number := range numbers {
		_, _ = d.approve(ctx, number) // without an answer they look again later
	}
}

const (
	directionIn  = "entrada"
	directionOut = "salida"

	deliveryQueued  = "en_cola"
	deliveryConfirm = "por_confirmar"
)

// shown is a message as the panel shows it.
type shown struct {
	ID        int64  `json:"id"`
	Direction string `json:"direccion"`
	Kind      string `json:"tipo"`
	Text      string `json:"texto"`
	Original  string `json:"texto_original"`
	WhatsApp  string `json:"wa_id"`
	Delivery  string `json:"entrega"`
	Failure   string `json:"motivo"`
	Files     []struct {
		URL   *string `json:"url"`
		State string  `json:"estado"`
		Note  string  `json:"motivo"`
	} `json:"archivos"`
}

func (d *desk) conversation(ctx context.Context, number int64) ([]shown, error) {
	var c struct {
		Messages []shown `json:"mensajes"`
	}
	status, err := d.call(ctx, http.MethodGet, fmt.Sprintf("/ticket/%d/conversacion", number), nil, &c)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("%w: %d", errNoConversation, status)
	}
	return c.Messages, nil
}
