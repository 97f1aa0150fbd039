package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Act is one line of the audit log: who did what to what.
type Act struct {
	ID       int64 // set by the store
	At       time.Time
	Business int64
	User     int64  // 0 for a program, the command line and strangers
	UserName string // set by the store when it reads
	// Action is kind.verb, such as "user.created"; the panel has a sentence for
	// each. The kind is what the log can be filtered by.
	Action string
	// Object is kind/number, such as "ticket/42" or "user/3"; may be empty.
	Object string
	// Details are what the sentence needs besides: names, roles, old and new
	// values. Never texts of messages, phone numbers, passwords or tokens.
	Details map[string]any
}

// Actions.
const (
	ActLogin           = "access.login"
	ActLoginFailed     = "access.failed"
	ActLogout          = "access.logout"
	ActSessionsEnded   = "access.ended"
	ActPassword        = "access.password"
	ActPasswordByLink  = "access.link"
	ActFactorOn        = "access.factorOn"
	ActFactorOff       = "access.factorOff"
	ActCodesRenewed    = "access.codes"
	ActUserCreated     = "user.created"
	ActUserJoined      = "user.joined"
	ActUserRole        = "user.role"
	ActUserDisabled    = "user.disabled"
	ActUserEnabled     = "user.enabled"
	ActUserPassword    = "user.password"
	ActUserFactorReset = "user.factorReset"
	ActUserInvited     = "user.invited"
	ActUserLink        = "user.link"
	ActInvitationEnded = "user.uninvited"
	ActTokenCreated    = "token.created"
	ActTokenRevoked    = "token.revoked"
	ActTicketStatus    = "ticket.status"
	ActTicketPriority  = "ticket.priority"
	ActTicketCategory  = "ticket.category"
	ActTicketAssignee  = "ticket.assignee"
	ActTicketMerged    = "ticket.merged"
	ActTicketParted    = "ticket.parted"
	ActTicketSplit     = "ticket.split"
	ActTicketsExported = "customer.ticketsExported" // of all customers: they are whom it is about
	ActPairingAsked    = "whatsapp.code"
	ActSessionEnded    = "whatsapp.ended"
	ActBackupAsked     = "backup.asked"
	ActBackupTaken     = "backup.taken"
)

// Page sizes of Audit.
const (
	defaultAuditPage = 50
	maxAuditPage     = 200
)

// failuresTogether is how close together failed logins of one user share a line.
const failuresTogether = time.Hour

// userObject and ticketObject are what an act is done to.
func userObject(id int64) string       { return "user/" + strconv.FormatInt(id, 10) }
func ticketObject(number int64) string { return "ticket/" + strconv.FormatInt(number, 10) }

// ticketNumber is the inverse of ticketObject.
func ticketNumber(object string) int64 {
	number, err := strconv.ParseInt(strings.TrimPrefix(object, "ticket/"), 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// audit writes a down in the transaction that does what it says, so that one
// cannot be there without the other. ID, At and UserName are ignored.
func (t *tx) audit(a Act) error {
	kind, _, ok := strings.Cut(a.Action, ".")
	if !ok {
		return fmt.Errorf("audit: action %q has no kind", a.Action)
	}
	details, err := marshalDetails(a.Details)
	if err != nil {
		return err
	}
	err = t.exec(`INSERT INTO audit (business_id, at, user_id, kind, action, object, details) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.Business, t.now, reference(a.User), kind, a.Action, a.Object, details)
	if err != nil || kind != "ticket" {
		return err
	}
	return t.event(a.Business, NoticeChanged, ticketNumber(a.Object), "")
}

// NoteAct writes down what was done elsewhere than in the database, after it was
// done. ID, At and UserName are ignored.
func (s *Store) NoteAct(ctx context.Context, a Act) error {
	return s.write(ctx, "note act", func(t *tx) error { return t.audit(a) })
}

func marshalDetails(details map[string]any) (string, error) {
	if details == nil {
		details = map[string]any{}
	}
	for key, value := range details {
		if text, ok := value.(string); ok {
			details[key] = clean(text)
		}
	}
	text, err := json.Marshal(details)
	if err != nil {
		return "", fmt.Errorf("write audit details: %w", err)
	}
	return string(text), nil
}

// AuditFilter chooses lines of the audit log.
type AuditFilter struct {
	Limit  int    // at most this many; 0 means 50, and 200 is the most
	Before string // an AuditPage's Next: go on from there
	User   int64  // only what this user did; 0: everybody's
	Kind   string // only actions of this kind; empty: all
}

// AuditPage is one page of the audit log, the newest first.
type AuditPage struct {
	Acts []Act
	Next string // for AuditFilter.Before; empty on the last page
}

// Audit returns one page of a business's audit log, the newest first. A cursor
// that no page gave is CodeInvalid.
func (s *Store) Audit(ctx context.Context, business int64, f AuditFilter) (AuditPage, error) {
	before, err := cursor(f.Before)
	if err != nil {
		return AuditPage{}, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultAuditPage
	}
	limit = min(limit, maxAuditPage)
	query, args := auditQuery(business, before, limit+1, f)
	acts, err := list(ctx, s.reader, scanAct, query, args...)
	if err != nil {
		return AuditPage{}, fmt.Errorf("list audit log: %w", explain(err))
	}
	page := AuditPage{Acts: acts}
	if len(acts) > limit {
		page.Acts = acts[:limit]
		page.Next = strconv.FormatInt(acts[limit-1].ID, 10)
	}
	return page, nil
}

// auditQuery asks only for what is filtered by, so that each filter has its
// index.
func auditQuery(business, before int64, limit int, f AuditFilter) (query string, args []any) {
	where, args := "", []any{business, before, limit}
	add := func(column string, value any) {
		args = append(args, value)
		where += " AND a." + column + " = $" + strconv.Itoa(len(args))
	}
	if f.User != 0 {
		add("user_id", f.User)
	}
	if f.Kind != "" {
		add("kind", clean(f.Kind))
	}
	return `SELECT a.id, a.at, a.business_id, COALESCE(a.user_id, 0), COALESCE(u.name, ''), a.action, a.object, a.details
		FROM audit a LEFT JOIN users u ON u.id = a.user_id
		WHERE a.business_id = $1 AND a.id < $2` + where + ` ORDER BY a.id DESC LIMIT $3`, args
}

func scanAct(row scanner) (Act, error) {
	var a Act
	var at int64
	var details string
	if err := row.Scan(&a.ID, &at, &a.Business, &a.User, &a.UserName, &a.Action, &a.Object, &details); err != nil {
		return Act{}, err
	}
	a.At = instant(at)
	if err := json.Unmarshal([]byte(details), &a.Details); err != nil {
		return Act{}, fmt.Errorf("read audit details: %w", err)
	}
	return a, nil
}

// FailedLogin notes an attempt to log in as user, or as somebody who does not
// exist when user is 0, from address. Attempts of one hour share a line, which
// counts them.
func (s *Store) FailedLogin(ctx context.Context, business, user int64, address string) error {
	object := ""
	if user != 0 {
		object = userObject(user)
	}
	return s.write(ctx, "note failed login", func(t *tx) error {
		var id int64
		var text string
		found, err := t.row([]any{&id, &text}, `
			SELECT id, details FROM audit WHERE business_id = $1 AND action = 'access.failed' AND object = $2 AND at > $3
			ORDER BY at DESC LIMIT 1`, business, object, t.now-failuresTogether.Milliseconds())
		if err != nil {
			return err
		}
		name, err := t.userName(user)
		if err != nil {
			return err
		}
		details := map[string]any{"count": 1.0, "address": address, "name": name}
		if !found {
			return t.audit(Act{Business: business, Action: ActLoginFailed, Object: object, Details: details})
		}
		var before struct {
			Count float64 `json:"count"`
		}
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			return fmt.Errorf("read audit details: %w", err)
		}
		details["count"] = before.Count + 1
		if text, err = marshalDetails(details); err != nil {
			return err
		}
		return t.exec(`UPDATE audit SET details = $2 WHERE id = $1`, id, text)
	})
}

// userName returns the name of a user, "" when there is none.
func (t *tx) userName(user int64) (name string, err error) {
	_, err = t.row([]any{&name}, `SELECT name FROM users WHERE id = $1`, user)
	return name, err
}
