package ticket

import "errors"

// Code classifies an error for machines; httpx maps it to an HTTP status.
type Code string

// Every error that is not an *Error counts as CodeInternal, and its text stays
// in the log.
const (
	CodeMalformed    Code = "malformed"    // cannot be read at all
	CodeInvalid      Code = "invalid"      // can be read, but a value is missing or wrong
	CodeUnauthorized Code = "unauthorized" // who are you?
	CodeForbidden    Code = "forbidden"    // not you
	CodeNotFound     Code = "not_found"
	CodeNotAllowed   Code = "not_allowed" // not in this way: another HTTP method
	CodeConflict     Code = "conflict"
	CodeTooLarge     Code = "too_large"
	CodeRateLimited  Code = "rate_limited"
	CodeUnavailable  Code = "unavailable" // try again later
	CodeTimeout      Code = "timeout"     // the other side did not answer in time
	CodeInternal     Code = "internal"
)

// Error is a failure that its reader is meant to see: Message is a Spanish
// sentence without internals.
type Error struct {
	Code    Code
	Message string
}

// Error returns the Spanish sentence.
func (e *Error) Error() string { return e.Message }

// NewError returns an *Error; message must be safe to show to anyone.
func NewError(code Code, message string) error { return &Error{Code: code, Message: message} }

// CodeOf returns the code of the first *Error in err's chain, "" for nil and
// CodeInternal for everything else.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
