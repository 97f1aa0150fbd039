package notify_test

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"

	"mostrador/internal/server/store"
)

// postOffice is a mail server that takes one letter for each connection, or
// refuses its receiver.
type postOffice struct {
	net.Listener
	letters chan string
	refusal string
}

func openPostOffice(t *testing.T, refusal string) *postOffice {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &postOffice{Listener: ln, letters: make(chan string, 10), refusal: refusal}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			o.serve(conn)
		}
	}()
	t.Cleanup(func() { _ = ln.Close(); <-done })
	return o
}

func (o *postOffice) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 correo.example")
	var letter strings.Builder
	for lines, inLetter := bufio.NewScanner(conn), false; lines.Scan(); {
		line := lines.Text()
		switch verb, _, _ := strings.Cut(line, " "); {
		case inLetter && line == ".":
			inLetter = false
			o.letters <- letter.String()
			say("250 ok")
		case inLetter:
			letter.WriteString(line + "\r\n")
		case verb == "EHLO":
			say("250 correo.example")
		case verb == "RCPT" && o.refusal != "":
			say(o.refusal)
		case verb == "DATA":
			inLetter = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			letter.WriteString(line + "\r\n")
			say("250 ok")
		}
	}
}

func TestMailIsWrittenSoThatNothingInItBecomesAHeader(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		office := openPostOffice(t, "")
		s.say(func(n *store.NoticeSettings) { n.Detail = true })
		s.add(store.Channel{Kind: store.ChannelAddress, Address: "smtp://" + office.Addr().String() + "/?from=mesa@taller.example&fromname=El+Taller&to=jefa@taller.example,luis@taller.example"})
		s.write("5215500000001", "A1", "no prende\r\nBcc: otro@mal.example\r\n\r\n.\r\nñandú")
		s.settle(20_000_000_000)
		raw := <-office.letters
		if !strings.HasPrefix(raw, "MAIL FROM:<mesa@taller.example>") || strings.Count(raw, "RCPT TO:") != 2 {
			t.Errorf("got %s, want it from the shop to both", raw)
		}
		_, raw, _ = strings.Cut(raw, "From: ")
		letter, err := mail.ReadMessage(strings.NewReader("From: " + raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
		if err != nil || subject != "Ticket nuevo: 1" || letter.Header.Get("Bcc") != "" || len(letter.Header) != 9 {
			t.Errorf("got %v, %v, want nothing added", letter.Header, err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(letter.Body))
		if err != nil || !bytes.Contains(body, []byte("Ana Torres: no prende")) {
			t.Errorf("got %q, %v, want the ticket", body, err)
		}
	})
}

func TestAMailServersRefusalIsTold(t *testing.T) {
	s := openShop(t, t.TempDir()+"/tickets.db", true)
	office := openPostOffice(t, "550 no such user")
	c := s.add(store.Channel{Kind: store.ChannelAddress, Address: "smtp://" + office.Addr().String() + "/?from=mesa@taller.example&to=nadie@taller.example"})
	if got, err := s.Test(t.Context(), s.origin.Business, c.ID); err != nil || !strings.Contains(got.LastError, "550") {
		t.Errorf("got %+v, %v, want the code to be told", got, err)
	}
	// A password is not said to a server that offers no TLS, unless it is this machine.
	c = s.add(store.Channel{Kind: store.ChannelAddress, Address: "smtp://ana:clave@" + strings.Replace(office.Addr().String(), "127.0.0.1", "127.0.0.2", 1) + "/?from=mesa@taller.example&to=nadie@taller.example"})
	if got, err := s.Test(t.Context(), s.origin.Business, c.ID); err != nil || got.LastError == "" {
		t.Errorf("got %+v, %v, want a failure", got, err)
	}
}
