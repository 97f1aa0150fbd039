package splice

import (
	"bytes"
	"encoding/base64"
	"io"
	"strconv"
)

// spoiled begins, in the rest, a string that is no base64: neither is this.
const spoiled = `"*`

// taking is one string on its way out of the document.
type taking struct {
	*splitter
	sink io.Writer
	quad [4]byte // characters that do not make up three bytes yet
	n    int     // of them
	full bool    // padding was read: nothing may follow
	bad  bool    // it is no base64; what is wrong with it goes to the rest
}

// take decodes the string that comes next into a sink of its own and puts a mark
// in its place.
func (s *splitter) take() error {
	if s.doc.parts == 0 {
		s.doc.nonce = newNonce()
	}
	if s.doc.parts == maxParts {
		return ErrTooLong
	}
	sink, err := s.open()
	if err != nil {
		return err
	}
	t := &taking{splitter: s, sink: sink}
	part := s.doc.parts
	s.doc.parts++
	if _, err := s.in.Discard(1); err != nil {
		return err
	}
	if err := t.run(); err != nil {
		return err
	}
	if t.n != 0 && !t.bad {
		if err := t.spoil(); err != nil {
			return err
		}
	}
	if t.bad {
		return s.add([]byte{'"'})
	}
	return s.add([]byte(`"` + s.doc.mark(part) + `"`))
}

// run decodes up to the closing quotation mark, which it uses up.
func (t *taking) run() error {
	for {
		chunk, err := t.buffered()
		if err != nil {
			return t.breakOff(err)
		}
		n := plain(chunk)
		if err := t.decode(chunk[:n]); err != nil {
			return err
		}
		closes := n < len(chunk) && chunk[n] == '"'
		escape := n < len(chunk) && !closes
		if closes {
			n++
		}
		if _, err := t.in.Discard(n); err != nil || closes {
			return err
		}
		if escape {
			if err := t.escape(); err != nil {
				return err
			}
		}
	}
}

// breakOff leaves an open string in the rest when the document ends in one.
func (t *taking) breakOff(err error) error {
	if !t.bad {
		if e := t.spoil(); e != nil {
			return e
		}
	}
	return err
}

// spoil notes that the string is no base64.
func (t *taking) spoil() error {
	t.bad = true
	return t.add([]byte(spoiled))
}

// decode takes characters that are neither quotation marks nor escapes.
func (t *taking) decode(text []byte) error {
	for t.n > 0 && len(text) > 0 && !t.bad {
		if err := t.push(text[0]); err != nil {
			return err
		}
		text = text[1:]
	}
	if t.bad {
		return t.leave(text)
	}
	whole := text[:len(text)/4*4]
	if ok, err := t.decodeWhole(whole); err != nil || !ok {
		if err == nil {
			err = t.spoil()
		}
		if err == nil {
			err = t.leave(text)
		}
		return err
	}
	for _, c := range text[len(whole):] {
		if err := t.push(c); err != nil {
			return err
		}
	}
	return nil
}

// decodeWhole takes groups of four characters; ok is false when they are not
// base64.
func (t *taking) decodeWhole(text []byte) (ok bool, err error) {
	if len(text) == 0 {
		return true, nil
	}
	// The decoder skips line breaks; in JSON they are only allowed as escapes.
	if t.full || bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 {
		return false, nil
	}
	n, err := base64.StdEncoding.Decode(t.out, text)
	if err != nil {
		return false, nil //nolint:nilerr // encoding/json will say it of the rest
	}
	t.full = text[len(text)-1] == '='
	_, err = t.sink.Write(t.out[:n])
	return true, err
}

// push takes one character.
func (t *taking) push(c byte) error {
	if t.bad {
		return t.leave([]byte{c})
	}
	if t.full || !inAlphabet(c) {
		if err := t.spoil(); err != nil {
			return err
		}
		return t.leave([]byte{c})
	}
	t.quad[t.n] = c
	if t.n++; t.n < len(t.quad) {
		return nil
	}
	t.n = 0
	ok, err := t.decodeWhole(t.quad[:])
	if err == nil && !ok {
		err = t.spoil()
	}
	return err
}

// escape takes an escaped character.
func (t *taking) escape() error {
	c, raw, ok, err := t.unescape()
	if err != nil {
		return t.breakOff(err)
	}
	if !ok && !t.bad {
		if err := t.spoil(); err != nil {
			return err
		}
	}
	if t.bad {
		return t.keep(raw)
	}
	if _, err := t.in.Discard(len(raw)); err != nil || c == '\n' || c == '\r' {
		return err
	}
	return t.push(c)
}

// unescape reads an escape ahead. ok is false unless it is one that base64 may
// hold: the slash, line breaks, which do not count, and what is written \u00xx.
func (t *taking) unescape() (c byte, raw []byte, ok bool, err error) {
	raw, err = t.in.Peek(2)
	if err != nil {
		return 0, nil, false, err
	}
	switch raw[1] {
	case '/':
		return '/', raw, true, nil
	case 'n', 'r':
		return '\n', raw, true, nil
	case 'u':
		c, raw, ok = t.unicode()
		return c, raw, ok && (inAlphabet(c) || c == '\n' || c == '\r'), nil
	}
	return 0, raw, false, nil
}

// unicode reads \uXXXX ahead; ok is false when it is not ASCII or broken.
func (t *taking) unicode() (c byte, raw []byte, ok bool) {
	raw, _ = t.in.Peek(len(`\u0000`))
	if len(raw) < len(`\u0000`) {
		return 0, raw[:2], false
	}
	code, err := strconv.ParseUint(string(raw[2:]), 16, 16)
	if err != nil {
		return 0, raw[:2], false
	}
	return byte(code & 0x7f), raw, code < 0x80
}

// leave puts into the rest what encoding/json may find fault with in text of a
// string that is no base64. Plain characters of base64 are none of it.
func (t *taking) leave(text []byte) error {
	for len(text) > 0 {
		n := 0
		for n < len(text) && inAlphabet(text[n]) {
			n++
		}
		text = text[n:]
		for n = 0; n < len(text) && !inAlphabet(text[n]); {
			n++
		}
		if err := t.add(text[:n]); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

// inAlphabet reports whether c may stand in base64, padding included.
func inAlphabet(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '='
}
