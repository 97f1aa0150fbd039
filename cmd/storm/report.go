package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"
)

// maxTold is how many things that went wrong are told with their story.
const maxTold = 10

// complain counts something wrong and keeps the story of the message, while the
// programs still run.
func (r *reckoning) complain(id string, counter *int, format string, args ...any) {
	*counter++
	w := wrong{what: fmt.Sprintf(format, args...)}
	if len(r.wrong) < maxTold && id != "" {
		w.story = r.tell(id)
	}
	r.wrong = append(r.wrong, w)
}

// tell says where a message was seen: at WhatsApp, on the wire, in the bridge's
// queue and in the server's database.
func (r *reckoning) tell(id string) []string {
	story := []string{fmt.Sprintf("%s: WhatsApp sent it to the bridge %d times, acknowledged: %v", id, r.sim.Deliveries(id), r.sim.Acked(id))}
	for _, g := range []*gate{r.up, r.down} {
		story = append(story, g.story(id)...)
	}
	_ = filepath.WalkDir(filepath.Join(r.bridge.dir, queueFolder), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil //nolint:nilerr // files come and go while this looks
		}
		if data, err := os.ReadFile(path); err == nil && bytes.Contains(data, []byte(id)) { //nolint:gosec // a folder of ours
			story = append(story, "in the bridge's queue: "+path)
		}
		return nil
	})
	return append(story, r.rows(id)...)
}

func (r *reckoning) rows(id string) (story []string) {
	db, err := r.openDatabase()
	if err != nil {
		return []string{err.Error()}
	}
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), `SELECT m.id, t.number, c.name, m.direction, m.delivery, m.failure, m.attempts
		FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN contacts c ON c.id = m.contact_id WHERE m.wa_id = $1`, id)
	if err != nil {
		return []string{err.Error()}
	}
	defer rows.Close()
	for rows.Next() {
		var row, ticket, attempts int64
		var name, direction, delivery, failure string
		if err := rows.Scan(&row, &ticket, &name, &direction, &delivery, &failure, &attempts); err != nil {
			return append(story, err.Error())
		}
		story = append(story, fmt.Sprintf("at the server: row %d of ticket %d of %s, %s, %s %s after %d attempts", row, ticket, name, direction, delivery, failure, attempts))
	}
	if err := rows.Err(); err != nil {
		return append(story, err.Error())
	}
	if len(story) == 0 {
		return []string{"not at the server"}
	}
	return story
}

// print writes the table, and what went wrong.
func (r *reckoning) print(out io.Writer) {
	fills, saidFull, refused := r.disk.counts()
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight|tabwriter.Debug)
	for _, line := range []struct {
		name  string
		value any
	}{
		{"messages of customers", r.messages}, {"  photos among them, compared by SHA-256", r.photos}, {"  corrections of them", r.edits},
		{"replies that reached their customer", r.delivered}, {"  shown as failed instead", r.failed}, {"  clicked again because no answer came", r.desk.again},
		{"kill -9 of the bridge", r.bridge.kills}, {"kill -9 of the server", r.server.kills},
		{"days without the server", int(r.server.days / dayLength)}, {"  replies a day late, confirmed by people", len(r.desk.late)},
		{"times that the bridge's disk was full", fills}, {"  of which it said so when asked", saidFull}, {"  of which it did not start on it", refused},
		{"logins at WhatsApp", r.sim.Logins()},
		{"connections cut: to WhatsApp", r.lineCuts}, {"connections cut: between the programs and people", r.gateCuts},
		{"answers forged (401…503, foreign pages)", r.foreign},
		{"repeats on the wire: messages to the server", r.repeatedWebhooks}, {"repeats on the wire: replies to the bridge", r.bridgeRepeats},
		{"repeats on the wire: replies to customers' phones", r.copies},
		{"messages that had to be asked for again", r.asked}, {"  others had taken the place of", r.late},
		{"photos without a row, left to the sweep", r.orphans},
		{"database", r.integrity},
		{"LOST", r.lost}, {"TWICE", r.twice}, {"OUT OF ORDER", r.disordered}, {"NOT AS SENT", r.altered}, {"A DAY LATE, UNASKED", r.unasked}, {"half-written files left over", r.leftovers},
		{"seed", r.seed}, {"took", time.Since(r.began).Round(time.Second)}, {"  the storm itself", r.played.Sub(r.began).Round(time.Second)},
	} {
		fmt.Fprintf(t, "%s\t %v\t\n", line.name, line.value)
	}
	_ = t.Flush()
	for i, w := range r.wrong {
		if i == maxTold {
			fmt.Fprintf(out, "… and %d more\n", len(r.wrong)-maxTold)
			break
		}
		fmt.Fprintln(out, w.what)
		for _, line := range w.story {
			fmt.Fprintln(out, "   ", line)
		}
	}
}

var errBroken = errors.New("the promise is broken")

// verdict is nil when the promise held.
func (r *reckoning) verdict() error {
	if len(r.wrong) > 0 || r.integrity != "ok" {
		return fmt.Errorf("%w: %d lost, %d twice, %d out of order, %d not as sent, %d a day late unasked, database %s",
			errBroken, r.lost, r.twice, r.disordered, r.altered, r.unasked, r.integrity)
	}
	return nil
}
