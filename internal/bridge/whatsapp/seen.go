package whatsapp

import "go.mau.fi/whatsmeow/types/events"

// Names of events that others count.
const (
	EventMessage    = "message"
	EventUnreadable = "undecryptable" // a message that cannot be decrypted yet
	EventUnreached  = "unavailable"   // a message that WhatsApp keeps from linked devices; the phone is asked for it
	EventReceipt    = "receipt"
	EventCall       = "call"
	EventConnected  = "connected" // every login, the first one included
	EventLost       = "disconnected"
	EventKeepAlive  = "keepalive_timeout"
	EventLoggedOut  = "logged_out"
	EventReplaced   = "replaced"
	EventBanned     = "banned"
	EventFailed     = "connect_failure"
	EventOutdated   = "outdated"
	EventMedia      = "media_retry" // a phone's answer to a wish for a file
	EventOther      = "other"
)

// Events returns the names that Options.Seen is told.
func Events() []string {
	return []string{
		EventMessage, EventUnreadable, EventUnreached, EventReceipt, EventCall, EventConnected, EventLost, EventKeepAlive, EventLoggedOut,
		EventReplaced, EventBanned, EventFailed, EventOutdated, EventMedia, EventOther,
	}
}

func eventName(evt any) string {
	switch e := evt.(type) {
	case *events.Message:
		return EventMessage
	case *events.UndecryptableMessage:
		if e.IsUnavailable {
			return EventUnreached
		}
		return EventUnreadable
	case *events.Receipt:
		return EventReceipt
	case *events.CallOffer:
		return EventCall
	case *events.MediaRetry:
		return EventMedia
	}
	return lineEvent(evt)
}

// lineEvent names events of the line itself.
func lineEvent(evt any) string {
	switch evt.(type) {
	case *events.Connected:
		return EventConnected
	case *events.Disconnected:
		return EventLost
	case *events.KeepAliveTimeout:
		return EventKeepAlive
	case *events.LoggedOut:
		return EventLoggedOut
	case *events.StreamReplaced:
		return EventReplaced
	case *events.TemporaryBan:
		return EventBanned
	case *events.ConnectFailure:
		return EventFailed
	case *events.ClientOutdated:
		return EventOutdated
	}
	return EventOther
}
