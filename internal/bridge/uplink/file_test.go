package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/bridge/uplink"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

// jpeg is as much of a picture as tells its type.
var jpeg = []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00")

var errLater = errors.New("media server: 500")

type fetch = func(context.Context, []byte) (uplink.File, error)

func gives(data []byte) fetch {
	return func(context.Context, []byte) (uplink.File, error) {
		return uplink.File{Data: data, MIME: "application/pdf", Name: "nota.pdf"}, nil
	}
}

func (f *fixture) message(t *testing.T, n int) wire.Webhook {
	t.Helper()
	calls := f.got()
	if len(calls) <= n {
		t.Fatalf("got %d deliveries, want more than %d", len(calls), n)
	}
	return calls[n].message
}

func TestAPictureTravelsWithItsText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, gives(jpeg))
		f.put(t, "ana", "1", 7)
		after(time.Hour)
		f.wantTimes(t, 0)
		if m := f.message(t, 0); !bytes.Equal(m.Image, jpeg) || m.File != nil || m.Content != "texto 1" {
			t.Errorf("got %+v, want text and picture", m)
		}
	})
}

func TestWhatIsNotAPictureTravelsAsAFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, gives([]byte("%PDF-1.7")))
		f.put(t, "ana", "1", 7)
		synctest.Wait()
		m := f.message(t, 0)
		if m.Image != nil || m.File == nil || string(m.File.Data) != "%PDF-1.7" || m.File.Name != "nota.pdf" || m.File.State != "" {
			t.Errorf("got %+v with file %+v, want the file", m, m.File)
		}
	})
}

func TestTheTextDoesNotWaitForASlowPhoto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(ctx context.Context, _ []byte) (uplink.File, error) {
			select {
			case <-time.After(30 * time.Second):
				return uplink.File{Data: jpeg}, nil
			case <-ctx.Done():
				return uplink.File{}, ctx.Err()
			}
		}
		f := start(t, &fakeServer{answer: yes}, slow)
		f.put(t, "ana", "1", 7)
		f.put(t, "ana", "2")
		after(3 * time.Second)
		f.wantTimes(t, 2*time.Second, 2*time.Second)
		if m := f.message(t, 0); m.Content != "texto 1" || m.File == nil || m.File.State != wire.FilePending {
			t.Errorf("got %+v, want the text and the news of a file", m)
		}
		f.wantQueue(t, 0, 1, 0)
		after(time.Minute)
		f.wantTimes(t, 2*time.Second, 2*time.Second, 32*time.Second)
		if m := f.message(t, 2); m.ID != "1" || m.Content != "texto 1" || !bytes.Equal(m.Image, jpeg) {
			t.Errorf("got %+v, want the same id with the picture", m)
		}
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestAPhotoThatFailsIsTriedAgainUntilItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries []time.Duration
		begin := time.Now()
		f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) {
			tries = append(tries, time.Since(begin))
			if len(tries) < 6 {
				return uplink.File{}, errLater
			}
			return uplink.File{Data: jpeg}, nil
		})
		f.put(t, "ana", "1", 7)
		after(time.Hour)
		want := []time.Duration{0, 0, 5 * time.Second, 15 * time.Second, 35 * time.Second, 75 * time.Second}
		for i := range min(len(want), len(tries)) {
			if tries[i] != want[i] {
				t.Errorf("tries at %v, want %v", tries, want)
				break
			}
		}
		f.wantTimes(t, 0, 75*time.Second)
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestAPhotoIsGivenUpAfterAWeekWithANote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) { return uplink.File{}, errLater })
		f.put(t, "ana", "1", 7)
		after(7 * 24 * time.Hour)
		f.wantQueue(t, 0, 1, 0)
		after(time.Hour)
		f.wantQueue(t, 0, 0, 0)
		if m := f.message(t, 1); m.ID != "1" || m.File == nil || m.File.State != wire.FileGone || m.File.Note == "" {
			t.Errorf("got %+v with file %+v, want the note that it will not come", m, m.File)
		}
	})
}

func TestAPhotoOutlastsAnyTimeWithoutWhatsApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connected atomic.Bool
		f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) {
			if !connected.Load() {
				return uplink.File{}, ticket.NewError(ticket.CodeUnavailable, "WhatsApp desconectado")
			}
			return uplink.File{Data: jpeg}, nil
		})
		f.put(t, "ana", "1", 7)
		after(8*24*time.Hour + time.Second)
		f.wantQueue(t, 0, 1, 0)
		f.wantTimes(t, 0)
		connected.Store(true)
		f.uplink.Wake()
		synctest.Wait()
		f.wantTimes(t, 0, 8*24*time.Hour+time.Second)
		if m := f.message(t, 1); m.ID != "1" || !bytes.Equal(m.Image, jpeg) {
			t.Errorf("got %+v with file %+v, want the picture", m, m.File)
		}
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestTimeWithoutWhatsAppIsNoneOfThePhotosTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var connected atomic.Bool
		f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) {
			if !connected.Load() {
				return uplink.File{}, ticket.NewError(ticket.CodeUnavailable, "WhatsApp desconectado")
			}
			return uplink.File{}, errLater
		})
		f.put(t, "ana", "1", 7)
		after(8 * 24 * time.Hour)
		connected.Store(true)
		after(20 * time.Minute) // the eight tries that it still has take longer
		f.wantQueue(t, 0, 1, 0)
		after(time.Hour)
		f.wantQueue(t, 0, 0, 0)
		if m := f.message(t, 1); m.File == nil || m.File.State != wire.FileGone {
			t.Errorf("got %+v with file %+v, want the note that it will not come", m, m.File)
		}
	})
}

func TestAPhotoThatIsGoneOrTooBigLeavesANote(t *testing.T) {
	for _, code := range []ticket.Code{ticket.CodeNotFound, ticket.CodeTooLarge} {
		synctest.Test(t, func(t *testing.T) {
			f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) {
				return uplink.File{}, fmt.Errorf("fetch: %w", ticket.NewError(code, "La foto ya no existe."))
			})
			f.put(t, "ana", "1", 7)
			after(time.Hour)
			f.wantTimes(t, 0)
			if m := f.message(t, 0); m.File == nil || m.File.State != wire.FileGone || m.File.Note != "La foto ya no existe." {
				t.Errorf("%s: got file %+v, want the note", code, m.File)
			}
			f.wantQueue(t, 0, 0, 0)
		})
	}
}

func TestAPictureTooLargeForTheServerIsLeftOut(t *testing.T) {
	tooLarge := func(_ int, m wire.Webhook) (int, string) {
		if len(m.Image) > 0 {
			return http.StatusRequestEntityTooLarge, `{"detail":"La imagen pasa de 16 MB."}`
		}
		return http.StatusOK, accepted
	}
	check := func(t *testing.T, f *fixture) {
		t.Helper()
		calls := f.got()
		last := calls[len(calls)-1].message
		if last.Content != "texto 1" || last.File == nil || last.File.State != wire.FileGone || last.File.Note != "La imagen pasa de 16 MB." {
			t.Errorf("last delivery: got %+v with file %+v, want text and note", last, last.File)
		}
		f.wantQueue(t, 0, 0, 0)
	}
	t.Run("with the text", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := start(t, &fakeServer{answer: tooLarge}, gives(jpeg))
			f.put(t, "ana", "1", 7)
			after(time.Hour)
			check(t, f)
		})
	})
	t.Run("after the text", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			late := 0
			f := start(t, &fakeServer{answer: tooLarge}, func(context.Context, []byte) (uplink.File, error) {
				if late++; late == 1 {
					return uplink.File{}, errLater
				}
				return uplink.File{Data: jpeg}, nil
			})
			f.put(t, "ana", "1", 7)
			after(time.Hour)
			check(t, f)
		})
	})
}

// nginx answers what is over its limit with html.
const nginx = "<html><center><h1>413 Request Entity Too Large</h1></center></html>"

func TestAPictureThatAProxyTurnsAwayWaitsUntilItsLimitIsLifted(t *testing.T) {
	for name, fetched := range map[string]int{"with the text": 1, "after the text": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var lifted atomic.Bool
				large := append(bytes.Clone(jpeg), make([]byte, 5000)...)
				fetches := 0
				f := start(t, &fakeServer{answer: func(_ int, m wire.Webhook) (int, string) {
					if len(m.Image) > 1000 && !lifted.Load() {
						return http.StatusRequestEntityTooLarge, nginx
					}
					return http.StatusOK, accepted
				}}, func(_ context.Context, media []byte) (uplink.File, error) {
					if media[0] == 1 {
						return uplink.File{Data: jpeg}, nil
					}
					if fetches++; fetches < fetched {
						return uplink.File{}, errLater
					}
					return uplink.File{Data: large}, nil
				})
				f.put(t, "ana", "1", 7)
				after(24 * time.Hour)
				f.wantQueue(t, 0, 1, 0)
				if fetches > 160 {
					t.Errorf("the picture was tried %d times in a day, want pauses of ten minutes", fetches)
				}
				f.put(t, "beto", "2", 1) // small enough for the proxy
				f.put(t, "ciro", "3")
				after(time.Second)
				if got := f.uplink.State(); !got.Reachable || !strings.Contains(got.Error, "client_max_body_size") {
					t.Errorf("state: got %+v, want what to do about the proxy", got)
				}
				lifted.Store(true)
				after(10 * time.Minute)
				f.wantQueue(t, 0, 0, 0)
				if got := f.uplink.State(); got.Error != "" {
					t.Errorf("state: got the error %q, want none any more", got.Error)
				}
				f.wantTaken(t, "1 pendiente", "2 imagen", "3", "1 imagen")
				f.stop()
				if got := strings.Count(f.log.String(), "client_max_body_size"); got != 1 {
					t.Errorf("the log says %d times what to do, want once", got)
				}
			})
		})
	}
}

// wantTaken checks what the server was sent and did not turn away, each message as its id and what there is of
// its file.
func (f *fixture) wantTaken(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, c := range f.got() {
		switch m := c.message; {
		case c.status != http.StatusOK:
		case len(m.Image) > 0:
			got = append(got, m.ID+" imagen")
		case m.File != nil:
			got = append(got, m.ID+" "+m.File.State)
		default:
			got = append(got, m.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the server took %q, want %q", got, want)
	}
}

func TestACardThatAProxyTurnsAwayWaitsWithItsText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lifted atomic.Bool
		f := start(t, &fakeServer{answer: func(int, wire.Webhook) (int, string) {
			if lifted.Load() {
				return http.StatusOK, accepted
			}
			return http.StatusRequestEntityTooLarge, nginx
		}}, nil)
		if err := f.queue.Put(cardEntry()); err != nil {
			t.Fatal(err)
		}
		after(time.Hour)
		f.wantQueue(t, 1, 0, 0)
		lifted.Store(true)
		after(2 * time.Minute)
		f.wantQueue(t, 0, 0, 0)
		calls := f.got()
		if m := calls[len(calls)-1].message; m.File == nil || string(m.File.Data) != "BEGIN:VCARD" {
			t.Errorf("got file %+v, want the card", m.File)
		}
	})
}

func TestOnALineTooSlowForThePictureTheTextGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slowBody := func(n int, m wire.Webhook) (int, string) {
			if len(m.Image) == 0 {
				return http.StatusOK, accepted
			}
			if n == 0 {
				return -1, "" // five seconds are not enough
			}
			time.Sleep(20 * time.Second)
			return http.StatusOK, accepted
		}
		f := start(t, &fakeServer{answer: slowBody}, gives(append(jpeg, make([]byte, 8_000_000)...)))
		f.put(t, "ana", "1", 7)
		after(time.Hour)
		f.wantTimes(t, 0, 7*time.Second, 7*time.Second)
		if m := f.message(t, 1); m.File == nil || m.File.State != wire.FilePending {
			t.Errorf("second delivery: got file %+v, want it postponed", m.File)
		}
		f.wantQueue(t, 0, 0, 0)
	})
}

func TestOnALineOfOneMegabitAFileOfFiveMegabytesArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := 0
		f := start(t, &fakeServer{answer: yes, rate: 1_000_000 / 8}, func(context.Context, []byte) (uplink.File, error) {
			fetches++
			return uplink.File{Data: append(bytes.Clone(jpeg), make([]byte, 5_000_000)...)}, nil
		})
		f.put(t, "ana", "1", 7)
		after(2 * time.Minute)
		f.wantQueue(t, 0, 0, 0)
		f.wantTaken(t, "1 pendiente", "1 imagen")
		if fetches != 2 {
			t.Errorf("the file was downloaded %d times, want twice", fetches)
		}
	})
}

func TestAFileHasTenMinutesOnItsWayAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time // of the downloads: with the text, and then for each try
		large := append(bytes.Clone(jpeg), make([]byte, 16_000_000)...)
		f := start(t, &fakeServer{answer: yes, rate: 20_000}, func(context.Context, []byte) (uplink.File, error) {
			at = append(at, time.Now())
			return uplink.File{Data: large}, nil
		})
		f.put(t, "ana", "1", 7)
		after(11 * time.Minute)
		f.wantTaken(t, "1 pendiente")
		const want = 10*time.Minute + 5*time.Second + 5*time.Second // and the pause
		if len(at) != 3 || at[2].Sub(at[1]) != want {
			t.Errorf("downloads at %v, want the third %v after the second", at, want)
		}
	})
}

func TestAFileThatTakesTooLongSaysNothingOfTheServerAndKeepsItsPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		f := start(t, &fakeServer{answer: func(_ int, m wire.Webhook) (int, string) {
			if len(m.Image) > 0 {
				return -1, ""
			}
			return http.StatusOK, accepted
		}}, func(context.Context, []byte) (uplink.File, error) {
			fetches.Add(1)
			return uplink.File{Data: jpeg}, nil
		})
		f.put(t, "ana", "foto", 7)
		after(time.Second)
		for minute := range 60 {
			f.put(t, "beto", strconv.Itoa(minute))
			for range 60 {
				after(time.Second)
				if got := f.uplink.State(); !got.Reachable || got.Error != "" {
					t.Fatalf("in minute %d: got %+v, want a server within reach", minute, got)
				}
			}
			f.wantQueue(t, 0, 1, 0)
		}
		// Once with its text, seven times with doubling pauses, and then every ten minutes.
		if got := fetches.Load(); got < 10 || got > 14 {
			t.Errorf("the file was downloaded %d times in an hour, want about a dozen", got)
		}
	})
}

func TestNoPhotoIsDownloadedForAServerThatIsAway(t *testing.T) {
	for name, away := range map[string]int{"and refuses": 0, "and is silent": -2} {
		t.Run(name, func(t *testing.T) { noDownloads(t, away, false) })
		t.Run(name+", the text being there", func(t *testing.T) { noDownloads(t, away, true) })
	}
}

// noDownloads has the server be away for a day, in the way that its answers say, from
// the start or, if late, once it has the text.
func noDownloads(t *testing.T, away int, late bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		downloads := 0
		var up atomic.Bool
		up.Store(late)
		status := func() int {
			if !up.Load() {
				return away
			}
			return http.StatusOK
		}
		f := start(t, &fakeServer{
			answer: func(n int, _ wire.Webhook) (int, string) {
				if late && n == 0 {
					up.Store(false)
					return http.StatusOK, accepted
				}
				return status(), accepted
			},
			health: status,
		}, func(context.Context, []byte) (uplink.File, error) {
			if up.Load() && late && downloads == 0 {
				return uplink.File{}, errLater
			}
			downloads++
			return uplink.File{Data: jpeg}, nil
		})
		f.put(t, "ana", "1", 7)
		after(24 * time.Hour)
		if downloads > 2 {
			t.Errorf("got %d downloads in a day without a server, want at most 2", downloads)
		}
		up.Store(true)
		after(time.Minute)
		f.wantQueue(t, 0, 0, 0)
		calls := f.got()
		if last := calls[len(calls)-1].message; !bytes.Equal(last.Image, jpeg) {
			t.Errorf("last delivery: got %+v, want the picture", last)
		}
	})
}

func TestACardThatCameWithTheMessageStaysInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: func(n int, m wire.Webhook) (int, string) {
			if n == 0 {
				return -1, ""
			}
			return http.StatusOK, accepted
		}}, nil)
		e := cardEntry()
		if err := f.queue.Put(e); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if m := f.message(t, 1); m.File == nil || string(m.File.Data) != "BEGIN:VCARD" {
			t.Errorf("got file %+v, want the card although the first try took too long", m.File)
		}
		f.wantQueue(t, 0, 0, 0)
	})
}

func cardEntry() queue.Entry {
	return queue.Entry{Key: "1", Chat: "ana", Message: wire.Webhook{
		Sender: "ana", Content: "👤 Contacto: Luis", ID: "1",
		File: &wire.File{Name: "Luis.vcf", MIME: "text/vcard", Data: []byte("BEGIN:VCARD")},
	}}
}

func TestAFileThatMakesTheDownloadPanicDoesNotEndTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, func(context.Context, []byte) (uplink.File, error) { panic("hostile") })
		f.put(t, "ana", "1", 7)
		f.put(t, "ana", "2")
		after(time.Hour)
		f.wantTimes(t, 0, 0)
		f.wantQueue(t, 0, 1, 0)
	})
}

func TestAnEmptyFileIsSaidToBeEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, &fakeServer{answer: yes}, gives(nil))
		f.put(t, "ana", "1", 7)
		synctest.Wait()
		if m := f.message(t, 0); m.File == nil || m.File.State != wire.FileGone || m.File.Note != "El archivo está vacío." {
			t.Errorf("got file %+v, want the note", m.File)
		}
	})
}

func TestFewFilesAreInMemoryAtATimeAndTextsPassThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open, most atomic.Int32
		f := start(t, &fakeServer{answer: yes}, func(ctx context.Context, _ []byte) (uplink.File, error) {
			most.Store(max(most.Load(), open.Add(1)))
			defer open.Add(-1)
			<-ctx.Done()
			return uplink.File{}, ctx.Err()
		})
		for _, chat := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			f.put(t, chat, "foto-"+chat, 1)
		}
		f.put(t, "z", "texto")
		after(time.Second)
		if got := f.got(); len(got) != 1 || got[0].message.ID != "texto" {
			t.Errorf("got %v after a second, want the text only", got)
		}
		if got := most.Load(); got != 4 {
			t.Errorf("got %d downloads at a time, want 4", got)
		}
		after(2 * time.Second)
		if got := len(f.got()); got != 9 {
			t.Errorf("got %d deliveries after the grace, want every text", got)
		}
	})
}
