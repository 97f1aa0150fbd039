package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"mostrador/internal/httpx"
	"mostrador/internal/server/photos"
	"mostrador/internal/server/splice"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

const (
	// bodySlack is what a webhook's body may hold besides the base64 of one file:
	// the text, and line breaks within the base64 (5 % when they are escaped).
	bodySlack = 1 << 20
	// maxRest is what it may hold besides the base64 of all of them: the largest
	// text and everything around it.
	maxRest = maxContent + maxContent/4
)

// webhookLimit is the size of the largest body that can hold a file of maxFile
// bytes.
func webhookLimit(maxFile int64) int64 { return maxFile/3*4 + maxFile/20 + bodySlack }

// fileFields are the strings of a webhook that go to the disk as they are read.
var fileFields = [][]string{{"imagen"}, {"archivo", "datos"}}

// upload is the bytes of one file of a webhook on their way to the disk. What
// is over the limit is counted, as its size says that it is too large, but not
// kept.
type upload struct {
	folder *photos.Folder
	limit  int64
	size   int64
	head   []byte        // its first bytes, which tell its type
	draft  *photos.Draft // nil without any bytes
}

// Write implements io.Writer; its errors are those of photos.Draft.
func (u *upload) Write(data []byte) (int, error) {
	u.size += int64(len(data))
	if u.size > u.limit {
		u.discard()
		return len(data), nil
	}
	u.head = append(u.head, data[:min(len(data), photos.Sniffed-len(u.head))]...)
	if len(data) == 0 {
		return 0, nil
	}
	if u.draft == nil {
		draft, err := u.folder.Create()
		if err != nil {
			return 0, err
		}
		u.draft = draft
	}
	return u.draft.Write(data)
}

func (u *upload) discard() {
	if u.draft != nil {
		u.draft.Discard()
		u.draft = nil
	}
}

// uploads are the files of one webhook.
type uploads struct {
	folder *photos.Folder
	limit  int64 // of each, in bytes
	all    []*upload
	doc    splice.Document
}

// read reads a webhook whose files go to the disk on the way. discard has to be
// called in the end, also after an error.
func (u *uploads) read(w http.ResponseWriter, r *http.Request) (wire.Webhook, error) {
	var m wire.Webhook
	var err error
	u.doc, err = splice.Split(http.MaxBytesReader(w, r.Body, webhookLimit(u.limit)), maxRest, fileFields, func() (io.Writer, error) {
		return u.add(), nil
	})
	switch {
	case errors.Is(err, splice.ErrTooLong):
		return m, httpx.ErrTooLarge
	case ticket.CodeOf(err) == ticket.CodeUnavailable:
		return m, fmt.Errorf("save file: %w", err)
	case err != nil:
		return m, httpx.BodyError(err)
	}
	return m, httpx.Unmarshal(u.doc.Rest, &m)
}

func (u *uploads) add() *upload {
	one := &upload{folder: u.folder, limit: u.limit}
	u.all = append(u.all, one)
	return one
}

// of returns the file whose bytes a field of the webhook stands for. JSON may
// also hold them as a list of numbers, which are in data itself.
func (u *uploads) of(data []byte) (*upload, error) {
	if n, ok := u.doc.Part(data); ok {
		return u.all[n], nil
	}
	one := u.add()
	_, err := one.Write(data)
	return one, err
}

// discard removes what was not kept.
func (u *uploads) discard() {
	for _, one := range u.all {
		one.discard()
	}
}
