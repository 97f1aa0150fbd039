package store

import (
	"errors"
	"fmt"

	"mostrador/internal/address"
	"mostrador/internal/ticket"
)

// resolveAttempts bounds how often the rows of a contact are looked up when
// other transactions change them at the same moment.
const resolveAttempts = 5

// person is a row of contacts.
type person struct {
	id               int64
	name, phone, key string
	lid, chat        string
	given            string // the shop's name for them
	blocked          bool
}

// who is what one message says of its contact. name is empty when the message
// says nothing of the contact's.
type who struct {
	business               int64
	name, phone, lid, chat string
	group                  bool
	create                 bool // make the contact when there is none
}

func (w who) key() string { return address.Key(w.phone) }

func identify(in Incoming) who {
	w := who{
		business: in.Business, name: in.From.Name, phone: in.From.Phone, lid: in.From.LID, chat: in.From.Chat,
		create: in.Direction == ticket.DirectionIn,
	}
	switch {
	case in.Group:
		w.group, w.name, w.phone, w.lid = true, in.GroupName, "", ""
	case in.Direction != ticket.DirectionIn:
		w.name = "" // what was typed on the business's phone carries its own name
	}
	return w
}

// resolve finds the contact of w, learning what w adds, and locks its row until
// the transaction ends, so that one contact's messages are stored one after the
// other. fresh tells that the row was made just now. Without w.create an
// unknown contact is the zero person.
func (t *tx) resolve(w who) (p person, fresh bool, err error) {
	for range resolveAttempts {
		if w.group {
			p, fresh, err = t.resolveGroup(w)
		} else {
			p, fresh, err = t.resolvePerson(w)
		}
		if !errors.Is(err, errRace) {
			break
		}
	}
	if err != nil {
		return person{}, false, fmt.Errorf("resolve contact: %w", err)
	}
	return p, fresh, nil
}

const personColumns = `id, name, phone, COALESCE(phone_key, ''), COALESCE(lid, ''), chat, given_name, blocked_at`

func scanPerson(row scanner) (p person, err error) {
	var blocked int64
	err = row.Scan(&p.id, &p.name, &p.phone, &p.key, &p.lid, &p.chat, &p.given, &blocked)
	p.blocked = blocked != 0
	return p, err
}

func (t *tx) resolveGroup(w who) (person, bool, error) {
	found, err := list(t.ctx, t.conn, scanPerson, `
		SELECT `+personColumns+` FROM contacts WHERE business_id = $1 AND chat = $2 AND is_group`+t.lock, w.business, w.chat)
	if err != nil {
		return person{}, false, err
	}
	if len(found) == 0 {
		return t.newContact(w)
	}
	p := found[0]
	return p, false, t.save(p, w.applied(p))
}

func (t *tx) resolvePerson(w who) (person, bool, error) {
	// Every row that may be this person is locked before anything is decided. A
	// row that changed while its lock was waited for comes back as it is now, or
	// not at all when it is not this person any more.
	found, err := list(t.ctx, t.conn, scanPerson, `
		SELECT `+personColumns+` FROM contacts
		WHERE business_id = $1 AND lid = $2 OR business_id = $1 AND phone_key = $3`+t.lock,
		w.business, nullable(w.lid), nullable(w.key()))
	if err != nil {
		return person{}, false, err
	}
	var byLID, byPhone person
	for _, p := range found {
		if w.lid != "" && p.lid == w.lid {
			byLID = p
		}
		if w.phone != "" && p.key == w.key() {
			byPhone = p
		}
	}
	return t.settle(w, byLID, byPhone)
}

// settle decides whose message it is, given the rows that have its LID and its
// phone. A LID belongs to one account for ever; a phone number may change hands.
func (t *tx) settle(w who, byLID, byPhone person) (person, bool, error) {
	handedOver := w.lid != "" && byPhone.lid != "" && byPhone.lid != w.lid
	if handedOver {
		old := byPhone
		old.phone, old.key = "", ""
		// Their answers must not go to whoever has the number now.
		old.chat = address.Address{User: old.lid, Server: address.LIDServer}.String()
		if err := t.save(byPhone, old); err != nil {
			return person{}, false, err
		}
		byPhone = person{}
	}
	switch {
	case byLID.id == 0 && byPhone.id == 0:
		return t.newContact(w)
	case byLID.id == 0:
		byLID = byPhone
	case byPhone.id != 0 && byPhone.id != byLID.id:
		var err error
		if byLID, err = t.merge(byPhone, byLID); err != nil {
			return person{}, false, err
		}
	}
	p := w.applied(byLID)
	return p, false, t.save(byLID, p)
}

// applied returns p with what w says of it.
func (w who) applied(p person) person {
	if w.name != "" {
		p.name = w.name
	}
	if w.phone != "" {
		p.phone, p.key = w.phone, w.key()
	}
	if w.lid != "" {
		p.lid = w.lid
	}
	if w.chat != "" {
		p.chat = w.chat
	}
	return p
}

// save writes p over before, if they differ.
func (t *tx) save(before, p person) error {
	if p == before {
		return nil
	}
	return t.exec(`UPDATE contacts SET name = $2, phone = $3, phone_key = $4, lid = $5, chat = $6, search_key = $7, updated_at = $8 WHERE id = $1`,
		p.id, p.name, p.phone, nullable(p.key), nullable(p.lid), p.chat, searchKey(p.name, p.given, p.phone), t.now)
}

func (t *tx) newContact(w who) (person, bool, error) {
	if !w.create {
		return person{}, false, nil
	}
	p := w.applied(person{})
	id, err := t.add(`
		INSERT INTO contacts (business_id, name, phone, phone_key, lid, chat, is_group, search_key, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING`,
		w.business, p.name, p.phone, nullable(p.key), nullable(p.lid), p.chat, w.group, searchKey(p.name, p.phone), t.now)
	if err == nil && id == 0 {
		err = errRace // another transaction made it, or became it, meanwhile
	}
	p.id = id
	return p, true, err
}
