package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mostrador/internal/pgtest"
	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/ticket"
)

// wantTrouble checks that err, and Check after it, say the same in Spanish.
func (s *shop) wantTrouble(err error, part string) {
	s.t.Helper()
	for _, err := range []error{err, s.Check(s.t.Context())} {
		wantCode(s.t, err, ticket.CodeUnavailable)
		if err == nil || !strings.Contains(err.Error(), part) {
			s.t.Errorf("got %v, want a sentence with %q", err, part)
		}
	}
}

func TestALockedDatabaseIsSaidAndHealsByItself(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	s.add(s.fromAna("A1", "hola"))
	s.do("shorten patience", s.Pragma(t.Context(), "busy_timeout = 1"))
	other, err := rawDB(t, s.url).Conn(t.Context())
	s.do("connect", err)
	t.Cleanup(func() { _ = other.Close() })
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	s.do("lock", err)
	_, err = s.AddMessage(t.Context(), s.fromAna("A2", "¿hola?"))
	s.wantTrouble(err, "bloqueada")
	s.clock.Advance(store.ProbeAfter)
	s.wantTrouble(s.Check(t.Context()), "bloqueada") // it has tried again
	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	s.do("unlock", err)
	s.wantTrouble(s.Check(t.Context()), "bloqueada") // it has not tried yet
	s.clock.Advance(store.ProbeAfter)
	s.do("check", s.Check(t.Context()))
	if got := s.add(s.fromAna("A2", "¿hola?")); got.Duplicate || got.Ticket != 1 {
		t.Errorf("the refused message again: got %+v, want it new in ticket 1", got)
	}
	if got := s.add(message(s.origin, "5215550001111", "B1")); got.Ticket != 2 {
		t.Errorf("next ticket: got %d, want 2: a probe leaves the numbers alone", got.Ticket)
	}
}

func TestAFullDiskIsKnownAndForgottenWithTheNextMessage(t *testing.T) {
	s := openShop(t, filepath.Join(t.TempDir(), "tickets.db"))
	s.do("fill disk", s.Pragma(t.Context(), "max_page_count = 1"))
	_, err := s.AddMessage(t.Context(), s.fromAna("A1", strings.Repeat("x", 1<<20)))
	s.wantTrouble(err, "disco está lleno")
	s.do("free disk", s.Pragma(t.Context(), "max_page_count = 1000000"))
	s.add(s.fromAna("A1", "hola"))
	s.do("check", s.Check(t.Context()))
}

func TestADamagedDatabaseTakesNothingAndSaysSo(t *testing.T) {
	s := &shop{t: t, url: filepath.Join(t.TempDir(), "tickets.db"), clock: storetest.NewClock(start)}
	first, err := store.Open(t.Context(), options(s.url))
	s.do("open", err)
	storetest.Origin(t, first)
	s.do("close", first.Close()) // which empties the log into the file
	var page, size int64
	db := rawDB(t, s.url)
	s.do("find table", db.QueryRowContext(t.Context(), `SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = 'messages'`).Scan(&page, &size))
	s.do("close", db.Close())
	f, err := os.OpenFile(s.url, os.O_WRONLY, 0)
	s.do("open file", err)
	_, err = f.WriteAt([]byte(strings.Repeat("?", int(size))), (page-1)*size)
	s.do("damage file", err)
	s.do("close file", f.Close())

	s.Store = s.another()
	s.origin = storetest.Origin(t, s.Store)
	for range 2 {
		_, err = s.AddMessage(t.Context(), s.fromAna("A1", "hola"))
		s.wantTrouble(err, "está dañado")
	}
	if got := s.total(); got != 0 {
		t.Errorf("tickets: got %d, want none of a message that was refused", got)
	}
}

// TestNobodyIsAnsweredBeforeTheCommit holds the commit of many messages, who came
// one after the other, where nothing of it is on the disk yet.
func TestNobodyIsAnsweredBeforeTheCommit(t *testing.T) {
	for _, succeeds := range []bool{true, false} {
		t.Run(fmt.Sprintf("commit succeeds %v", succeeds), func(t *testing.T) {
			s, g := gatedShop(t)
			entered, let := make(chan struct{}), make(chan struct{})
			commits := 0
			s.do("register hook", s.OnCommit(t.Context(), func() bool {
				if commits++; commits > 1 {
					return true
				}
				close(entered)
				<-let
				return succeeds
			}))
			release := g.hold(s)
			const senders = 20
			var answers, failures atomic.Int64
			count := func(err error) {
				if err != nil {
					failures.Add(1)
				}
				answers.Add(1)
			}
			var wg sync.WaitGroup
			for i := range senders {
				wg.Go(func() {
					_, err := s.AddMessage(t.Context(), message(s.origin, fmt.Sprintf("52155123456%02d", i), "A"))
					count(err)
				})
			}
			storetest.Eventually(t, "everybody waits", func() bool { return s.Waiting() == senders })
			wg.Go(func() { count(release()) })
			<-entered
			if total, got := s.total(), answers.Load(); got != 0 || total != 0 {
				t.Errorf("within the commit: got %d answers and %d tickets, want none", got, total)
			}
			close(let)
			wg.Wait()
			failed, total := int64(0), int64(senders+1)
			if !succeeds {
				failed, total = total, failed
			}
			if got := s.total(); got != total || failures.Load() != failed || commits != 1 {
				t.Errorf("after %d commits: got %d tickets and %d failures, want %d and %d after one", commits, got, failures.Load(), total, failed)
			}
			s.add(message(s.origin, "5215512345600", "B"))
		})
	}
}

func TestOnlyAFailedCommitLeavesItOpenWhetherAMessageIsStored(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		lite := !strings.HasPrefix(url, "postgres")
		var p *pgtest.Proxy
		if !lite {
			p = pgtest.NewProxy(t, url)
			url = p.URL
		}
		s := openShop(t, url)
		if err := s.tryReply(store.Reply{WhatsAppID: "R1"}); err == nil || errors.Is(err, store.ErrUnsure) {
			t.Errorf("to no ticket: got %v, want an error that is sure", err)
		}
		if lite {
			s.do("register hook", s.OnCommit(t.Context(), func() bool { return false }))
		} else {
			defer p.HoldCommit()()
		}
		_, err := s.AddMessage(t.Context(), s.fromAna("A2", "hola"))
		if !errors.Is(err, store.ErrUnsure) {
			t.Errorf("got %v, want ErrUnsure", err)
		}
		wantCode(t, err, ticket.CodeUnavailable)
	})
}

func TestOfManyRepeatsAtOnceWithTheMissingFileOneIsKept(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		second := s.another()
		in := s.fromAna("A1", "mira")
		in.Kind, in.Attachments = ticket.KindImage, []ticket.Attachment{{MIME: "image/jpeg", State: ticket.FilePending}}
		s.add(in)
		const repeats = 20
		var used atomic.Int64
		var kept atomic.Value
		var wg sync.WaitGroup
		for i := range repeats {
			wg.Go(func() {
				again, server := in, []*store.Store{s.Store, second}[i%2]
				again.Attachments = []ticket.Attachment{{File: fmt.Sprintf("%d.jpg", i), MIME: "image/jpeg", Size: 7, State: ticket.FileStored}}
				got, err := server.AddMessage(t.Context(), again)
				if err != nil || !got.Duplicate {
					t.Errorf("repeat: got %+v, %v, want a duplicate", got, err)
				}
				if got.UsedFiles {
					used.Add(1)
					kept.Store(again.Attachments[0].File)
				}
			})
		}
		wg.Wait()
		files := s.conversation(1)[0].Attachments
		if used.Load() != 1 || len(files) != 1 || files[0].File != kept.Load() {
			t.Errorf("got %d files said to be used, the last %v, and %+v stored, want one and the same", used.Load(), kept.Load(), files)
		}
	})
}
