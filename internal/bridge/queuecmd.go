package bridge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/whatsapp"
	"mostrador/internal/config"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const queueHelp = `Los mensajes que están en la laptop, con el puente abierto o cerrado:

  bridge queue list               lista los mensajes: estado, desde cuándo, chat y motivo
  bridge queue show MENSAJE…      muestra mensajes completos, también su texto
  bridge queue retry [MENSAJE…]   devuelve mensajes apartados a la cola; sin nombrar ninguno, todos
  bridge queue export [ARCHIVO]   guarda una copia de toda la cola en un archivo zip para soporte;
                                  con - la escribe en la salida

MENSAJE es lo que «bridge queue list» muestra en la primera columna, el nombre de
su archivo, su clave o el id que le dio WhatsApp.
`

// queueCommand does one of the commands of queueHelp. What only looks reads the
// folder, whose files never change; what changes something is left to the running
// bridge, if there is one.
func queueCommand(ctx context.Context, o Options, args []string) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	dir := filepath.Join(o.Dir, queueDir)
	command, refs := args[0], args[1:]
	if command == "help" {
		return say(o.Stdout, queueHelp)
	}
	if _, err := os.Stat(dir); err != nil {
		return ticket.NewError(ticket.CodeNotFound, "Aquí no hay carpeta "+queueDir+": ejecute el comando en la carpeta del puente.")
	}
	switch {
	case command == "list" && len(refs) == 0:
		return listQueue(dir, o.Stdout, o.Now())
	case command == "show" && len(refs) > 0:
		return showQueued(dir, refs, o.Stdout)
	case command == "retry":
		return retryQueued(ctx, o, dir, refs)
	case command == "export" && len(refs) <= 1:
		return exportQueue(o, dir, strings.Join(refs, ""))
	}
	return ticket.NewError(ticket.CodeInvalid, "Ese comando no existe o le falta algo. «bridge queue help» dice cómo se usa.")
}

// stateWords is how the states are put to people.
var stateWords = map[string]string{
	queue.StateWaiting: "en espera",
	queue.StateFile:    "falta el archivo",
	queue.StateParked:  "apartado",
	queue.StateDamaged: "dañado",
}

// listQueue writes a table of everything in the queue, without any text.
func listQueue(dir string, out io.Writer, now time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "MENSAJE\tESTADO\tDESDE HACE\tCHAT\tMOTIVO")
	count := map[string]int{}
	for f, err := range queue.Inspect(dir) {
		if err != nil {
			return queueProblem(dir, err)
		}
		count[f.State]++
		_, _ = fmt.Fprintln(table, row(f, now))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return say(out, fmt.Sprintf("\n%s en espera, %s por enviar, %s, %s.\n",
		api.Plural(count[queue.StateWaiting], "mensaje", "mensajes"), api.Plural(count[queue.StateFile], "archivo", "archivos"),
		api.Plural(count[queue.StateParked], "apartado", "apartados"), api.Plural(count[queue.StateDamaged], "dañado", "dañados")))
}

// row is a line of the table, its cells parted by tabs.
func row(f queue.Found, now time.Time) string {
	age := "-"
	if !f.At.IsZero() {
		age = api.Span(max(0, now.Sub(f.At)))
	}
	reason := f.Entry.Reason
	if !f.Readable {
		reason = "no es un mensaje que se pueda leer"
	}
	return strings.Join([]string{printable(f.Ref()), stateWords[f.State], age, cmp.Or(printable(f.Entry.Chat), "-"), printable(reason)}, "\t")
}

// printable is s on one line and without what moves a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}

// showQueued writes everything about the messages that refs name.
func showQueued(dir string, refs []string, out io.Writer) error {
	found, err := find(dir, "", refs)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := say(out, describe(f)); err != nil {
			return err
		}
	}
	return nil
}

// find returns what refs name, in one state unless that is ""; each must name
// something.
func find(dir, state string, refs []string) ([]queue.Found, error) {
	var all []queue.Found
	named := map[string]bool{}
	for f, err := range queue.Inspect(dir) {
		if err != nil {
			return nil, queueProblem(dir, err)
		}
		if state != "" && f.State != state {
			continue
		}
		meant := false
		for _, ref := range refs {
			if f.Is(ref) {
				named[ref], meant = true, true
			}
		}
		if meant {
			all = append(all, f)
		}
	}
	for _, ref := range refs {
		if !named[ref] {
			where := cmp.Or(state, queueDir)
			return nil, ticket.NewError(ticket.CodeNotFound, fmt.Sprintf("En %s no hay ningún mensaje %q. «bridge queue list» muestra los que hay.", where, ref))
		}
	}
	return all, nil
}

func describe(f queue.Found) string {
	var text strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%-10s %s\n", name+":", printable(value))
		}
	}
	m := f.Entry.Message
	line("Archivo", f.State+"/"+f.File)
	line("Estado", stateWords[f.State])
	if !f.At.IsZero() {
		line("Recibido", f.At.Format(time.DateTime))
	}
	line("Motivo", f.Entry.Reason)
	line("Clave", f.Entry.Key)
	line("Chat", f.Entry.Chat)
	line("De", strings.TrimSpace(m.Sender+" "+m.Name))
	line("Tipo", m.Kind)
	if r := f.Entry.Receipt; r != nil {
		line("Aviso", fmt.Sprintf("%s: %s", r.State, strings.Join(r.IDs, ", ")))
	}
	if !f.Readable {
		line("Contenido", fmt.Sprintf("%d bytes que no son un mensaje que se pueda leer", len(f.Data)))
	}
	for part := range strings.SplitSeq(m.Content, "\n") {
		line("Texto", part)
	}
	return text.String() + "\n"
}

// retryQueued puts parked messages back into the queue.
func retryQueued(ctx context.Context, o Options, dir string, refs []string) error {
	found, err := find(dir, queue.StateParked, refs)
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(found))
	for _, f := range found {
		if !f.Readable {
			return ticket.NewError(ticket.CodeInvalid, fmt.Sprintf("El archivo %s no se puede leer y no puede volver a la cola.", printable(f.File)))
		}
		keys = append(keys, f.Entry.Key)
	}
	lock, err := whatsapp.Lock(filepath.Join(o.Dir, sessionDir))
	if ticket.CodeOf(err) == ticket.CodeConflict {
		count, err := askToRetry(ctx, o, keys)
		if err != nil {
			return err
		}
		return say(o.Stdout, backInQueue(count, "Se entregan ahora."))
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	q, err := queue.Open(dir, o.Now)
	if err != nil {
		return queueProblem(dir, err)
	}
	count, err := q.Retry(keys)
	if err != nil {
		return queueProblem(dir, err)
	}
	return say(o.Stdout, backInQueue(count, "Se entregan cuando el puente esté abierto."))
}

func backInQueue(count int, when string) string {
	if count == 0 {
		return "No hay mensajes apartados.\n"
	}
	return api.Plural(count, "mensaje vuelve", "mensajes vuelven") + " a la cola. " + when + "\n"
}

// askTime is what the running bridge has to answer.
const askTime = time.Minute

// askToRetry has the running bridge do it.
func askToRetry(ctx context.Context, o Options, keys []string) (int, error) {
	c, err := config.LoadBridge(o.Getenv, o.Dir)
	if err != nil {
		return 0, err
	}
	addr, err := net.ResolveTCPAddr("tcp", c.Address)
	if err != nil {
		return 0, listenProblem(ctx, c.Address, err)
	}
	body, err := json.Marshal(wire.Retry{Keys: keys})
	if err != nil {
		return 0, fmt.Errorf("encode order: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(pageURL(addr), "/")+wire.PathParked, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	// No proxy stands between this machine and itself.
	resp, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		return 0, explain("El puente está abierto, pero no contesta en "+addr.String()+": revise PUERTO_LOCAL en .env.", err)
	}
	defer resp.Body.Close()
	var answer struct {
		wire.RetryReply
		wire.BridgeError
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		return 0, ticket.NewError(ticket.CodeUnavailable, "El puente abierto no hizo lo pedido: "+cmp.Or(answer.Error, resp.Status))
	}
	return answer.Retried, nil
}
