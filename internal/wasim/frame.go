package wasim

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
)

// maxFrame bounds what a client may send at once. The largest thing whatsmeow
// sends is the first upload of 812 keys, about 40 KB.
const maxFrame = 1 << 20

var errFrame = errors.New("malformed frame")

// frameReader cuts the byte stream of a connection into frames: once the four
// bytes of the header, then a length of three bytes and as many bytes of data.
type frameReader struct {
	r       io.Reader
	started bool
}

func (f *frameReader) next() ([]byte, error) {
	if !f.started {
		header := make([]byte, len(socket.WAConnHeader))
		if _, err := io.ReadFull(f.r, header); err != nil {
			return nil, err
		}
		if !bytes.Equal(header, socket.WAConnHeader) {
			return nil, errFrame
		}
		f.started = true
	}
	var length [socket.FrameLengthSize]byte
	if _, err := io.ReadFull(f.r, length[:]); err != nil {
		return nil, err
	}
	n := int(length[0])<<16 | int(length[1])<<8 | int(length[2])
	if n > maxFrame {
		return nil, errFrame
	}
	data := make([]byte, n)
	_, err := io.ReadFull(f.r, data)
	return data, err
}

// appendFrame adds data to buf as a frame.
func appendFrame(buf, data []byte) []byte {
	buf = append(buf, byte(len(data)>>16), byte(len(data)>>8), byte(len(data)))
	return append(buf, data...)
}

// sealer encrypts or decrypts the frames of one direction after the handshake.
// It is not safe for concurrent use.
type sealer struct {
	key     cipher.AEAD
	counter uint32
}

func (s *sealer) seal(plaintext []byte) []byte {
	out := s.key.Seal(nil, nonce(s.counter), plaintext, nil)
	s.counter++
	return out
}

func (s *sealer) open(ciphertext []byte) ([]byte, error) {
	out, err := s.key.Open(ciphertext[:0], nonce(s.counter), ciphertext, nil)
	s.counter++
	return out, err
}

// decodeNode parses the plaintext of a frame. whatsmeow never compresses what
// it sends, so the flag for that is refused and nothing can be inflated here.
func decodeNode(data []byte) (n *waBinary.Node, err error) {
	// The library's decoder asserts types without checking.
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fmt.Errorf("%w: %v", errFrame, r)
		}
	}()
	if len(data) == 0 || data[0] != 0 {
		return nil, errFrame
	}
	return waBinary.Unmarshal(data[1:])
}
