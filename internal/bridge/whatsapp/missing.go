package whatsapp

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"mostrador/internal/bridge/queue"
)

const (
	// maxMissing bounds the list; its oldest entries make room.
	maxMissing = 5_000
	// maxRequests is how many messages are asked for in one go.
	maxRequests = 20
	// missingFor is how long a message stays on the list: WhatsApp keeps
	// messages for phones that are off for as long.
	missingFor = 14 * 24 * time.Hour
)

// absent is a message that could not be read and was not brought since.
type absent struct {
	chat, sender types.JID
	id           types.MessageID
	account      string    // the business's number it came to
	since        time.Time // when it was given up on
	tries        int       // requests made by us; whatsmeow made one before
	due          time.Time // of the next
	owed         []byte    // its placeholder, encoded, while that is not in the queue
	unsaved      bool      // the file does not have it as it is here
}

func (a *absent) key() string { return missingKey(a.chat, a.id) }

func missingKey(chat types.JID, id types.MessageID) string { return chat.String() + "|" + id }

// missing is the list of absent messages. WhatsApp takes those as delivered, so
// nobody but us still knows that they are wanted. It is kept in the session's
// own database: the business's phone is asked for them in the same session. It
// is safe for concurrent use.
type missing struct {
	db    *sql.DB
	now   func() time.Time
	tempo *tempo
	log   zerolog.Logger

	mu   sync.Mutex
	list map[string]*absent
}

const (
	createMissing = `CREATE TABLE IF NOT EXISTS mostrador_missing (
		chat TEXT NOT NULL, id TEXT NOT NULL, sender TEXT NOT NULL, account TEXT NOT NULL,
		since BIGINT NOT NULL, tries INTEGER NOT NULL, due BIGINT NOT NULL, owed BLOB, PRIMARY KEY (chat, id));
		CREATE TABLE IF NOT EXISTS mostrador_probe (one INTEGER PRIMARY KEY, at BIGINT NOT NULL)`
	selectMissing = `SELECT chat, id, sender, account, since, tries, due, owed FROM mostrador_missing`
	upsertMissing = `INSERT INTO mostrador_missing (chat, id, sender, account, since, tries, due, owed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (chat, id) DO UPDATE SET tries = excluded.tries, due = excluded.due, owed = excluded.owed`
	writeProbe    = `INSERT INTO mostrador_probe (one, at) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at = excluded.at`
	deleteMissing = `DELETE FROM mostrador_missing WHERE chat = $1 AND id = $2`
)

// loadMissing reads the list. A row that makes no sense is left out.
func loadMissing(ctx context.Context, db *sql.DB, now func() time.Time, t *tempo, log zerolog.Logger) (*missing, error) {
	m := &missing{db: db, now: now, tempo: t, log: log, list: map[string]*absent{}}
	if _, err := db.ExecContext(ctx, createMissing); err != nil {
		return nil, fmt.Errorf("create list of missing messages: %w", err)
	}
	rows, err := db.QueryContext(ctx, selectMissing)
	if err != nil {
		return nil, fmt.Errorf("load list of missing messages: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a absent
		var chat, sender string
		var since, due int64
		if err := rows.Scan(&chat, &a.id, &sender, &a.account, &since, &a.tries, &due, &a.owed); err != nil {
			return nil, fmt.Errorf("read missing message: %w", err)
		}
		var badChat, badSender error
		a.chat, badChat = types.ParseJID(chat)
		a.sender, badSender = types.ParseJID(sender)
		if badChat != nil || badSender != nil {
			log.Warn().Msg("missing message with a broken address is not asked for")
			continue
		}
		a.since, a.due = time.UnixMilli(since), time.UnixMilli(due)
		m.list[a.key()] = &a
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read list of missing messages: %w", err)
	}
	return m, nil
}

// add notes that a message to account is wanted, and that its placeholder is not
// in the queue yet. One that is noted already stays as it is.
func (m *missing) add(evt *events.UndecryptableMessage, account string, placeholder queue.Entry) {
	if evt.UnavailableType == events.UnavailableTypeViewOnce {
		return // the phone gives those to nobody
	}
	now := m.now()
	a := &absent{
		chat: plain(evt.Info.Chat), sender: plain(evt.Info.Sender), id: evt.Info.ID, account: account,
		since: now, due: now.Add(m.tempo.request),
	}
	a.owed, _ = json.Marshal(placeholder) // plain data: no error
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list[a.key()] != nil {
		return
	}
	if len(m.list) >= maxMissing {
		m.log.Warn().Int("missing", len(m.list)).Msg("list of missing messages is full: the oldest leaves it")
		m.remove(slices.MinFunc(m.entries(), func(a, b *absent) int { return a.since.Compare(b.since) }))
	}
	m.list[a.key()] = a
	m.save(a)
}

// shown notes that the placeholder with that key is in the queue.
func (m *missing) shown(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.list {
		if placeholder, ok := a.placeholder(); ok && placeholder.Key == key {
			a.owed = nil
			m.save(a)
		}
	}
}

// owed returns the placeholders that are not in the queue.
func (m *missing) owed() []queue.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var owed []queue.Entry
	for _, a := range m.list {
		if placeholder, ok := a.placeholder(); ok {
			owed = append(owed, placeholder)
		}
	}
	slices.SortFunc(owed, func(a, b queue.Entry) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return owed
}

func (a *absent) placeholder() (queue.Entry, bool) {
	var entry queue.Entry
	ok := len(a.owed) > 0 && json.Unmarshal(a.owed, &entry) == nil
	return entry, ok
}

// found takes a message off the list, whichever of its chat's addresses it was
// noted under; other tells the second one.
func (m *missing) found(id types.MessageID, chat types.JID, other func(types.JID) types.JID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.list) == 0 {
		return
	}
	chat = plain(chat)
	for _, address := range []types.JID{chat, plain(other(chat))} {
		if a := m.list[missingKey(address, id)]; a != nil {
			m.remove(a)
		}
	}
}

// next returns what to ask account's phone for now, longest due first.
func (m *missing) next(account string) []absent {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	var due []absent
	for _, a := range m.entries() {
		switch {
		case now.Sub(a.since) > missingFor:
			m.remove(a)
		case a.account == account && !a.due.After(now):
			due = append(due, *a)
		}
	}
	slices.SortFunc(due, func(a, b absent) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.id, b.id)) })
	return due[:min(len(due), maxRequests)]
}

// asked counts a request; after the last one the message leaves the list. Its
// answer is still taken whenever it comes.
func (m *missing) asked(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.list[key]
	if a == nil {
		return // brought meanwhile
	}
	if a.tries++; a.tries >= m.tempo.requests {
		m.log.Warn().Int("tries", a.tries).Msg("message that cannot be read is not asked for any more")
		m.remove(a)
		return
	}
	a.due = m.now().Add(backoff(m.tempo.request, m.tempo.requestMax, a.tries))
	m.save(a)
}

func (m *missing) entries() []*absent {
	list := make([]*absent, 0, len(m.list))
	for _, a := range m.list {
		list = append(list, a)
	}
	return list
}

// save and remove change the file too. When that fails the list in memory still
// serves; at worst a message is asked for once more after a restart.
func (m *missing) save(a *absent) {
	_, err := m.db.ExecContext(context.Background(), upsertMissing,
		a.chat.String(), a.id, a.sender.String(), a.account, a.since.UnixMilli(), a.tries, a.due.UnixMilli(), a.owed)
	a.unsaved = err != nil
	if err != nil {
		m.log.Error().Err(err).Msg("missing message not noted on disk")
	}
}

// settle saves what could not be saved, and tells whether the session's file can
// be written at all.
func (m *missing) settle() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.db.ExecContext(context.Background(), writeProbe, m.now().UnixMilli()); err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	for _, a := range m.list {
		if a.unsaved {
			m.save(a)
		}
	}
	return nil
}

func (m *missing) remove(a *absent) {
	delete(m.list, a.key())
	if _, err := m.db.ExecContext(context.Background(), deleteMissing, a.chat.String(), a.id); err != nil {
		m.log.Error().Err(err).Msg("missing message not taken off the list on disk")
	}
}

// notice takes what came off the list of missing messages. Keys of a group come
// under the id of the message they are for, ahead of it.
func (c *Client) notice(evt *events.Message) {
	evt = own(evt)
	if evt.Info.IsGroup && readContent(evt.Message).skip {
		return
	}
	c.missing.found(evt.Info.ID, evt.Info.Chat, c.store.other)
}

// request asks the business's phone for the messages whose time has come.
func (c *Client) request(ctx context.Context) {
	if !c.requesting.TryLock() {
		return
	}
	defer c.requesting.Unlock()
	cli := c.current.Load()
	for _, a := range c.missing.next(c.account.Load().phone) {
		if !c.Connected() {
			return
		}
		limited, cancel := context.WithTimeout(ctx, c.opts.tempo.ack)
		_, err := cli.SendPeerMessage(limited, cli.BuildUnavailableMessageRequest(a.chat, a.sender, a.id))
		cancel()
		if err != nil {
			c.log.Warn().Err(err).Msg("phone not asked for a missing message")
			return
		}
		c.missing.asked(a.key())
	}
}
