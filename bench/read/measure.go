package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/server"
)

const (
	token = "kq3v7zt2m5x8n4w6"
	// requests of each kind are measured, after some to warm up.
	requests = 200
	warming  = 50
	// limit is what 95 of 100 requests of each kind have to keep.
	limit = 50 * time.Millisecond
	// reportLimit is that of reports, which look at every ticket of their days: here
	// a thousand a day.
	reportLimit = 500 * time.Millisecond
	// growth is how much longer 99 of 100 may take with a thousand times the
	// tickets, for lists and pages.
	growth = 3
)

// kind is one kind of request: its path, anew each time.
type kind struct {
	name  string
	reads reading
	path  func(*rand.Rand) string
}

// reading says how much a request reads of what there is.
type reading int

const (
	page  reading = iota // as much with a million tickets as with a thousand
	part                 // more of more tickets, but never all that its answer is about
	whole                // all that its answer is about
)

// limit is what 95 of 100 requests have to keep.
func (r reading) limit() time.Duration {
	if r == whole {
		return reportLimit
	}
	return limit
}

// kinds is everything that the panel asks about tickets and customers.
func kinds(tickets int) []kind {
	list := func(name, query string, reads reading) kind {
		return kind{name, reads, func(*rand.Rand) string { return "/api/v1/tickets?" + query }}
	}
	search := func(name, text, more string) kind {
		return kind{name, part, func(*rand.Rand) string { return "/api/v1/buscar?q=" + url.QueryEscape(text) + more }}
	}
	customers := func(name, text string) kind {
		return kind{"customers, " + name, part, func(*rand.Rand) string { return "/api/v1/clientes?buscar=" + url.QueryEscape(text) }}
	}
	report := func(days int) kind {
		return kind{fmt.Sprintf("report, %d days", days), whole, func(*rand.Rand) string { return fmt.Sprintf("/api/v1/informe?dias=%d", days) }}
	}
	number := func(r *rand.Rand) string { return strconv.Itoa(1 + r.IntN(tickets)) }
	month := time.Now().AddDate(0, -14, 0).UTC()
	dates := "desde=" + month.Format(time.RFC3339) + "&hasta=" + month.AddDate(0, 1, 0).Format(time.RFC3339)
	return append([]kind{
		list("list", "", page),
		{"list, a page anywhere", page, func(r *rand.Rand) string { return "/api/v1/tickets?antes=" + number(r) }},
		list("list, pending", "estado=pendiente", page),
		{"list, resolved, a page anywhere", page, func(r *rand.Rand) string { return "/api/v1/tickets?estado=resuelto&antes=" + number(r) }},
		list("list, three open statuses", "estado=pendiente,en_proceso,esperando_cliente", page),
		list("list, a category", "categoria=Software", part),
		list("list, a rare category", "categoria="+url.QueryEscape("Garantías"), part),
		list("list, urgent", "prioridad=urgente", page),
		list("list, urgent or high", "prioridad=urgente,alta", part),
		list("list, somebody's", "asignado=3", page),
		list("list, nobody's", "asignado=nadie", part),
		list("list, with picture", "foto=con", part),
		list("list, without picture", "foto=sin", part),
		list("list, unread", "sin_leer=true", part),
		list("list, a month", dates, part),
		{"list, of a customer", page, func(r *rand.Rand) string {
			return "/api/v1/tickets?cliente=" + strconv.Itoa(1+r.IntN(tickets/ticketsPerContact))
		}},
		list("list, category and status", "categoria=Ventas&estado=pendiente", part),
		list("list, everything at once", "categoria=Ventas&estado=resuelto&prioridad=alta&foto=con&asignado=2&"+dates, part),
		list("list, nothing matches", "categoria=Nada&foto=con", part),
		{"counts", page, func(*rand.Rand) string { return "/api/v1/tickets/resumen" }},
		{"ticket", page, func(r *rand.Rand) string { return "/api/v1/tickets/" + number(r) }},
		report(30),
		report(90),
		{"conversation", page, func(r *rand.Rand) string { return "/api/v1/tickets/" + number(r) + "/conversacion" }},
		search("search, a common word", commonWord+" ", ""),
		search("search, a rare word", rareWord+" ", ""),
		search("search, two common words", commonWord+" "+otherWord+" ", ""),
		search("search, three letters", "imp", ""),
		search("search, three letters of many words", "came", ""),
		search("search, a name", "Begoña Núñez", ""),
		search("search, a first name", "Ana", ""),
		search("search, a ticket's number", "777", ""),
		search("search, a word among the pending", commonWord+" ", "&estado=pendiente"),
		search("search, nothing", "xyzxyz", ""),
		{"customers", part, func(*rand.Rand) string { return "/api/v1/clientes" }},
		customers("a rare name", rareName),
		customers("part of a rare name", "raid"),
		customers("a common name", "begoña"),
		customers("a rare and a common name", rareName+" garcía"),
		customers("two letters", "zo"),
		customers("one letter, nobody", "ж"),
		customers("nobody", "xyzxyz"),
	}, numbers(max(tickets/ticketsPerContact, 1))...)
}

// numbers looks for customers, and for their tickets, by what people type of a
// number.
func numbers(customers int) (all []kind) {
	somebody := func(r *rand.Rand) string {
		for {
			if digits := phone(1 + r.IntN(customers)); len(digits) == 13 && strings.HasPrefix(digits, "521") {
				return digits
			}
		}
	}
	always := func(text string) func(*rand.Rand) string { return func(*rand.Rand) string { return text } }
	for _, k := range []struct {
		name string
		text func(*rand.Rand) string
	}{
		{"from the middle of a number", always("123456")},
		{"a country", always("521")},
		{"a country and a town", always("52147")},
		{"one digit", always("4")},
		{"two digits", always("99")},
		{"one digit again and again", always("7777777")},
		{"the last four digits", func(r *rand.Rand) string { return somebody(r)[9:] }},
		{"a number without country", func(r *rand.Rand) string { return somebody(r)[3:] }},
		{"a number with country", somebody},
		{"a number written another way", func(r *rand.Rand) string { n := somebody(r); return "52" + n[3:] }},
		{"a number as it is shown", func(r *rand.Rand) string {
			n := somebody(r)
			return "+52 (" + n[3:6] + ") " + n[6:9] + "-" + n[9:]
		}},
		{"a number in pairs", func(r *rand.Rand) string {
			n := somebody(r)
			return n[3:5] + " " + n[5:7] + " " + n[7:9] + " " + n[9:11] + " " + n[11:]
		}},
		{"a number nobody has", always("5219990123456")},
		{"a name and digits", always("ana 477")},
	} {
		all = append(all,
			kind{"customers, " + k.name, part, func(r *rand.Rand) string { return "/api/v1/clientes?buscar=" + url.QueryEscape(k.text(r)) }},
			kind{"search, " + k.name, part, func(r *rand.Rand) string { return "/api/v1/buscar?q=" + url.QueryEscape(k.text(r)) }},
		)
	}
	return all
}

// figure is how long one kind of request took.
type figure struct {
	kind
	p50, p95, p99 time.Duration
}

// measure asks servers on a small and a large database everything, again and
// again and in turns, so that whatever else the machine does hits both alike.
func measure(ctx context.Context, paths map[int]string) (few, many []figure, err error) {
	addresses := map[int]string{}
	for tickets, path := range paths {
		dir, err := os.MkdirTemp(filepath.Dir(path), "server-")
		if err != nil {
			return nil, nil, err
		}
		address, stop, err := serve(ctx, dir, path)
		if err != nil {
			return nil, nil, err
		}
		defer func() { err = errors.Join(err, stop(), os.RemoveAll(dir)) }()
		addresses[tickets] = "http://" + address
	}
	mine, theirs := kinds(large), kinds(small)
	for i, k := range mine {
		took := map[int][]time.Duration{}
		random := rand.New(rand.NewPCG(2, 3))
		for n := range warming + requests {
			for tickets, path := range map[int]string{small: theirs[i].path(random), large: k.path(random)} {
				begin := time.Now()
				if err := get(ctx, addresses[tickets]+path); err != nil {
					return nil, nil, fmt.Errorf("%s: %w", k.name, err)
				}
				if n >= warming {
					took[tickets] = append(took[tickets], time.Since(begin))
				}
			}
		}
		few, many = append(few, figureOf(k, took[small])), append(many, figureOf(k, took[large]))
	}
	return few, many, nil
}

func figureOf(k kind, took []time.Duration) figure {
	slices.Sort(took)
	return figure{k, took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100]}
}

// serve runs the product until stop.
func serve(ctx context.Context, dir, path string) (address string, stop func() error, err error) {
	vars := map[string]string{"API_TOKEN": token, "DIRECCION": "127.0.0.1", "PUERTO": "0", "DATABASE_URL": path, "LOG_LEVEL": "error"}
	ctx, cancel := context.WithCancel(ctx)
	ready, done, out := make(chan string, 1), make(chan error, 1), &bytes.Buffer{}
	go func() {
		done <- server.Run(ctx, server.Options{
			Getenv: func(name string) string { return vars[name] }, Dir: dir, Stdout: out, Stderr: io.Discard, Ready: func(a string) { ready <- a },
		})
	}()
	stop = func() error {
		cancel()
		return <-done
	}
	select {
	case address = <-ready:
		return address, stop, nil
	case err := <-done:
		cancel()
		return "", nil, fmt.Errorf("server ended: %w\n%s", err, out)
	}
}

func get(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(w.Body)
	if err = errors.Join(err, w.Body.Close()); err == nil && w.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: got %d %s", address, w.StatusCode, body)
	}
	return err
}

// report prints the figures and says which do not keep their limits.
func report(few, many []figure) error {
	var errs []error
	fmt.Printf("\n%-40s %10s %10s %10s   %s\n", "request", "p50 ms", "p95 ms", "p99 ms", "p50 and p99 ÷ those with 1,000 tickets")
	for i, f := range many {
		ratio := float64(f.p99) / float64(few[i].p99)
		fmt.Printf("%-40s %10.2f %10.2f %10.2f   %5.1f %5.1f\n", f.name, millis(f.p50), millis(f.p95), millis(f.p99), float64(f.p50)/float64(few[i].p50), ratio)
		if f.p95 > f.reads.limit() {
			errs = append(errs, fmt.Errorf("%s: p95 of %.1f ms is over %.0f", f.name, millis(f.p95), millis(f.reads.limit())))
		}
		if f.reads == page && ratio > growth {
			errs = append(errs, fmt.Errorf("%s: p99 grew %.1f times, over %d", f.name, ratio, growth))
		}
	}
	return errors.Join(errs...)
}

func millis(d time.Duration) float64 { return float64(d) / 1e6 }
