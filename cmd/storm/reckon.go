package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"mostrador/internal/wasim"
)

// reckoning compares what was said with what arrived.
type reckoning struct {
	*world

	in    map[string][]shown // by customer, in the order in which the panel shows them
	out   map[string][]shown
	wrong []wrong

	messages, photos, edits          int
	delivered, failed                int
	lost, twice, disordered, altered int
	unheard                          int // replies among lost
	unasked                          int // replies that went a day late without a person's word
	asked, late                      int // messages asked for again, and those of them whose place others took
	integrity                        string
	leftovers                        int
	orphans                          int
	repeatedWebhooks, copies         int
	bridgeRepeats                    int
	lineCuts, gateCuts, foreign      int
}

// wrong is one thing that should not be.
type wrong struct {
	what  string
	story []string
}

// reckon asks the panel for everything, then ends both programs and looks at
// what they leave behind.
func (w *world) reckon(ctx context.Context) (*reckoning, error) {
	r := &reckoning{world: w, in: map[string][]shown{}, out: map[string][]shown{}}
	asker := newDesk(w.server.address, w.token)
	if err := r.read(ctx, asker); err != nil {
		return nil, err
	}
	for _, c := range w.crowd {
		r.messagesOf(c)
		r.repliesOf(c.Name(), c.Inbox())
		if err := r.photosOf(ctx, asker, c); err != nil {
			return nil, err
		}
	}
	r.acceptedTexts()
	r.lateReplies()
	r.wire()
	for _, p := range []*program{w.bridge, w.server} {
		if err := p.stop(); err != nil {
			return nil, err
		}
	}
	return r, r.remains(ctx)
}

// read gets every conversation, the oldest ticket first.
func (r *reckoning) read(ctx context.Context, asker *desk) error {
	type row struct {
		ID   int64  `json:"id"`
		Name string `json:"nombre"`
	}
	var rows []row
	for before := ""; ; {
		var list struct {
			Tickets []row  `json:"tickets"`
			Next    string `json:"siguiente"`
		}
		if status, err := asker.call(ctx, http.MethodGet, "/api/v1/tickets?limite=500&antes="+before, nil, &list); err != nil || status != http.StatusOK {
			return fmt.Errorf("list tickets: %d: %w", status, errors.Join(err, errNoConversation))
		}
		rows = append(rows, list.Tickets...)
		if before = list.Next; before == "" {
			break
		}
	}
	for i := len(rows) - 1; i >= 0; i-- {
		messages, err := asker.conversation(ctx, rows[i].ID)
		if err != nil {
			return err
		}
		for _, m := range messages {
			switch m.Direction {
			case directionIn:
				r.in[rows[i].Name] = append(r.in[rows[i].Name], m)
			case directionOut:
				r.out[rows[i].Name] = append(r.out[rows[i].Name], m)
			}
		}
	}
	return nil
}

// messagesOf checks that each message of a customer is there once, in order and
// as it was written.
func (r *reckoning) messagesOf(c *customer) {
	r.messages += len(c.said)
	r.edits += c.edits
	place := map[string]int{}
	for i, s := range c.said {
		place[s.id] = i
	}
	seen := make([]int, len(c.said))
	furthest := -1
	for _, m := range r.in[c.Name()] {
		i, known := place[m.WhatsApp]
		if !known {
			r.complain(m.WhatsApp, &r.twice, "%s has a message nobody wrote: %q", c.Name(), m.Text)
			continue
		}
		if seen[i]++; seen[i] > 1 {
			r.complain(m.WhatsApp, &r.twice, "%s has message %d %d times", c.Name(), i, seen[i])
			continue
		}
		asked := r.sim.AskedAgain(m.WhatsApp) > 0
		if asked {
			r.asked++
		}
		switch {
		case i >= furthest:
			furthest = i
		case asked:
			r.late++
		default:
			r.complain(m.WhatsApp, &r.disordered, "%s has message %d after message %d", c.Name(), i, furthest)
		}
		if s := c.said[i]; m.Text != s.text || m.Original != s.original {
			r.complain(m.WhatsApp, &r.altered, "%s has message %d as %q (before: %q), want %q (before: %q)", c.Name(), i, m.Text, m.Original, s.text, s.original)
		}
	}
	for i, n := range seen {
		if n == 0 {
			r.complain(c.said[i].id, &r.lost, "%s lost message %d: %q", c.Name(), i, c.said[i].text)
		}
	}
}

// photosOf checks that the photos of a customer are those that were sent.
func (r *reckoning) photosOf(ctx context.Context, asker *desk, c *customer) error {
	byID := map[string]shown{}
	for _, m := range r.in[c.Name()] {
		byID[m.WhatsApp] = m
	}
	for _, s := range c.said {
		m, here := byID[s.id]
		if s.photo == "" || !here {
			continue
		}
		r.photos++
		if len(m.Files) != 1 || m.Files[0].URL == nil {
			r.complain(s.id, &r.altered, "%s: photo of %q is %+v, want one file", c.Name(), s.text, m.Files)
			continue
		}
		sum, err := asker.sum(ctx, *m.Files[0].URL)
		if err != nil {
			return err
		}
		if sum != s.photo {
			r.complain(s.id, &r.altered, "%s: photo of %q is not the one that was sent (%s)", c.Name(), s.text, *m.Files[0].URL)
		}
	}
	return nil
}

// sum returns the SHA-256 of what the server has at path, hex.
func (d *desk) sum(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	resp, err := d.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("get photo: %w", err)
	}
	defer resp.Body.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, resp.Body); err != nil {
		return "", fmt.Errorf("read photo: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// repliesOf checks that each reply to a customer reached them once, or is shown
// as failed with a reason, and nothing else did.
func (r *reckoning) repliesOf(name string, received []wasim.Received) {
	inbox := map[string]int{}
	for _, m := range received {
		inbox[m.ID]++
		r.copies += m.Copies - 1
	}
	for _, m := range r.out[name] {
		n := inbox[m.WhatsApp]
		delete(inbox, m.WhatsApp)
		switch {
		case m.Delivery == "fallo" && m.Failure != "" && n == 0:
			r.failed++
		case n == 0:
			r.unheard++
			r.complain(m.WhatsApp, &r.lost, "%s never got the reply %q (%s %s)", name, m.Text, m.Delivery, m.Failure)
		case n > 1:
			r.complain(m.WhatsApp, &r.twice, "%s got the reply %q %d times", name, m.Text, n)
		case m.Delivery != "entregado" && m.Delivery != "leido":
			r.complain(m.WhatsApp, &r.altered, "%s got the reply %q, the panel says %q", name, m.Text, m.Delivery)
		default:
			r.delivered++
		}
	}
	for id := range inbox {
		r.complain(id, &r.twice, "%s got a message that the panel does not know", name)
	}
}

// acceptedTexts checks that what a person was told is on its way, once.
func (r *reckoning) acceptedTexts() {
	have := map[string]int{}
	for _, messages := range r.out {
		for _, m := range messages {
			have[m.Text]++
		}
	}
	for _, text := range r.desk.accepted {
		switch n := have[text]; {
		case n == 0:
			r.unheard++
			r.complain("", &r.lost, "the panel took the reply %q and does not have it", text)
		case n > 1:
			r.complain("", &r.twice, "the panel has the reply %q %d times", text, n)
		}
	}
}

// lateReplies checks that those which had to wait for a day asked first.
func (r *reckoning) lateReplies() {
	for _, reply := range r.owed {
		if !r.desk.late[reply.text] {
			r.complain("", &r.unasked, "the reply %q was a day late and nobody was asked", reply.text)
		}
	}
}

// wire adds up what the gates saw.
func (r *reckoning) wire() {
	_, _, r.repeatedWebhooks = r.up.totals()
	_, _, r.bridgeRepeats = r.down.totals()
	for _, g := range []*gate{r.up, r.down, r.panel} {
		cuts, foreign, _ := g.totals()
		r.gateCuts, r.foreign = r.gateCuts+cuts, r.foreign+foreign
	}
	r.lineCuts = r.line.totalCuts()
}

// remains looks at what the programs leave behind.
func (r *reckoning) remains(ctx context.Context) error {
	db, err := r.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&r.integrity); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	var rows int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM messages WHERE direction = 'in'").Scan(&rows); err != nil {
		return fmt.Errorf("count messages: %w", err)
	}
	if got := r.messages - r.lost + r.unheard; rows != got {
		r.complain("", &r.twice, "the database has %d messages of customers, the panel showed %d", rows, got)
	}
	var named int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM attachments WHERE file IS NOT NULL").Scan(&named); err != nil {
		return fmt.Errorf("count files: %w", err)
	}
	return r.files(named)
}

// files counts half-written files, which nobody may leave, and whole photos
// without a row, which a server that was killed between the two leaves to the
// sweep of a later start.
func (r *reckoning) files(named int) error {
	return filepath.WalkDir(r.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		parent, name := filepath.Base(filepath.Dir(path)), e.Name()
		switch {
		case strings.HasSuffix(name, ".tmp"):
			r.complain("", &r.leftovers, "left over: %s", path)
		case parent != photoFolder:
		case strings.HasPrefix(name, "tmp-"):
			r.orphans++
		default:
			named--
			if named < 0 {
				r.orphans++
			}
		}
		return nil
	})
}
