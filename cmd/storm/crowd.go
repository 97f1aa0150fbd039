package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"mostrador/internal/wasim"
)

// said is one message of a customer, as it has to arrive.
type said struct {
	id       string
	customer int
	text     string
	original string // what it was before the customer corrected it
	photo    string // SHA-256 of its file, hex
}

// customer is somebody who writes to the business.
type customer struct {
	*wasim.Customer

	number int
	said   []*said // in order
	edits  int
	last   *said // the last text, which may be quoted and corrected
}

// newCrowd makes the customers. WhatsApp names some by number, some by LID.
// There is nobody whose LID it keeps to itself: after a reply to such a person
// the library mixes two encryption sessions up, and asks for what follows again.
func newCrowd(sim *wasim.Server, n int) []*customer {
	crowd := make([]*customer, n)
	for i := range crowd {
		crowd[i] = &customer{number: i, Customer: sim.NewCustomer(wasim.Profile{
			Name: nameOf(i), Addressing: []wasim.Addressing{wasim.ByPhone, wasim.ByLID, wasim.LIDOnly}[i%3],
		})}
		crowd[i].SetReceipts(true, i%2 == 0)
	}
	return crowd
}

// nameOf is how a customer is called, and found again in the tickets.
func nameOf(i int) string { return fmt.Sprintf("Cliente %03d", i) }

func (c *customer) add(s *said) {
	s.customer = c.number
	c.said = append(c.said, s)
}

func (c *customer) nextText(what string) string {
	return fmt.Sprintf("%s n.º %d: %s", c.Name(), len(c.said), what)
}

// say makes the customer do what m says, and returns the id of the message.
func (c *customer) say(m move) string {
	switch m.kind {
	case movePhoto:
		data, text := picture(m.content, m.size), c.nextText("así quedó")
		sum := sha256.Sum256(data)
		c.add(&said{id: c.SendImage(data, text), text: text, photo: hex.EncodeToString(sum[:])})
	case moveEdit:
		if c.last != nil && c.last.original == "" {
			c.last.original, c.last.text = c.last.text, c.last.text+" (corregido)"
			c.edits++
			return c.Edit(c.last.id, c.last.text)
		}
		c.text("no prende")
	case moveQuote:
		if c.last == nil {
			c.text("hola")
			break
		}
		text := c.nextText("sobre esto")
		c.add(&said{id: c.SendReply(text, c.last.id), text: text})
	default:
		for range m.count {
			c.text("no enciende la pantalla")
		}
	}
	return c.said[len(c.said)-1].id
}

func (c *customer) text(what string) {
	text := c.nextText(what)
	c.last = &said{id: c.SendText(text), text: text}
	c.add(c.last)
}

// picture is a file that passes for a JPEG, different for every content.
func picture(content uint64, size int) []byte {
	data := make([]byte, size)
	r := rand.New(rand.NewPCG(content, uint64(size))) //nolint:gosec // replayable on purpose
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	copy(data, "\xff\xd8\xff\xe0\x00\x10JFIF\x00")
	return data
}
