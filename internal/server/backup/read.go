package backup

import (
	"archive/tar"
	"bytes"
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
	"regexp"
	"strings"

	"filippo.io/age"

	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

// maxManifest bounds a manifest, in bytes: a hundred per photo, of a million.
const maxManifest = 256 << 20

// maxFill is more than any archive is filled up with at its end, in bytes.
const maxFill = 1 << 20

// damaged is for a copy that is not what it should be.
var damaged = ticket.NewError(ticket.CodeInvalid, "El respaldo está dañado o no es de Mostrador.")

func newReader(text string) io.Reader { return strings.NewReader(text) }

// readBack reads a copy from the shelf, opens it and compares it with its own
// manifest. It returns the sum and the size of the file.
func (b *Backups) readBack(ctx context.Context, name, dir string, reader *age.X25519Identity) (sum string, size int64, err error) {
	file, err := b.Shelf.Get(ctx, name)
	if err != nil {
		return "", 0, fmt.Errorf("read backup back: %w", err)
	}
	defer func() { _ = file.Close() }()
	whole := &counted{r: io.TeeReader(file, b.work), sum: sha256.New()}
	var identities []age.Identity
	if reader != nil {
		identities = append(identities, reader)
	}
	if err := unpack(ctx, whole, identities, filepath.Join(dir, "vuelta.db"), nil); err != nil {
		return "", 0, fmt.Errorf("read backup back: %w", err)
	}
	if _, err := io.Copy(io.Discard, whole); err != nil { // what follows the end mark
		return "", 0, fmt.Errorf("read backup back: %w", err)
	}
	return hex.EncodeToString(whole.sum.Sum(nil)), whole.n, nil
}

// unpack reads a copy, writes its database to path and gives every photo to
// photo, which may be nil. It returns nil only when everything is there and
// whole; what it has written by then is the caller's to remove.
func unpack(ctx context.Context, r io.Reader, identities []age.Identity, path string, photo func(name string, r io.Reader) error) error {
	if len(identities) > 0 {
		opened, err := age.Decrypt(r, identities...)
		if err != nil {
			return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeForbidden, "Esta identidad no abre el respaldo."), err)
		}
		r = opened
	}
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: %w", damaged, err)
	}
	u := &unpacker{tar: tar.NewReader(zipped), path: path, photo: photo, found: map[string]entry{}}
	m, err := u.all(ctx)
	if err != nil {
		return err
	}
	// The archive's own checksum comes last, behind what fills it up.
	if n, err := io.Copy(io.Discard, io.LimitReader(zipped, maxFill)); err != nil || n == maxFill {
		return errors.Join(damaged, err)
	}
	if err := m.matches(u.found); err != nil {
		return err
	}
	return checkDatabase(ctx, path, m)
}

// unpacker reads the entries of a copy.
type unpacker struct {
	tar   *tar.Reader
	path  string
	photo func(string, io.Reader) error
	found map[string]entry
}

var photoName = regexp.MustCompile(`^fotos/[0-9a-f]{32}\.[a-z0-9]{2,5}$`)

// all reads every entry and returns the manifest, which must be the last.
func (u *unpacker) all(ctx context.Context) (m manifest, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		header, err := u.tar.Next()
		if err != nil {
			return m, fmt.Errorf("%w: %w", damaged, err) // also an end without a manifest
		}
		if header.Name == manifestName {
			data, err := io.ReadAll(io.LimitReader(u.tar, maxManifest))
			if err == nil {
				err = json.Unmarshal(data, &m)
			}
			if err != nil {
				return m, fmt.Errorf("%w: %w", damaged, err)
			}
			if _, err := u.tar.Next(); !errors.Is(err, io.EOF) {
				return m, fmt.Errorf("%w: something follows the manifest", damaged)
			}
			return m, nil
		}
		if err := u.take(header); err != nil {
			return m, err
		}
	}
}

// take reads one entry that is not the manifest.
func (u *unpacker) take(header *tar.Header) error {
	if _, twice := u.found[header.Name]; twice || header.Typeflag != tar.TypeReg {
		return fmt.Errorf("%w: entry %q", damaged, header.Name)
	}
	in := &counted{r: u.tar, sum: sha256.New()}
	var err error
	switch {
	case header.Name == databaseName:
		err = writeFile(u.path, in)
	case photoName.MatchString(header.Name) && u.photo != nil:
		err = u.photo(strings.TrimPrefix(header.Name, photoDir), in)
	case photoName.MatchString(header.Name):
		_, err = io.Copy(io.Discard, in)
	default:
		err = fmt.Errorf("%w: entry %q", damaged, header.Name)
	}
	u.found[header.Name] = entry{Name: header.Name, Size: in.n, Sum: hex.EncodeToString(in.sum.Sum(nil))}
	return err
}

// matches compares the manifest with what was there.
func (m manifest) matches(found map[string]entry) error {
	if len(m.Files) != len(found) {
		return fmt.Errorf("%w: %d files of %d", damaged, len(found), len(m.Files))
	}
	for _, want := range m.Files {
		if found[want.Name] != want {
			return fmt.Errorf("%w: %s is not what it was", damaged, want.Name)
		}
	}
	return nil
}

// checkDatabase opens the database that was in a copy.
func checkDatabase(ctx context.Context, path string, m manifest) error {
	rows, err := store.OpenCopy(path)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	totals, err := rows.Check(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", damaged, err)
	}
	if totals.Tickets != m.Tickets || totals.Messages != m.Messages {
		return fmt.Errorf("%w: %d tickets of %d", damaged, totals.Tickets, m.Tickets)
	}
	return nil
}

// writeFile writes r durably to a new file.
func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("unpack backup: %w", err)
	}
	if _, err = io.Copy(f, r); err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("unpack backup: %w", err)
	}
	return nil
}

// counted sums up what is read through it.
type counted struct {
	r   io.Reader
	n   int64
	sum interface {
		io.Writer
		Sum(b []byte) []byte
	}
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	_, _ = c.sum.Write(p[:n]) // a hash never fails
	return n, err
}

// isEncrypted looks at the first bytes of a copy, and returns a reader of all.
func isEncrypted(r io.Reader) (bool, io.Reader, error) {
	const mark = "age-encryption.org/"
	start := make([]byte, len(mark))
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, nil, fmt.Errorf("read backup: %w", err)
	}
	return string(start[:n]) == mark, io.MultiReader(bytes.NewReader(start[:n]), r), nil
}
