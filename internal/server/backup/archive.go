package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// Names within a copy: the database first, then photos, then the manifest.
const (
	databaseName = "tickets.db"
	photoDir     = "fotos/"
	manifestName = "manifiesto.json"
)

// manifest is the last entry of a copy: what must be in it. People may read it.
type manifest struct {
	Made     time.Time `json:"hecho"`
	Tickets  int64     `json:"tickets"`
	Messages int64     `json:"mensajes"`
	Files    []entry   `json:"archivos"`
	Missing  []string  `json:"faltan,omitempty"` // photos that a message names and the folder had not
}

type entry struct {
	Name string `json:"nombre"`
	Size int64  `json:"tamano"`
	Sum  string `json:"sha256"`
}

// make writes one copy, reads it back and marks it as one that counts.
func (b *Backups) make(ctx context.Context) (Made, error) {
	b.clear(ctx)
	dir, err := os.MkdirTemp(b.Temp, tempPrefix+"*"+half)
	if err != nil {
		return Made{}, fmt.Errorf("make folder for backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	database := filepath.Join(dir, databaseName)
	b.work.enter(StepDatabase, 0)
	if err := b.Store.CopyTo(ctx, database); err != nil {
		return Made{}, err
	}
	at := b.Now()
	name := nameOf(at, b.Recipient != nil)
	b.call(name)
	// Only this copy's reader can open it besides the recipient, and only now.
	var reader *age.X25519Identity
	if b.Recipient != nil {
		if reader, err = age.GenerateX25519Identity(); err != nil {
			return Made{}, fmt.Errorf("make key: %w", err)
		}
	}
	if err := b.put(ctx, name, database, at, reader); err != nil {
		return Made{}, errors.Join(err, b.Shelf.Remove(context.WithoutCancel(ctx), name))
	}
	b.work.check()
	sum, size, err := b.readBack(ctx, name, dir, reader)
	if err != nil {
		return Made{}, errors.Join(err, b.Shelf.Remove(context.WithoutCancel(ctx), name))
	}
	mark := fmt.Sprintf("%s  %s\n", sum, name) // as sha256sum -c reads it
	if err := b.Shelf.Put(ctx, name+checked, newReader(mark)); err != nil {
		return Made{}, err
	}
	return Made{Name: name, At: at.UTC().Truncate(time.Second), Size: size}, nil
}

// put streams a copy to the shelf.
func (b *Backups) put(ctx context.Context, name, database string, at time.Time, reader *age.X25519Identity) error {
	pipe, w := io.Pipe()
	var packing sync.WaitGroup
	packing.Go(func() { w.CloseWithError(b.pack(ctx, w, database, at, reader)) })
	defer packing.Wait()
	err := b.Shelf.Put(ctx, name, b.work.measured(pipe))
	return errors.Join(err, pipe.Close()) // ends pack when Put gave up
}

// pack writes a copy to w.
func (b *Backups) pack(ctx context.Context, w io.Writer, database string, at time.Time, reader *age.X25519Identity) error {
	var ends []io.Closer // in the order of closing
	if reader != nil {
		sealed, err := age.Encrypt(w, b.Recipient, reader.Recipient())
		if err != nil {
			return fmt.Errorf("encrypt backup: %w", err)
		}
		w, ends = sealed, append(ends, sealed)
	}
	zipped, err := gzip.NewWriterLevel(w, gzip.BestSpeed) // photos do not shrink anyway
	if err != nil {
		return err
	}
	p := &packer{tar: tar.NewWriter(zipped), at: at, work: b.work}
	ends = append([]io.Closer{p.tar, zipped}, ends...)
	if err := b.fill(ctx, p, database); err != nil {
		return err
	}
	for _, end := range ends {
		if err := end.Close(); err != nil {
			return fmt.Errorf("end backup: %w", err)
		}
	}
	return nil
}

// fill puts everything into p: exactly the photos that the copied database names.
func (b *Backups) fill(ctx context.Context, p *packer, database string) error {
	rows, err := store.OpenCopy(database)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	totals, err := rows.Check(ctx)
	if err != nil {
		return err
	}
	m := manifest{Made: p.at.UTC(), Tickets: totals.Tickets, Messages: totals.Messages}
	f, err := os.Open(database)
	if err != nil {
		return fmt.Errorf("open copy: %w", err)
	}
	if info, err := f.Stat(); err == nil {
		b.work.enter(StepPack, info.Size()+totals.FileBytes)
		if err := room(b.Shelf, info.Size()+totals.FileBytes); err != nil {
			_ = f.Close()
			return err
		}
	}
	if m.Files, err = p.add(m.Files, databaseName, f); err != nil {
		return err
	}
	err = rows.Files(ctx, func(name string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := b.Photos.Open(name)
		if ticket.CodeOf(err) == ticket.CodeNotFound {
			m.Missing = append(m.Missing, name)
			return nil
		}
		if err != nil {
			return fmt.Errorf("open photo: %w", err)
		}
		m.Files, err = p.add(m.Files, photoDir+name, f)
		return err
	})
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return p.write(manifestName, int64(len(data)), newReader(string(data)))
}

// packer writes entries of a copy.
type packer struct {
	tar  *tar.Writer
	at   time.Time
	work *work
}

// add writes a file, which it closes, and notes it in list.
func (p *packer) add(list []entry, name string, f *os.File) ([]entry, error) {
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return list, fmt.Errorf("measure %s: %w", name, err)
	}
	sum := sha256.New()
	if err := p.write(name, info.Size(), io.TeeReader(io.LimitReader(f, info.Size()), sum)); err != nil {
		return list, err
	}
	return append(list, entry{Name: name, Size: info.Size(), Sum: hex.EncodeToString(sum.Sum(nil))}), nil
}

func (p *packer) write(name string, size int64, r io.Reader) error {
	header := &tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: p.at.Truncate(time.Second), Format: tar.FormatPAX}
	if err := p.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := io.Copy(p.tar, io.TeeReader(r, p.work)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
