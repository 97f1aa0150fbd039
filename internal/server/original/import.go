package original

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Options says what to take over and where to; all fields without a remark are
// required.
type Options struct {
	Database string         // path of the original's SQLite file
	Photos   string         // its folder of photos; empty: there are none
	Zone     *time.Location // of its times, which do not say
	Trial    bool           // find out what would happen, and store nothing
	MaxImage int64          // bytes
	Store    *store.Store
	Folder   *photos.Folder // where our photos are
	Origin   store.Origin   // whose tickets they become
	Now      func() time.Time
	// Progress, if set, is called after every ticket.
	Progress func(Report)
}

// Report says what became of the original's tickets.
type Report struct {
	Second   bool // the file is of the original's second version
	Tickets  int  // rows seen
	Imported int
	Existed  int              // imported before
	Refused  map[string]error // by the row's number: why it could not be taken
	Photos   int              // copied
	Missing  []string         // photos that a row names and the folder lacks, or that are no pictures
	Hidden   int              // customers whose number was a LID
	Undated  int              // rows whose time could not be read
	Renamed  int              // tickets whose number was taken here
	Unread   int              // turns of conversations without a text that can be read
	States   map[string]int   // unknown words for a status, and how often
}

// Import takes over the original's tickets. It may be run again, also after it
// was broken off: what is here already stays as it is. Rows that cannot be taken
// are in the report; an error means that the import ended early.
func Import(ctx context.Context, o Options) (Report, error) {
	report := Report{Refused: map[string]error{}, States: map[string]int{}}
	db, err := open(ctx, o.Database)
	if err != nil {
		return report, err
	}
	defer func() { _ = db.db.Close() }()
	report.Second = db.second()
	album := album{Options: o}
	if o.Photos != "" {
		if album.root, err = os.OpenRoot(o.Photos); err != nil {
			return report, fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeNotFound, "No se puede abrir la carpeta de fotos "+o.Photos+"."), err)
		}
		defer func() { _ = album.root.Close() }()
	}
	err = db.each(ctx, func(r row) error {
		report.Tickets++
		if err := album.take(ctx, r, &report); err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(report)
		}
		return nil
	})
	return report, err
}

// album takes over rows with their photos.
type album struct {
	Options
	root *os.Root // nil without photos
}

// take imports one row. Its error ends the import; what is wrong with the row
// alone goes into the report.
func (a *album) take(ctx context.Context, r row, report *Report) error {
	c, err := convert(r, a.Zone, a.Now())
	if err != nil {
		report.Refused[r["id"]] = err
		return nil
	}
	known, err := a.Store.ImportedBefore(ctx, a.Origin.Business, c.from, c.messages[0].WhatsAppID)
	if err != nil {
		return fmt.Errorf("look for ticket: %w", err)
	}
	if known {
		report.Existed++
		return nil
	}
	file, err := a.attach(&c, report)
	if err != nil {
		return err
	}
	number, existed, err := a.Store.Import(ctx, store.Imported{
		Origin: a.Origin, From: c.from, Number: c.number, Title: c.description, Description: c.description, Status: c.status,
		Category: c.category, CreatedAt: c.createdAt, Messages: c.messages, Trial: a.Trial,
	})
	if file != "" && (err != nil || existed) && !errors.Is(err, store.ErrUnsure) {
		err = errors.Join(err, a.Folder.Remove(file))
	}
	switch {
	case ticket.CodeOf(err) == ticket.CodeInvalid:
		report.Refused[r["id"]] = err
		return nil
	case err != nil:
		return fmt.Errorf("store ticket %s: %w", r["id"], err)
	case existed:
		report.Existed++
		return nil
	}
	report.add(c, number)
	return nil
}

// add counts a ticket that was taken.
func (r *Report) add(c converted, number int64) {
	r.Imported++
	r.Unread += c.unread
	if c.hidden {
		r.Hidden++
	}
	if c.undate {
		r.Undated++
	}
	if c.state != "" {
		r.States[c.state]++
	}
	if number != c.number {
		r.Renamed++
	}
}

// attach puts the row's photo on its first message, copying it into our folder
// unless this is a trial. It returns the copy's name.
func (a *album) attach(c *converted, report *Report) (file string, err error) {
	if c.photo == "" {
		return "", nil
	}
	first := &c.messages[0]
	first.Kind = ticket.KindImage
	data, err := a.read(c.photo)
	if err != nil {
		return "", err
	}
	mime, ok := photos.PictureType(data)
	if !ok {
		report.Missing = append(report.Missing, c.photo)
		first.Attachments = []ticket.Attachment{{Name: c.photo, State: ticket.FileUnavailable, Note: "La foto ya no estaba cuando se importó el ticket."}}
		return "", nil
	}
	report.Photos++
	stored := ticket.Attachment{Name: c.photo, MIME: mime, Size: int64(len(data)), State: ticket.FileStored}
	if a.Trial {
		return "", nil
	}
	if stored.File, err = a.Folder.Save(data, mime); err != nil {
		return "", fmt.Errorf("copy photo: %w", err)
	}
	first.Attachments = []ticket.Attachment{stored}
	return stored.File, nil
}

// read returns the bytes of a photo, nothing if it is not there or too large.
func (a *album) read(name string) ([]byte, error) {
	if a.root == nil {
		return nil, nil
	}
	f, err := a.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) || err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, nil // a name that leads out of the folder is one that is not there
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable, "No se puede leer la foto "+name+": revise los permisos de la carpeta."), err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, a.MaxImage+1))
	if err != nil || int64(len(data)) > a.MaxImage {
		return nil, nil //nolint:nilerr // a folder, say, or more than any photo
	}
	return data, nil
}
