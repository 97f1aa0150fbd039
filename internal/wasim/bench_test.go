package wasim_test

import (
	"context"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	waLog "go.mau.fi/whatsmeow/util/log"

	"mostrador/internal/wasim"
)

// benchClient returns a client with whatsmeow's defaults that is linked and
// online.
func benchClient(b *testing.B, s *wasim.Server) *whatsmeow.Client {
	b.Helper()
	db, err := sqlstore.New(b.Context(), "sqlite", "file:"+b.TempDir()+"/s.db?_pragma=foreign_keys(1)&_pragma=synchronous(OFF)&_pragma=journal_mode(WAL)&_txlock=immediate", waLog.Noop)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	c := whatsmeow.NewClient(db.NewDevice(), waLog.Noop)
	c.SetWebsocketHTTPClient(s.HTTPClient())
	c.SetPreLoginHTTPClient(s.HTTPClient())
	codes, err := c.GetQRChannel(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Connect(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Disconnect)
	if err := s.Phone().ScanQR(b.Context(), (<-codes).Code); err != nil {
		b.Fatal(err)
	}
	if err := s.WaitOnline(b.Context()); err != nil {
		b.Fatal(err)
	}
	return c
}

func benchServer(b *testing.B) *wasim.Server {
	b.Helper()
	wasim.Trust()
	s, err := wasim.Start(wasim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkPairing is from nothing to a linked client that is online, with all
// its 812 keys.
func BenchmarkPairing(b *testing.B) {
	s := benchServer(b)
	for b.Loop() {
		benchClient(b, s).Disconnect()
		s.Phone().Unlink()
	}
}

// BenchmarkInbound is one text after another, acknowledged by the client.
func BenchmarkInbound(b *testing.B) {
	s := benchServer(b)
	benchClient(b, s)
	ana := s.NewCustomer(wasim.Profile{})
	ctx := context.Background()
	for b.Loop() {
		if err := s.WaitAcked(ctx, ana.SendText("hola")); err != nil {
			b.Fatal(err)
		}
	}
}
