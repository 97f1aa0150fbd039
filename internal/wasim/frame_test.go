package wasim

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
)

func TestFramesAreReadHoweverTheStreamIsCut(t *testing.T) {
	t.Parallel()
	stream := bytes.Clone(socket.WAConnHeader)
	want := [][]byte{[]byte("uno"), {}, bytes.Repeat([]byte{7}, 70_000)}
	for _, data := range want {
		stream = appendFrame(stream, data)
	}
	reader := &frameReader{r: iotest.OneByteReader(bytes.NewReader(stream))}
	for i := range want {
		got, err := reader.next()
		if err != nil || !bytes.Equal(got, want[i]) {
			t.Errorf("got frame of %d bytes and error %v, want %d bytes", len(got), err, len(want[i]))
		}
	}
	if _, err := reader.next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v at the end, want %v", err, io.EOF)
	}
}

func TestAStreamThatIsNotWhatsAppsIsRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		stream string
		want   error
	}{
		{"GET / HTTP/1.1", errFrame},
		{"WA\x06\x03\xff\xff\xff", errFrame},
		{"WA\x06", io.ErrUnexpectedEOF},
		{"WA\x06\x03\x00\x00\x05abc", io.ErrUnexpectedEOF},
	} {
		reader := &frameReader{r: bytes.NewReader([]byte(tc.stream))}
		if _, err := reader.next(); !errors.Is(err, tc.want) {
			t.Errorf("got %v for %q, want %v", err, tc.stream, tc.want)
		}
	}
}

func TestOnlyUncompressedStanzasAreDecoded(t *testing.T) {
	t.Parallel()
	data, err := waBinary.Marshal(node{Tag: "iq", Attrs: attrs{"id": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := decodeNode(data)
	if err != nil || n.Tag != "iq" || str(n, "id") != "1" {
		t.Errorf("got %v and error %v, want the iq", n, err)
	}
	data[0] = 2
	// 0xf7 is an address of a device: the decoder takes its user for a string.
	for _, bad := range [][]byte{nil, {0}, {2, 1}, data, {0, 0xf8, 3, 0xfc, 1, 'a', 0xfc, 1, 'b', 0xf7, 0, 0, 0}} {
		if n, err := decodeNode(bad); err == nil {
			t.Errorf("got %v from %x, want an error", n, bad)
		}
	}
}
