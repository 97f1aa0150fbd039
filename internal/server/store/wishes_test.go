package store_test

import (
	"sync"
	"testing"
	"time"

	"mostrador/internal/server/store"
	"mostrador/internal/server/store/storetest"
	"mostrador/internal/server/words"
	"mostrador/internal/ticket"
)

// unsure wants an opinion about what the rules did not know.
func unsure(c ticket.Classification) bool { return c.Category == "Soporte General" }

// eachWishing is each with a store whose rows ask for background work.
func eachWishing(t *testing.T, body func(t *testing.T, s *shop)) {
	t.Helper()
	storetest.Run(t, func(t *testing.T, url string) {
		s := &shop{t: t, url: url, clock: storetest.NewClock(start)}
		s.Store = storetest.OpenURL(t, url, func(o *store.Options) {
			o.Now, o.Classify, o.Wishes = s.clock.Now, classify, store.Wishes{Opinion: unsure, Transcription: true}
		})
		s.origin = storetest.Origin(t, s.Store)
		body(t, s)
	})
}

func (s *shop) row(id int64) store.Row { return store.Row{Business: s.origin.Business, ID: id} }

// wish returns the wish of ticket 1, failing the test without one.
func (s *shop) wish() store.OpinionWish {
	s.t.Helper()
	w, ok, err := s.WantedOpinion(s.t.Context(), s.row(1))
	if err != nil || !ok {
		s.t.Fatalf("wanted opinion: got %v, %v; want one", ok, err)
	}
	return w
}

func (s *shop) setOpinion(w store.OpinionWish, category string) (settled bool) {
	s.t.Helper()
	settled, err := s.SetOpinion(s.t.Context(), s.row(1), w, category)
	s.do("set opinion", err)
	return settled
}

// wanted returns how many opinions and transcriptions a sweep finds.
func (s *shop) wanted() (opinions, transcriptions int) {
	s.t.Helper()
	o, err := s.WantedOpinions(s.t.Context())
	s.do("list opinions", err)
	r, err := s.WantedTranscriptions(s.t.Context())
	s.do("list transcriptions", err)
	return len(o), len(r)
}

func TestADoubtfulTicketAsksForAnOpinionUntilItHasOne(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		if got := s.add(s.fromAna("A1", "hola")); !got.Opinion {
			t.Errorf("stored: got %+v, want a wish", got)
		}
		if w := s.wish(); w.Text != "hola" || !w.At.Equal(start) {
			t.Errorf("wish: got %+v", w)
		}
		if o, _ := s.wanted(); o != 1 {
			t.Errorf("sweep: got %d, want 1", o)
		}
		if !s.setOpinion(s.wish(), "Impresoras") {
			t.Error("the opinion was not taken")
		}
		if got := s.ticket(1); got.Category != "Impresoras" || got.Source != ticket.SourceLLM || len(got.Words) != 0 {
			t.Errorf("ticket: got %q by %q with %v", got.Category, got.Source, got.Words)
		}
		if o, _ := s.wanted(); o != 0 {
			t.Errorf("sweep after the opinion: got %d, want 0", o)
		}
	})
}

func TestAnOpinionAboutAnOlderTextIsNotTaken(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		old := s.wish()
		s.clock.Advance(time.Second)
		s.add(s.fromAna("A2", "una pregunta"))
		if s.setOpinion(old, "Impresoras") {
			t.Error("the opinion about the older text was taken")
		}
		if w := s.wish(); w.Text != "hola\nuna pregunta" {
			t.Errorf("wish: got %q", w.Text)
		}
		s.clock.Advance(time.Second)
		if got := s.add(s.fromAna("A3", "mi lap no prende")); got.Opinion {
			t.Errorf("stored: got %+v, want no wish about what is clear now", got)
		}
		if o, _ := s.wanted(); o != 0 || s.ticket(1).Category != "Hardware - Energía" {
			t.Errorf("got %d wishes and %q", o, s.ticket(1).Category)
		}
	})
}

func TestAPersonsCategoryAndAWishTakenBackStayAsTheyAre(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "hola"))
		if !s.setOpinion(s.wish(), "") {
			t.Error("the wish was not taken back")
		}
		if got := s.ticket(1); got.Source != ticket.SourceRules || got.Category != "Soporte General" {
			t.Errorf("wish taken back: got %q by %q", got.Category, got.Source)
		}
		s.clock.Advance(time.Second)
		s.add(s.fromAna("A2", "otra cosa"))
		w := s.wish()
		if _, err := rawDB(t, s.url).Exec(`UPDATE tickets SET category = 'Ventas', category_source = 'person'`); err != nil {
			t.Fatal(err)
		}
		if !s.setOpinion(w, "Impresoras") {
			t.Error("the wish stayed")
		}
		if got := s.ticket(1); got.Source != ticket.SourcePerson || got.Category != "Ventas" {
			t.Errorf("a person's category: got %q by %q", got.Category, got.Source)
		}
	})
}

func TestWithoutAModelNoRowAsksForAnything(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		got := s.add(s.voice("A1", ticket.FileStored))
		if o, r := s.wanted(); o+r != 0 || got.Opinion || got.Transcription {
			t.Errorf("got %+v, %d opinions, %d transcriptions; want nothing wanted", got, o, r)
		}
		if _, ok, err := s.WantedOpinion(t.Context(), s.row(7)); ok || err != nil {
			t.Errorf("a ticket that is not there: got %v, %v", ok, err)
		}
		_, err := s.SetOpinion(t.Context(), s.row(7), store.OpinionWish{}, "Ventas")
		wantCode(t, err, ticket.CodeNotFound)
	})
}

func TestAJoinedTicketAsksForNoOpinionUntilItIsPartedAgain(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "no prende")
		second := s.separate("A2", "hola")
		w, _, err := s.WantedOpinion(t.Context(), s.row(second))
		s.do("load wish", err)
		move := s.merge(second, first)
		if o, _ := s.wanted(); o != 0 {
			t.Errorf("joined: got %d wishes, want none", o)
		}
		s.undo(move)
		if back, ok, err := s.WantedOpinion(t.Context(), s.row(second)); !ok || err != nil || back != w {
			t.Errorf("parted: got %+v, %v, %v, want the wish back, %+v", back, ok, err, w)
		}
	})
}

func TestAWishThatStayedOnAJoinedTicketIsTakenBack(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		first := s.separate("A1", "no prende")
		second := s.separate("A2", "hola")
		w, _, err := s.WantedOpinion(t.Context(), s.row(second))
		s.do("load wish", err)
		s.merge(second, first)
		for _, category := range []string{"", "Impresoras"} {
			if _, err := rawDB(t, s.url).Exec(`UPDATE tickets SET opinion_wanted_at = $1 WHERE number = $2`, w.At.UnixMilli(), second); err != nil {
				t.Fatal(err)
			}
			settled, err := s.SetOpinion(t.Context(), s.row(second), w, category)
			if o, _ := s.wanted(); !settled || err != nil || o != 0 {
				t.Errorf("opinion %q: got %v, %v and %d wishes, want it settled and none", category, settled, err, o)
			}
		}
		if got := s.ticket(second); got.Category != "Soporte General" || got.Source != ticket.SourceRules {
			t.Errorf("joined ticket: got %q by %q, want it as it was", got.Category, got.Source)
		}
	})
}

// voice is a voice note of Ana whose sound is in the given state.
func (s *shop) voice(id string, state ticket.FileState) store.Incoming {
	in := s.fromAna(id, "")
	in.Kind = ticket.KindVoice
	in.Attachments = []ticket.Attachment{{MIME: "audio/ogg", Size: 4, State: state}}
	if state == ticket.FileStored {
		in.Attachments[0].File = id + ".ogg"
	}
	return in
}

func TestAVoiceNoteIsListenedToAndThenCountsAsText(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A0", "hola"))
		got := s.add(s.voice("A1", ticket.FileStored))
		if !got.Transcription {
			t.Fatalf("stored: got %+v, want a wish", got)
		}
		row := s.row(got.Message)
		w, ok, err := s.WantedTranscription(t.Context(), row)
		if err != nil || !ok || w.File.File != "A1.ogg" || w.File.MIME != "audio/ogg" || !w.At.Equal(start) {
			t.Fatalf("wish: got %+v, %v, %v", w, ok, err)
		}
		done, err := s.SetTranscription(t.Context(), row, w, "mi lap no prende\x00")
		if err != nil || done.Ticket != 1 || done.Opinion {
			t.Errorf("transcribed: got %+v, %v", done, err)
		}
		if m := s.conversation(1)[1]; m.Transcription != "mi lap no prende" || m.Body != "" {
			t.Errorf("message: got %q and %q", m.Body, m.Transcription)
		}
		if got := s.ticket(1); got.Description != "hola\nmi lap no prende" || got.Category != "Hardware - Energía" {
			t.Errorf("ticket: got %q, %q", got.Description, got.Category)
		}
		if again, err := s.SetTranscription(t.Context(), row, w, "otra"); err != nil || again != (store.Stored{}) {
			t.Errorf("a second transcription: got %+v, %v; want nothing", again, err)
		}
		if _, r := s.wanted(); r != 0 {
			t.Errorf("sweep: got %d, want 0", r)
		}
	})
}

func TestATranscriptionCanMakeTheTicketAskForAnOpinion(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		got := s.add(s.voice("A1", ticket.FileStored))
		done, err := s.SetTranscription(t.Context(), s.row(got.Message), store.TranscriptionWish{}, "quiero preguntar algo")
		if err != nil || !done.Opinion || s.wish().Text != "quiero preguntar algo" {
			t.Errorf("got %+v, %v and %+v", done, err, s.wish())
		}
	})
}

func TestAVoiceNoteIsListenedToOnceItsSoundIsHere(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		first := s.add(s.voice("A1", ticket.FilePending))
		if _, r := s.wanted(); r != 0 || first.Transcription {
			t.Errorf("without sound: got %+v and %d wishes", first, r)
		}
		if got := s.add(s.voice("A1", ticket.FileStored)); !got.Transcription || got.Message != first.Message {
			t.Errorf("with sound: got %+v", got)
		}
		if got := s.add(s.voice("A1", ticket.FileStored)); got.Transcription {
			t.Errorf("a repeat: got %+v", got)
		}
		done, err := s.SetTranscription(t.Context(), s.row(first.Message), store.TranscriptionWish{}, "")
		if err != nil || done.Ticket != 1 {
			t.Errorf("given up: got %+v, %v", done, err)
		}
		if _, r := s.wanted(); r != 0 {
			t.Errorf("after giving up: got %d wishes", r)
		}
	})
}

func TestADeletedVoiceNoteIsNotListenedTo(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		got := s.add(s.voice("A1", ticket.FileStored))
		s.add(s.event("A2", ticket.KindDeletion, "A1", ""))
		if _, ok, err := s.WantedTranscription(t.Context(), s.row(got.Message)); ok || err != nil {
			t.Errorf("got %v, %v; want no wish", ok, err)
		}
	})
}

func TestWhatAnErasedCustomerSaidIsNotTakenForSomebodyElses(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		row := s.row(s.add(s.voice("A1", ticket.FileStored)).Message)
		w, ok, err := s.WantedTranscription(t.Context(), row)
		if err != nil || !ok {
			t.Fatalf("wish: got %v, %v", ok, err)
		}
		s.do("erase", s.EraseCustomer(t.Context(), s.origin.Business, 0, s.ticket(1).Contact.ID))
		s.clock.Advance(time.Second)
		next := s.voice("L1", ticket.FileStored)
		next.From = ticket.Identity{Phone: phoneQ, Chat: phoneQ + "@s.whatsapp.net"}
		s.add(next) // on SQLite under the same id
		if got, err := s.SetTranscription(t.Context(), row, w, "un secreto"); err != nil || got != (store.Stored{}) {
			t.Errorf("got %+v, %v; want nothing stored", got, err)
		}
		if m := s.conversation(2)[0]; m.Transcription != "" {
			t.Errorf("the next voice note: got %q, want it still to be listened to", m.Transcription)
		}
		if _, r := s.wanted(); r != 1 {
			t.Errorf("got %d wishes, want the next one's", r)
		}
	})
}

func TestWhatAModelChangesIsHintedAt(t *testing.T) {
	storetest.Run(t, func(t *testing.T, url string) {
		s := &shop{t: t, url: url, clock: storetest.NewClock(start)}
		var mu sync.Mutex
		var hints []store.Hint
		s.Store = storetest.OpenURL(t, url, func(o *store.Options) {
			o.Now, o.Classify, o.Wishes = s.clock.Now, classify, store.Wishes{Opinion: unsure, Transcription: true}
			o.Changed = func(all []store.Hint) {
				mu.Lock()
				defer mu.Unlock()
				hints = append(hints, all...)
			}
		})
		s.origin = storetest.Origin(t, s.Store)
		last := func(what string) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			if want := (store.Hint{Business: s.origin.Business, Ticket: 1, Kind: store.HintTicket}); len(hints) != 1 || hints[0] != want {
				t.Errorf("%s: got %v, want %v", what, hints, want)
			}
			hints = nil
		}
		voice := s.add(s.voice("A1", ticket.FileStored))
		hints = nil
		_, err := s.SetTranscription(t.Context(), s.row(voice.Message), store.TranscriptionWish{}, "una pregunta")
		s.do("transcribe", err)
		last("a transcription")
		s.setOpinion(s.wish(), "Impresoras")
		last("an opinion")
	})
}

func TestABlockedCustomersTicketAsksForNothing(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		s.add(s.fromAna("A1", "mi lap no prende"))
		if _, err := rawDB(t, s.url).Exec(`UPDATE tickets SET status = 'resolved', resolved_at = 1`); err != nil {
			t.Fatal(err)
		}
		if _, err := rawDB(t, s.url).Exec(`UPDATE contacts SET blocked_at = 1`); err != nil {
			t.Fatal(err)
		}
		got := s.add(s.fromAna("A2", "hola"))
		if o, _ := s.wanted(); o != 0 || got.Opinion {
			t.Errorf("got %+v and %d wishes, want none", got, o)
		}
	})
}

func TestWhatAVoiceNoteSaysIsFound(t *testing.T) {
	eachWishing(t, func(t *testing.T, s *shop) {
		got := s.add(s.voice("A1", ticket.FileStored))
		s.index()
		_, err := s.SetTranscription(t.Context(), s.row(got.Message), store.TranscriptionWish{}, "la licuadora echa humo")
		s.do("transcribe", err)
		s.index()
		page, err := s.Search(t.Context(), s.origin.Business, words.Parse("licuadora"), store.Filter{})
		if err != nil || len(page.Tickets) != 1 || page.Tickets[0].Message != got.Message {
			t.Fatalf("got %+v, %v; want the voice note's ticket", page, err)
		}
		if piece := page.Tickets[0].Snippet; len(piece) == 0 {
			t.Error("got no snippet")
		}
	})
}
