// Package splice takes large base64 strings out of a JSON document while it is
// read, so that a picture goes from the network to the disk without ever being
// in memory as a whole.
//
// Its one rule: it does not judge JSON. What is left of the document, with a
// short mark for each string taken out, is for encoding/json to read, and is
// valid, and says the same, exactly when the whole document was and did.
package splice

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

const (
	// window is how much of a string is in memory at once.
	window = 32 << 10
	// levels is how deep in the document a field may be.
	levels = 2
	// usualRest is room for a message without its picture.
	usualRest = 512
)

// ErrTooLong reports that more was left of the document than allowed.
var ErrTooLong = errors.New("document is too long")

// Document is what Split left of one.
type Document struct {
	Rest  []byte // JSON
	nonce [16]byte
	parts int
}

// Part returns the number, from 0, of the string that stood where data, which is
// the decoded base64 of a field, stands in Rest; ok is false when data is
// itself what the document says.
func (d *Document) Part(data []byte) (n int, ok bool) {
	if len(data) != len(d.nonce)+1 || !bytes.Equal(data[:len(d.nonce)], d.nonce[:]) {
		return 0, false
	}
	n = int(data[len(d.nonce)])
	return n, n < d.parts
}

// mark is the base64 that stands for part n.
func (d *Document) mark(n int) string {
	return base64.StdEncoding.EncodeToString(append(d.nonce[:], byte(n))) //nolint:gosec // below maxParts
}

// maxParts bounds how often a field may be repeated in one document.
const maxParts = 16

// Split reads a JSON document from r to its end. The base64 strings at fields,
// each the keys from the root in at most 2 steps, are decoded on the way into
// what open returns for each, in their order. What is left may have limit bytes.
//
// A string that is no base64 stays such a one in the rest, so that decoding the
// rest fails as decoding the document would; its part is then incomplete. Split
// returns ErrTooLong, or the error of r, of open or of a write as it is.
func Split(r io.Reader, limit int, fields [][]string, open func() (io.Writer, error)) (Document, error) {
	s, _ := pool.Get().(*splitter)
	defer pool.Put(s)
	s.reset(r, limit, fields, open)
	err := s.run()
	doc := s.doc
	s.reset(nil, 0, nil, nil)
	return doc, err
}

// pool keeps windows for the next documents.
var pool = sync.Pool{New: func() any {
	return &splitter{in: bufio.NewReaderSize(nil, window), out: make([]byte, window)}
}}

// splitter is one Split under way.
type splitter struct {
	in     *bufio.Reader
	out    []byte // decoded bytes on their way to the sink
	limit  int
	fields [][]string
	open   func() (io.Writer, error)
	doc    Document

	depth  int
	object [levels + 1]bool // by depth: is it an object, not a list?
	hits   [levels]uint     // by depth: the fields, as bits, whose key there is the last one read
	last   byte             // of { [ } ] , and : the last one read
}

func (s *splitter) reset(r io.Reader, limit int, fields [][]string, open func() (io.Writer, error)) {
	s.in.Reset(r)
	*s = splitter{in: s.in, out: s.out, limit: limit, fields: fields, open: open}
}

func (s *splitter) run() error {
	s.doc.Rest = make([]byte, 0, usualRest)
	for {
		chunk, err := s.buffered()
		if err != nil {
			return ended(err)
		}
		n := s.skim(chunk)
		if err := s.keep(chunk[:n]); err != nil {
			return err
		}
		if n == len(chunk) {
			continue
		}
		if err := s.text(); err != nil {
			return ended(err)
		}
	}
}

// ended makes nothing of the end of the document, wherever it is: if it is too
// early, the rest is too.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// buffered returns what was read but not used yet, at least one byte.
func (s *splitter) buffered() ([]byte, error) {
	if _, err := s.in.Peek(1); err != nil {
		return nil, err
	}
	return s.in.Peek(s.in.Buffered())
}

// keep moves data, the next of the input, to the rest.
func (s *splitter) keep(data []byte) error {
	if err := s.add(data); err != nil {
		return err
	}
	_, err := s.in.Discard(len(data))
	return err
}

func (s *splitter) add(data []byte) error {
	if len(s.doc.Rest)+len(data) > s.limit {
		return ErrTooLong
	}
	s.doc.Rest = append(s.doc.Rest, data...)
	return nil
}

// skim follows the structure of the document up to the next quotation mark and
// returns how far that is.
func (s *splitter) skim(chunk []byte) int {
	for i, c := range chunk {
		switch c {
		case '"':
			return i
		case '{', '[':
			s.depth++
			if 0 < s.depth && s.depth <= levels {
				s.object[s.depth] = c == '{'
			}
		case '}', ']':
			s.depth--
		case ',', ':':
		default:
			continue
		}
		s.last = c
	}
	return len(chunk)
}

// text handles the string that comes next.
func (s *splitter) text() error {
	if s.depth < 1 || s.depth > levels || !s.object[s.depth] {
		return s.copyText()
	}
	if s.last != ':' {
		return s.key()
	}
	if s.wanted() {
		return s.take()
	}
	return s.copyText()
}

// wanted reports whether the string that comes next is one of the fields.
func (s *splitter) wanted() bool {
	hits := ^uint(0)
	for depth := 1; depth <= s.depth; depth++ {
		if !s.object[depth] {
			return false
		}
		hits &= s.hits[depth-1]
	}
	for i, field := range s.fields {
		if hits&(1<<i) != 0 && len(field) == s.depth {
			return true
		}
	}
	return false
}

// key notes which fields the key that comes next may lead to. Like
// encoding/json it takes upper and lower case for the same.
func (s *splitter) key() error {
	begin := len(s.doc.Rest)
	if err := s.copyText(); err != nil {
		return err
	}
	raw := s.doc.Rest[begin:]
	name := raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') >= 0 {
		var unescaped string
		if json.Unmarshal(raw, &unescaped) == nil {
			name = []byte(unescaped)
		}
	}
	s.hits[s.depth-1] = 0
	for i, field := range s.fields {
		if len(field) >= s.depth && bytes.EqualFold(name, []byte(field[s.depth-1])) {
			s.hits[s.depth-1] |= 1 << i
		}
	}
	return nil
}

// copyText moves the string that comes next, with its quotation marks, to the
// rest. It returns io.EOF when the document ends within it.
func (s *splitter) copyText() error {
	if err := s.keep([]byte{'"'}); err != nil {
		return err
	}
	for {
		chunk, err := s.buffered()
		if err != nil {
			return err
		}
		switch n := plain(chunk); {
		case n == len(chunk):
			err = s.keep(chunk)
		case chunk[n] == '"':
			return s.keep(chunk[:n+1])
		default:
			if err = s.keep(chunk[:n]); err == nil {
				err = s.keepEscape()
			}
		}
		if err != nil {
			return err
		}
	}
}

// plain returns where in a string's chunk the next quotation mark or backslash
// is.
func plain(chunk []byte) int {
	if n := bytes.IndexByte(chunk, '"'); n >= 0 {
		chunk = chunk[:n]
	}
	if n := bytes.IndexByte(chunk, '\\'); n >= 0 {
		return n
	}
	return len(chunk)
}

// keepEscape moves a backslash and what it escapes to the rest.
func (s *splitter) keepEscape() error {
	pair, err := s.in.Peek(2)
	if err != nil && len(pair) == 0 {
		return err
	}
	return s.keep(pair)
}

func newNonce() (nonce [16]byte) {
	_, _ = rand.Read(nonce[:]) // never fails since Go 1.24
	return nonce
}
