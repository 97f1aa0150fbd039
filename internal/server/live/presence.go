package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"mostrador/internal/server/auth"
)

// KindPresence says who has a ticket open. Its Data is a []Present.
const KindPresence Kind = "presencia"

// What a panel says about itself.
const (
	looking = "mirando"
	typing  = "escribiendo"
	away    = "fuera"
)

const (
	// presenceFor is how long a panel's word counts; panels repeat it.
	presenceFor = 15 * time.Second
	// presencePause is how often one panel may say something new.
	presencePause = 300 * time.Millisecond
)

// Present is somebody who has a ticket open.
type Present struct {
	Person int64  `json:"id"` // 0 where nobody has to log in
	Name   string `json:"nombre"`
	Typing bool   `json:"escribiendo"`
}

// Presence knows which panel shows which ticket, as long as they say so. Its
// methods are for Hub.Receive and Hub.Left; safe for concurrent use.
type Presence struct {
	publish func(business int64, e Event)
	now     func() time.Time

	mu     sync.Mutex
	panels map[uint64]panel // by client
	told   map[place]string // what was said last, so that it is not said again
}

// place is a ticket of a business.
type place struct{ business, ticket int64 }

// panel is what one of them said last.
type panel struct {
	who    auth.Identity
	ticket int64
	typing bool
	at     time.Time
}

// NewPresence returns a Presence that tells panels through publish, which is
// Hub.Publish.
func NewPresence(publish func(business int64, e Event), now func() time.Time) *Presence {
	return &Presence{publish: publish, now: now, panels: map[uint64]panel{}, told: map[place]string{}}
}

// Receive takes a panel's word on what its person does; anything else, and what
// comes too fast, is passed over.
func (p *Presence) Receive(c *Client, message []byte) {
	var said struct {
		Kind   string `json:"tipo"`
		Ticket int64  `json:"ticket"`
	}
	if json.Unmarshal(message, &said) != nil || said.Ticket <= 0 && said.Kind != away {
		return
	}
	switch said.Kind {
	case looking, typing:
		p.say(c.ID, panel{who: c.Identity, ticket: said.Ticket, typing: said.Kind == typing})
	case away:
		p.forget(c.ID)
	}
}

// Left forgets a panel that is gone.
func (p *Presence) Left(c *Client) { p.forget(c.ID) }

func (p *Presence) say(client uint64, now panel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now.at = p.now()
	before, known := p.panels[client]
	if known && before.ticket == now.ticket && now.at.Sub(before.at) < presencePause {
		return
	}
	p.panels[client] = now
	if known && before.ticket != now.ticket {
		p.tell(before.who.Business, before.ticket, false)
	}
	p.tell(now.who.Business, now.ticket, !known || before.ticket != now.ticket)
}

func (p *Presence) forget(client uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, known := p.panels[client]
	if !known {
		return
	}
	delete(p.panels, client)
	p.tell(before.who.Business, before.ticket, false)
}

// tell publishes who has a ticket open, if that is news or somebody is new and
// knows nothing yet. The caller holds mu.
func (p *Presence) tell(business, ticket int64, newcomer bool) {
	people := []Present{}
	for client, one := range p.panels {
		if p.now().Sub(one.at) > presenceFor {
			delete(p.panels, client)
			continue
		}
		if one.who.Business != business || one.ticket != ticket {
			continue
		}
		i := slices.IndexFunc(people, func(q Present) bool { return q.Person == one.who.User })
		if i < 0 {
			people = append(people, Present{Person: one.who.User, Name: one.who.Name, Typing: one.typing})
		} else {
			people[i].Typing = people[i].Typing || one.typing
		}
	}
	slices.SortFunc(people, func(a, b Present) int { return cmp.Compare(a.Person, b.Person) })
	at, now := place{business, ticket}, fmt.Sprint(people)
	if now == p.told[at] && !newcomer {
		return
	}
	p.told[at] = now
	if len(people) == 0 {
		delete(p.told, at)
	}
	p.publish(business, Event{Kind: KindPresence, Ticket: ticket, Data: people})
}
