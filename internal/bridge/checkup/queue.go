package checkup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/doctor"
)

// slow is how old the oldest message may be before it is said: the queue is swept
// every two minutes.
const slow = 10 * time.Minute

// tally is how much is in the queue.
type tally struct {
	Waiting int `json:"en_espera"`
	Files   int `json:"archivos"`
	Parked  int `json:"apartados"`
	Damaged int `json:"danados"`
	oldest  time.Time
}

func count(dir string) (tally, error) {
	var t tally
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	for f, err := range queue.Inspect(dir) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return t, fmt.Errorf("read queue: %w", err)
		}
		switch f.State {
		case queue.StateWaiting:
			t.Waiting++
			if t.oldest.IsZero() || f.At.Before(t.oldest) {
				t.oldest = f.At
			}
		case queue.StateFile:
			t.Files++
		case queue.StateParked:
			t.Parked++
		case queue.StateDamaged:
			t.Damaged++
		}
	}
	return t, nil
}

// queue finds out whether messages are held up.
func (e *examiner) queue(context.Context) doctor.Finding {
	t, err := count(e.Queue)
	if err != nil {
		return doctor.Fail("La cola no se puede leer.", "Revise los permisos de la carpeta "+e.Queue+".")
	}
	var found, do []string
	if t.Waiting > 0 {
		age := max(e.Now().Sub(t.oldest), 0)
		found = append(found, doctor.Plural(t.Waiting, "mensaje espera", "mensajes esperan")+", el más antiguo desde hace "+doctor.Span(age)+".")
		if age > slow {
			do = append(do, "Vea arriba por qué no se llega al servidor; salen solos cuando conteste.")
		}
	}
	if t.Files > 0 {
		found = append(found, doctor.Plural(t.Files, "archivo está", "archivos están")+" por llegar.")
	}
	if t.Parked > 0 {
		found = append(found, doctor.Plural(t.Parked, "mensaje apartado", "mensajes apartados")+" porque el servidor no lo quiso.")
		do = append(do, "«bridge queue list» dice los motivos; «bridge queue retry» los entrega otra vez.")
	}
	if t.Damaged > 0 {
		found = append(found, doctor.Plural(t.Damaged, "archivo dañado", "archivos dañados")+" que nadie puede leer.")
		do = append(do, "«bridge queue export» guarda una copia para soporte.")
	}
	return doctor.Sum(found, do, "Vacía.")
}

// Facts are figures for the bundle.
func Facts(o Options) func(ctx context.Context) any {
	return func(ctx context.Context) any {
		queued, _ := count(o.Queue) // what could be counted
		seen, _ := whatsapp.Inspect(ctx, o.Session)
		return struct {
			Library  string `json:"whatsmeow"`
			Protocol string `json:"version_whatsapp"`
			Queue    tally  `json:"cola"`
			Session  bool   `json:"sesion_vinculada"`
		}{o.Library, whatsapp.ProtocolVersion(), queued, seen.Paired}
	}
}
