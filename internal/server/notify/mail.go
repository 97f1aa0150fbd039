package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

// mailbox is a mail server and who gets what through it.
type mailbox struct {
	host, port     string
	user, password string
	from           mail.Address
	to             []*mail.Address
	implicit       bool // TLS from the first byte on
	plain          bool // no TLS although it is offered
}

// mailTarget understands smtp://user:password@host:port/?from=…&to=…,…
func mailTarget(u *url.URL, p *parameters) (target, error) {
	b := &mailbox{host: u.Hostname(), port: or(u.Port(), "25"), user: u.User.Username()}
	b.password, _ = u.User.Password()
	from, err := mail.ParseAddress(p.take("from", "fromaddress"))
	if err != nil {
		return nil, invalid("Para el correo se escribe smtp://USUARIO:CLAVE@SERVIDOR:587/?from=DE&to=PARA; «from» no es una dirección.")
	}
	b.from = *from
	if name := p.take("fromname"); name != "" {
		b.from.Name = name
	}
	if b.to, err = mail.ParseAddressList(p.take("to", "toaddresses")); err != nil {
		return nil, invalid("En la dirección de correo, «to» es una o más direcciones con comas entre ellas.")
	}
	switch encryption := strings.ToLower(p.take("encryption")); encryption {
	case "", "auto", "explicittls":
		b.implicit = b.port == "465"
	case "implicittls":
		b.implicit = true
	case "none":
		b.plain = true
	default:
		return nil, invalid("En la dirección de correo, «encryption» es Auto, None, ExplicitTLS o ImplicitTLS.")
	}
	if !p.yes("usestarttls", true) {
		b.plain = !b.implicit
	}
	if strings.EqualFold(p.take("auth"), "none") {
		b.user = ""
	}
	return b, nil
}

func (b *mailbox) send(ctx context.Context, n *network, id string, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := n.dialer.DialContext(ctx, "tcp", net.JoinHostPort(b.host, b.port))
	if err != nil {
		return fmt.Errorf("reach mail server: %w", err)
	}
	defer func() { _ = conn.Close() }() // the server has taken it by then, or not
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("set deadline: %w", err)
		}
	}
	conn = &limited{Conn: conn, left: maxConversation}
	if b.implicit {
		conn = tls.Client(conn, b.tls(n))
	}
	c, err := smtp.NewClient(conn, b.host)
	if err != nil {
		return mailProblem(err)
	}
	if err := b.talk(c, n, b.letter(id, m, n.now())); err != nil {
		return mailProblem(err)
	}
	return nil
}

func (b *mailbox) tls(n *network) *tls.Config {
	return &tls.Config{ServerName: b.host, RootCAs: n.roots, MinVersion: tls.VersionTLS12}
}

func (b *mailbox) talk(c *smtp.Client, n *network, letter []byte) error {
	if offered, _ := c.Extension("STARTTLS"); offered && !b.plain && !b.implicit {
		if err := c.StartTLS(b.tls(n)); err != nil {
			return fmt.Errorf("start tls: %w", err)
		}
	}
	if b.user != "" {
		// It refuses to say the password to a server without TLS.
		if err := c.Auth(smtp.PlainAuth("", b.user, b.password, b.host)); err != nil {
			return fmt.Errorf("log in: %w", err)
		}
	}
	if err := c.Mail(b.from.Address); err != nil {
		return fmt.Errorf("name sender: %w", err)
	}
	for _, to := range b.to {
		if err := c.Rcpt(to.Address); err != nil {
			return fmt.Errorf("name receiver: %w", err)
		}
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("begin letter: %w", err)
	}
	if _, err := w.Write(letter); err != nil {
		return fmt.Errorf("write letter: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("end letter: %w", err)
	}
	_ = c.Quit() // it is delivered
	return nil
}

// letter is the message as mail is written. No part of it can begin a header.
func (b *mailbox) letter(id string, m Message, now time.Time) []byte {
	var out bytes.Buffer
	to := make([]string, len(b.to))
	for i, a := range b.to {
		to[i] = a.String()
	}
	domain := b.from.Address[strings.LastIndexByte(b.from.Address, '@')+1:]
	for _, line := range [][2]string{
		{"From", b.from.String()}, {"To", strings.Join(to, ", ")}, {"Subject", mime.QEncoding.Encode("utf-8", oneLine(m.Title))},
		{"Date", now.Format(time.RFC1123Z)}, {"Message-ID", "<" + id + "@" + domain + ">"}, {"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&out, "%s: %s\r\n", line[0], line[1])
	}
	out.WriteString("\r\n")
	w := quotedprintable.NewWriter(&out)
	_, _ = io.WriteString(w, strings.ReplaceAll(m.text(), "\n", "\r\n")) // to memory
	_ = w.Close()
	return out.Bytes()
}

// mailProblem is err with what a mail server's code says.
func mailProblem(err error) error {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return &refusal{said.Code}
	}
	return err
}

// limited is a connection that reads so much and no more.
type limited struct {
	net.Conn
	left int
}

// Read implements net.Conn.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("the other side says too much")
	}
	n, err := l.Conn.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
