package original

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/address"
	"mostrador/internal/ticket"
)

// longestPhone is the longest number in use, in digits. E.164 would allow 15, but
// no country uses more than 13 with its code, and LIDs have 14 or 15: what the
// original cut the @lid off and took for a phone.
const longestPhone = 13

// converted is a row in our terms, with what had to be guessed.
type converted struct {
	from        ticket.Identity
	number      int64
	description string
	status      ticket.Status
	category    string
	createdAt   time.Time
	messages    []ticket.Message // without the photo
	photo       string           // name within the folder of photos, or ""

	hidden bool   // what looked like a phone is a LID
	state  string // a status nobody knows
	undate bool   // the date could not be read
	unread int    // turns without a text that can be read
}

// convert puts a row into our terms. Times without a zone are in zone; one that
// cannot be read becomes now. It fails for a row that does not say whose it is.
func convert(r row, zone *time.Location, now time.Time) (converted, error) {
	from, hidden, err := customer(r["cliente"])
	if err != nil {
		return converted{}, err
	}
	from.Name = strings.TrimSpace(r["nombre_usuario"])
	c := converted{from: from, hidden: hidden, description: strings.TrimSpace(r["descripcion"]), category: strings.TrimSpace(r["categoria"])}
	c.number, _ = strconv.ParseInt(r["id"], 10, 64) // 0: gets the next free one
	var known bool
	if c.status, known = statusOf(r["estado"]); !known {
		c.state = r["estado"]
	}
	if c.createdAt, known = dateOf(r["fecha"], zone); !known {
		c.createdAt, c.undate = now, true
	}
	if c.description == "" {
		c.description = strings.TrimSpace(r["falla_detallada"])
	}
	c.photo = photoName(r["foto_path"])
	c.messages, c.unread = conversation(r, c)
	return c, nil
}

// customer reads the column cliente: an address, or digits that are a phone or
// a LID whose @lid was cut off.
func customer(text string) (who ticket.Identity, hidden bool, err error) {
	a, err := address.Parse(text)
	if err != nil {
		return ticket.Identity{}, false, fmt.Errorf("read customer: %w", err)
	}
	if a.Server == address.PhoneServer && len(a.User) > longestPhone {
		a.Server, hidden = address.LIDServer, true
	}
	if a.IsGroup() {
		return ticket.Identity{}, false, ticket.NewError(ticket.CodeInvalid, "El ticket es de un grupo.")
	}
	return ticket.Identity{Phone: a.Phone(), LID: a.LID(), Chat: a.String()}, hidden, nil
}

// statuses are the words that the original and those who changed its database by
// hand used, in lower case and without accents.
var statuses = map[string]ticket.Status{
	"": ticket.StatusPending, "pendiente": ticket.StatusPending, "abierto": ticket.StatusPending, "nuevo": ticket.StatusPending, "recibido": ticket.StatusPending,
	"en proceso": ticket.StatusInProgress, "en_proceso": ticket.StatusInProgress, "en revision": ticket.StatusInProgress, "proceso": ticket.StatusInProgress,
	"notificado": ticket.StatusInProgress, "enviado": ticket.StatusInProgress, "respondido": ticket.StatusInProgress, "atendiendo": ticket.StatusInProgress,
	"esperando": ticket.StatusWaiting, "esperando cliente": ticket.StatusWaiting, "esperando_cliente": ticket.StatusWaiting, "en espera": ticket.StatusWaiting,
	"resuelto": ticket.StatusResolved, "cerrado": ticket.StatusResolved, "finalizado": ticket.StatusResolved, "completado": ticket.StatusResolved,
	"terminado": ticket.StatusResolved, "entregado": ticket.StatusResolved, "cancelado": ticket.StatusResolved,
}

var withoutAccents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u")

// statusOf reads the column estado; a word nobody knows is pending.
func statusOf(text string) (ticket.Status, bool) {
	status, known := statuses[withoutAccents.Replace(strings.ToLower(strings.TrimSpace(text)))]
	if !known {
		return ticket.StatusPending, false
	}
	return status, true
}

// layouts are how Python and SQLite write times; those without a zone come first.
var layouts = []string{
	"2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
	"02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006",
	time.RFC3339Nano, "2006-01-02 15:04:05.999999-07:00",
}

// dateOf reads the column fecha.
func dateOf(text string, zone *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil && at.Year() > 2000 && at.Year() < 2100 {
			return at, true
		}
	}
	return time.Time{}, false
}

// momentOf reads when something was said: a date, or the seconds or milliseconds
// since 1970 that programs count.
func momentOf(text string, zone *time.Location) (time.Time, bool) {
	const earliest, latest = 1e9, 4e9 // seconds: 2001 and 2096
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err == nil && n > earliest && n < latest:
		return time.UnixMilli(int64(n * 1000)).In(zone), true
	case err == nil && n > earliest*1000 && n < latest*1000:
		return time.UnixMilli(int64(n)).In(zone), true
	}
	return dateOf(text, zone)
}

// photoName is the name of a photo in its folder, whatever folder and system the
// original ran in.
func photoName(path string) string {
	path = strings.TrimSpace(path)
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		path = path[i+1:]
	}
	if strings.EqualFold(path, "none") || strings.EqualFold(path, "null") || path == "." || path == ".." {
		return ""
	}
	return path
}

// keyOf tells a row from all others, also from one with the same number in
// another file.
func keyOf(r row) string {
	sum := sha256.Sum256([]byte(r["cliente"] + "\x00" + r["fecha"] + "\x00" + r["descripcion"]))
	return "original:" + r["id"] + ":" + hex.EncodeToString(sum[:6])
}
