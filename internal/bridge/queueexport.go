package bridge

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"mostrador/internal/bridge/api"
	"mostrador/internal/bridge/queue"
	"mostrador/internal/ticket"
)

// indexName is the table of contents of an export.
const indexName = "indice.txt"

// exportQueue writes all files of the queue as a ZIP: to a file, to one with a
// name of its own if target is "", or to Stdout if it is "-".
func exportQueue(o Options, dir, target string) error {
	if target == "-" {
		_, err := writeZIP(dir, o.Stdout, o.Now())
		return err
	}
	if target == "" {
		target = o.Now().Format("cola-20060102-150405.zip")
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(o.Dir, target)
	}
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return ticket.NewError(ticket.CodeConflict, "Ya existe "+target+": elija otro nombre.")
	}
	if err != nil {
		return explain("No se puede crear "+target+".", err)
	}
	count, err := writeZIP(dir, out, o.Now())
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(explain("No se pudo escribir "+target+".", err), os.Remove(target))
	}
	return say(o.Stdout, fmt.Sprintf("Copia de la cola en %s, con %s. Contiene mensajes de clientes: entréguela solo a quien deba verlos.\n",
		target, api.Plural(count, "archivo", "archivos")))
}

// writeZIP writes the files as they are, and a table of them, and returns how many
// there were.
func writeZIP(dir string, out io.Writer, now time.Time) (int, error) {
	archive, count := zip.NewWriter(out), 0
	var index strings.Builder
	table := tabwriter.NewWriter(&index, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "MENSAJE\tESTADO\tDESDE HACE\tCHAT\tMOTIVO\tARCHIVO")
	for f, err := range queue.Inspect(dir) {
		if err != nil {
			return count, queueProblem(dir, err)
		}
		count++
		path := f.State + "/" + f.File
		_, _ = fmt.Fprintln(table, row(f, now)+"\t"+printable(path))
		if err := addToZIP(archive, path, f.Data, f.At); err != nil {
			return count, err
		}
	}
	_ = table.Flush()
	if err := addToZIP(archive, indexName, []byte(index.String()), now); err != nil {
		return count, err
	}
	if err := archive.Close(); err != nil {
		return count, fmt.Errorf("write zip: %w", err)
	}
	return count, nil
}

func addToZIP(archive *zip.Writer, name string, data []byte, at time.Time) error {
	w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("write zip: %w", err)
	}
	return nil
}
