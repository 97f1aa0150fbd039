package retention_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"mostrador/internal/server/photos"
	"mostrador/internal/server/retention"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

const day = 24 * time.Hour

// cellar is a store and a folder of photos with a Keeper.
type cellar struct {
	*retention.Keeper
	t      *testing.T
	origin store.Origin
	clock  *storetest.Clock
	dir    string
}

func openCellar(t *testing.T, url string) *cellar {
	t.Helper()
	c := &cellar{t: t, clock: storetest.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), dir: t.TempDir()}
	s := storetest.OpenURL(t, url, func(o *store.Options) { o.Now = c.clock.Now })
	folder, err := photos.Open(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	c.Keeper, c.origin = &retention.Keeper{Store: s, Photos: folder, Log: zerolog.Nop()}, storetest.Origin(t, s)
	return c
}

// closedTicket is one with a photo.
func (c *cellar) closedTicket(i int) {
	c.t.Helper()
	name, err := c.Photos.Save([]byte("x"), "image/png")
	if err != nil {
		c.t.Fatal(err)
	}
	phone := fmt.Sprintf("52155123%05d", i)
	stored, err := c.Store.AddMessage(c.t.Context(), store.Incoming{
		Origin: c.origin, From: ticket.Identity{Phone: phone, Chat: phone + "@s.whatsapp.net"}, Direction: ticket.DirectionIn,
		Kind: ticket.KindImage, WhatsAppID: "A", Attachments: []ticket.Attachment{{File: name, MIME: "image/png", State: ticket.FileStored}},
	})
	if err == nil {
		resolved := ticket.StatusResolved
		_, err = c.Store.ChangeTickets(c.t.Context(), c.origin.Business, 0, []int64{stored.Ticket}, store.Change{Status: &resolved})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cellar) keep(k store.Keep) {
	c.t.Helper()
	if _, err := c.Store.ChangeSettings(c.t.Context(), c.origin.Business, 0, func(b *store.Settings) { b.Keep = k }); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cellar) sweep() {
	c.t.Helper()
	if err := c.Sweep(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cellar) want(when string, tickets, files int) {
	c.t.Helper()
	page, err := c.Store.Tickets(c.t.Context(), c.origin.Business, store.Filter{Limit: 500})
	if err != nil {
		c.t.Fatal(err)
	}
	left, err := os.ReadDir(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	if len(page.Tickets) != tickets || len(left) != files {
		c.t.Errorf("%s: got %d tickets and %d files, want %d and %d", when, len(page.Tickets), len(left), tickets, files)
	}
}

func TestWhatIsOldGoesWithTimeAndNothingBefore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		c := openCellar(t, url)
		for i := range 45 {
			c.closedTicket(i)
		}
		c.clock.Advance(100 * day)
		c.sweep()
		c.want("kept for ever", 45, 45)
		c.keep(store.Keep{Tickets: 200, Photos: 90})
		c.closedTicket(99)
		c.sweep()
		c.want("photos of 90 days", 46, 1)
		c.clock.Advance(101 * day)
		c.sweep()
		c.want("tickets of 200 days", 1, 0)
	})
}

func TestAStoppedSweepGoesOnLater(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		c := openCellar(t, url)
		c.closedTicket(1)
		c.keep(store.Keep{Tickets: 7})
		c.clock.Advance(8 * day)
		if _, err := c.Store.Retire(t.Context(), c.origin.Business); err != nil {
			t.Fatal(err)
		}
		c.want("killed between the row and its file", 0, 1)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		_ = c.Sweep(stopped)
		c.want("stopped", 0, 1)
		c.sweep()
		c.want("the next time", 0, 0)
	})
}
