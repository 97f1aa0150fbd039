package ticket_test

import (
	"errors"
	"fmt"
	"testing"

	"mostrador/internal/ticket"
)

func TestCodeOfFindsTheCodeThroughWrapping(t *testing.T) {
	coded := ticket.NewError(ticket.CodeNotFound, "Ticket no encontrado")
	for _, tt := range []struct {
		err  error
		want ticket.Code
	}{
		{nil, ""},
		{coded, ticket.CodeNotFound},
		{fmt.Errorf("load ticket: %w", coded), ticket.CodeNotFound},
		{errors.Join(errors.New("other"), coded), ticket.CodeNotFound},
		{errors.New("disk on fire"), ticket.CodeInternal},
	} {
		if got := ticket.CodeOf(tt.err); got != tt.want {
			t.Errorf("CodeOf(%v): got %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestOnlyWhatIsStillToBeSentWaits(t *testing.T) {
	for d, want := range map[ticket.Delivery]bool{
		ticket.DeliveryQueued: true, ticket.DeliveryLimited: true, ticket.DeliveryConfirm: true, ticket.DeliverySent: false,
		ticket.DeliveryDelivered: false, ticket.DeliveryRead: false, ticket.DeliveryFailed: false, ticket.DeliveryDiscarded: false, "": false,
	} {
		if got := d.Waits(); got != want {
			t.Errorf("%q: got %v, want %v", d, got, want)
		}
	}
}
