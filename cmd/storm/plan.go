package main

import (
	"math/rand/v2"
	"slices"
	"time"
)

// moveKind is what happens at one point of the plan.
type moveKind int

const (
	moveText      moveKind = iota // a customer writes, count times in a row
	movePhoto                     // a customer sends a photo of size bytes
	moveQuote                     // a customer answers their own last text
	moveEdit                      // a customer corrects their last text
	moveReply                     // somebody at the panel writes to a customer
	moveNotice                    // two people click «Notificar recibido» at once
	moveAway                      // a customer's phone is off for hold
	moveKill                      // kill -9 of program at moment, away for hold
	moveUp                        // trouble between bridge and server
	moveDown                      // trouble between server and bridge
	moveLink                      // the bridge's link to the server is cut, and not to be had for hold
	movePanel                     // trouble between people and server
	moveLineCut                   // the way to WhatsApp is cut, and down for hold
	moveLineHalf                  // it is cut in the middle of a piece of data
	moveLineSlow                  // it is slow for hold
	moveLoseAcks                  // WhatsApp takes count replies without saying so
	moveCutAfter                  // WhatsApp takes a reply and is cut off
	moveCutBefore                 // WhatsApp is cut off before it takes a reply
	moveRestart                   // WhatsApp asks for a new connection
	moveMedia                     // WhatsApp's files are not to be had for hold
	moveClock                     // the clock of program jumps to hold ahead of the right time
	moveFull                      // the bridge's disk is full for hold; with count 1 it is killed then, and starts
	moveDay                       // the server is down for a day; count customers are owed a reply
)

// moment is when in its life a program is killed.
type moment int

const (
	momentStarting moment = iota // wait after it was started
	momentReady                  // wait after it answered
	momentWorking                // wait after it was connected
	momentBusy                   // wait after it was connected and count messages reached the server
	momentTaken                  // the bridge: when it has told WhatsApp that it took the last message said
)

// move is one point of the plan.
type move struct {
	kind    moveKind
	who     int // customer
	count   int
	size    int // bytes of a photo
	content uint64
	program string
	moment  moment
	trouble trouble
	hold    time.Duration
	wait    time.Duration // before it, or before a kill
}

// plan makes everything that happens out of the seed: the same numbers give the
// same moves. What the machine makes of their timing differs from run to run.
func plan(o options) []move {
	r := rand.New(rand.NewPCG(o.seed, 1)) //nolint:gosec // replayable on purpose
	var moves []move
	for said := 0; said < o.messages; {
		m := message(r, o.customers)
		if m.kind != moveEdit {
			m.count = min(m.count, o.messages-said)
			said += m.count
		}
		moves = append(moves, m)
	}
	for range o.replies {
		m := move{kind: moveReply, who: r.IntN(o.customers)}
		if r.IntN(8) == 0 {
			m.kind = moveNotice
		}
		moves = append(moves, m)
	}
	for i := range o.kills {
		moves = append(moves, kill(r, i))
	}
	for range o.troubles {
		moves = append(moves, mishap(r, o.customers))
	}
	for range o.fills {
		moves = append(moves, move{kind: moveFull, count: r.IntN(2), hold: 500*time.Millisecond + upTo(r, time.Second)})
	}
	r.Shuffle(len(moves), func(i, j int) { moves[i], moves[j] = moves[j], moves[i] })
	for i := range moves {
		if moves[i].kind != moveKill {
			moves[i].wait = time.Duration(r.ExpFloat64() * float64(o.pace))
		}
	}
	for i := range o.days {
		m := move{kind: moveDay, who: r.IntN(o.customers), count: 1 + r.IntN(min(dayReplies, o.customers))}
		// Evenly spread, and only when every customer is known at the panel.
		moves = slices.Insert(moves, len(moves)*(i+1)/(o.days+1), m)
	}
	return moves
}

// dayReplies is the most replies that wait for a server that is down for a day,
// besides those that happen to.
const dayReplies = 6

// message is something that a customer says. Only texts come in bursts.
func message(r *rand.Rand, customers int) move {
	m := move{who: r.IntN(customers), count: 1}
	switch n := r.IntN(100); {
	case n < 60:
		m.kind = moveText
		if r.IntN(6) == 0 {
			m.count = 2 + r.IntN(6)
		}
	case n < 85:
		m.kind, m.content = movePhoto, r.Uint64()
		m.size = 2_000 + int(r.ExpFloat64()*25_000)
	case n < 92:
		m.kind = moveQuote
	default:
		m.kind = moveEdit
	}
	return m
}

func kill(r *rand.Rand, i int) move {
	m := move{kind: moveKill, program: nameBridge}
	if i%2 == 1 {
		m.program = nameServer
	}
	switch n := r.IntN(20); {
	case n < 2:
		m.moment, m.wait = momentStarting, upTo(r, 400*time.Millisecond)
	case n < 5:
		m.moment, m.wait = momentReady, upTo(r, 300*time.Millisecond)
	case n < 8:
		m.moment, m.wait = momentWorking, upTo(r, 800*time.Millisecond)
	case n < 14 && m.program == nameBridge:
		m.moment = momentTaken
	default:
		m.moment, m.count, m.wait = momentBusy, 1+r.IntN(20), upTo(r, 5*time.Millisecond)
	}
	if r.IntN(3) == 0 {
		m.hold = upTo(r, 1500*time.Millisecond)
	}
	return m
}

// clockJump is how far a clock goes wrong, in either direction.
const clockJump = 30 * time.Minute

func upTo(r *rand.Rand, d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }

// mishaps is every other trouble, as often as it is named.
var mishaps = []moveKind{
	moveUp, moveUp, moveUp, moveUp, moveUp, moveDown, moveDown, moveDown, moveLink, moveLink, moveLink, movePanel, movePanel, moveAway, moveAway,
	moveLineCut, moveLineHalf, moveLineSlow, moveLoseAcks, moveCutAfter, moveCutBefore, moveRestart, moveMedia, moveClock, moveClock,
}

func mishap(r *rand.Rand, customers int) move {
	m := move{kind: mishaps[r.IntN(len(mishaps))], who: r.IntN(customers), count: 1 + r.IntN(3), hold: 200*time.Millisecond + upTo(r, 1500*time.Millisecond)}
	switch m.kind {
	case moveUp:
		m.trouble = troubles(r, 401, 403, 404, 500, 502, 503)
	case moveDown, movePanel:
		m.trouble = troubles(r, 401, 500, 503)
	case moveLineSlow:
		m.hold *= 2
	case moveClock:
		m.program = []string{nameBridge, nameServer}[r.IntN(2)]
		m.hold = upTo(r, 2*clockJump) - clockJump
	default:
	}
	return m
}

// troubles picks one of those that a gate can make.
func troubles(r *rand.Rand, codes ...int) trouble {
	t := trouble{kind: troubleKind(1 + r.IntN(int(troubleHalfAnswer))), share: 0.3 + 0.7*r.Float64()}
	switch t.kind {
	case troubleStatus:
		t.code = codes[r.IntN(len(codes))]
	case troubleSlow:
		t.delay = upTo(r, time.Second)
	case troubleLate:
		t.delay, t.share = 4*time.Second+upTo(r, 3*time.Second), t.share/2 // about when callers give up
	default:
	}
	return t
}
