package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mostrador/internal/server/photos"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
	"mostrador/internal/wire"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

const customer = "5214772758198@s.whatsapp.net"

// inMemory makes a file of the bytes themselves, which never reaches a disk.
func inMemory(data []byte) (*upload, error) {
	return &upload{size: int64(len(data)), head: data[:min(len(data), photos.Sniffed)]}, nil
}

func ptr[T any](v T) *T { return &v }

func TestAWebhookBecomesAMessage(t *testing.T) {
	jpeg := []byte("\xff\xd8\xff\xe0")
	phone := ticket.Identity{Phone: "5214772758198", Chat: customer}
	written := now.Add(-time.Hour)
	tests := []struct {
		name string
		in   wire.Webhook
		want store.Incoming
	}{
		{
			"the original's", wire.Webhook{Sender: customer, Content: "hola"},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola", SentAt: now},
		},
		{
			"digits with punctuation", wire.Webhook{Sender: "+52 1 477 275-8198", Content: "hola"},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "hola", SentAt: now},
		},
		{
			"a picture", wire.Webhook{Sender: customer, Image: jpeg, ID: "3EB0", Date: &written},
			store.Incoming{
				From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindImage, WhatsAppID: "3EB0", SentAt: written,
				Attachments: []ticket.Attachment{{MIME: "image/jpeg", Size: 4, State: ticket.FileStored}},
			},
		},
		{
			"a hidden number that is known", wire.Webhook{Sender: "99@lid", Phone: "5214772758198", LID: "99", Chat: "99@lid", Content: "x", Name: " Ana\x00\n López "},
			store.Incoming{
				From:      ticket.Identity{Phone: "5214772758198", LID: "99", Chat: "99@lid", Name: "Ana  López"},
				Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "x", SentAt: now,
			},
		},
		{
			"a group's", wire.Webhook{Sender: customer, Chat: "120363000000000000@g.us", Group: "Taller\t1", Name: "Ana", Content: "x"},
			store.Incoming{
				From:  ticket.Identity{Phone: "5214772758198", Chat: "120363000000000000@g.us", Name: "Ana"},
				Group: true, GroupName: "Taller 1", Author: "Ana", AuthorKey: "524772758198", Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "x", SentAt: now,
			},
		},
		{
			"the original's group", wire.Webhook{Sender: "5214772758198-1600000000@g.us", Content: "x"},
			store.Incoming{
				From: ticket.Identity{Chat: "5214772758198-1600000000@g.us"}, Group: true,
				Direction: ticket.DirectionIn, Kind: ticket.KindText, Body: "x", SentAt: now,
			},
		},
		{
			"an edit", wire.Webhook{Sender: customer, Content: "nuevo", ReplyTo: "A1", Edited: true, Kind: "texto"},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindEdit, Body: "nuevo", RefersTo: "A1", SentAt: now},
		},
		{
			"a deletion", wire.Webhook{Sender: customer, ReplyTo: "A1", Deleted: true},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindDeletion, RefersTo: "A1", SentAt: now},
		},
		{
			"a reaction taken away", wire.Webhook{Sender: customer, ReplyTo: "A1", Reaction: ptr("")},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindReaction, RefersTo: "A1", SentAt: now},
		},
		{
			"one that cannot be read yet", wire.Webhook{Sender: customer, ID: "A1", Undecoded: true},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindUnreadable, WhatsAppID: "A1", SentAt: now},
		},
		{
			"typed on the business's phone", wire.Webhook{Sender: customer, Content: "voy", Own: true},
			store.Incoming{From: phone, Direction: ticket.DirectionOut, Kind: ticket.KindText, Body: "voy", SentAt: now},
		},
		{
			"a kind from the future", wire.Webhook{Sender: customer, Content: "[holograma]", Kind: "holograma"},
			store.Incoming{From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindOther, Body: "[holograma]", SentAt: now},
		},
		{
			"a file that is gone", wire.Webhook{Sender: customer, Kind: "documento", File: &wire.File{Name: "a/b.pdf", MIME: "application/pdf", State: wire.FileGone, Note: "Caducó\n"}},
			store.Incoming{
				From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindDocument, SentAt: now,
				Attachments: []ticket.Attachment{{Name: "a_b.pdf", MIME: "application/pdf", State: ticket.FileUnavailable, Note: "Caducó"}},
			},
		},
		{
			"a file without bytes", wire.Webhook{Sender: customer, Kind: "documento", File: &wire.File{Name: "vacío.txt"}},
			store.Incoming{
				From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindDocument, SentAt: now,
				Attachments: []ticket.Attachment{{Name: "vacío.txt", State: ticket.FileUnavailable, Note: "El archivo llegó vacío."}},
			},
		},
		{
			"a picture and a file", wire.Webhook{Sender: customer, Image: jpeg, File: &wire.File{MIME: "audio/ogg; codecs=opus", Data: []byte("OggS\x00")}},
			store.Incoming{
				From: phone, Direction: ticket.DirectionIn, Kind: ticket.KindImage, SentAt: now,
				Attachments: []ticket.Attachment{
					{MIME: "image/jpeg", Size: 4, State: ticket.FileStored}, {MIME: "audio/ogg", Size: 5, State: ticket.FileStored},
				},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := convert(tt.in, now, 100, inMemory)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Incoming); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
			for i, a := range got.Attachments {
				if (got.Files[i] != nil) != (a.State == ticket.FileStored) || a.Size > 0 && got.Files[i].size != a.Size {
					t.Errorf("attachment %d: got %+v, want its %d bytes if it is stored", i, got.Files[i], a.Size)
				}
			}
		})
	}
}

func TestAnAbsurdDateIsTheTimeOfArrival(t *testing.T) {
	for date, want := range map[time.Time]time.Time{
		now.Add(-48 * time.Hour): now.Add(-48 * time.Hour),
		now.Add(23 * time.Hour):  now.Add(23 * time.Hour),
		now.Add(25 * time.Hour):  now,
		time.Unix(0, 0):          now,
		{}:                       now,
		time.Date(2008, 12, 31, 0, 0, 0, 0, time.UTC): now,
	} {
		got, err := convert(wire.Webhook{Sender: customer, Content: "x", Date: &date}, now, 100, inMemory)
		if err != nil || !got.SentAt.Equal(want) {
			t.Errorf("%v: got %v, %v, want %v", date, got.SentAt, err, want)
		}
	}
}

func TestALongNameIsCutBetweenCharacters(t *testing.T) {
	got, err := convert(wire.Webhook{Sender: customer, Content: "x", Name: strings.Repeat("ñ", 300)}, now, 100, inMemory)
	if err != nil || got.From.Name != strings.Repeat("ñ", 200) {
		t.Errorf("got %q, %v, want 200 characters", got.From.Name, err)
	}
}

func FuzzAWebhookIsWellFormedOrRefused(f *testing.F) {
	for _, seed := range []string{
		`{"remitente":"` + customer + `","contenido":"hola","imagen":"/9j/4AAQ"}`,
		`{"remitente":"99@lid","chat":"1-2@g.us","grupo":"x","nombre":"\u202e","tipo":"documento","archivo":{"nombre":"../x","mime":"a/b","datos":"AAAA"}}`,
		`{"remitente":"1234567","reaccion":"","responde_a":"A","fecha":"0001-01-01T00:00:00Z"}`,
		`{"remitente":"1234567","archivo":{"estado":"no_disponible","motivo":"x"},"ilegible":true,"propio":true}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m wire.Webhook
		if json.Unmarshal(body, &m) != nil {
			return
		}
		got, err := convert(m, now, 1000, inMemory)
		if err != nil {
			if code := ticket.CodeOf(err); code != ticket.CodeInvalid && code != ticket.CodeTooLarge {
				t.Errorf("got %q (%v), want a refusal with a sentence", code, err)
			}
			return
		}
		if got.From.Chat == "" || !got.Group && got.From.Phone == "" && got.From.LID == "" {
			t.Errorf("got %+v, want somebody to answer to", got.From)
		}
		if len(got.Files) != len(got.Attachments) || got.SentAt.IsZero() || got.Kind == "" || len(got.WhatsAppID) > wire.MaxID {
			t.Errorf("got %+v, want a whole message", got)
		}
		names := []string{got.From.Name, got.GroupName, got.Author}
		for i, a := range got.Attachments {
			names = append(names, a.Name, a.Note)
			if (got.Files[i] != nil) != (a.State == ticket.FileStored) || strings.ContainsAny(a.Name, `/\`) {
				t.Errorf("attachment %d: got %+v with file %v", i, a, got.Files[i])
			}
		}
		for _, name := range names {
			if !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxNote || strings.ContainsFunc(name, unicode.IsControl) {
				t.Errorf("got name %q, want one clean line", name)
			}
		}
	})
}
