package uplink

import (
	"context"
	"net/http"

	"mostrador/internal/bridge/queue"
)

// deliverReceipt takes one receipt to the server. A receipt is news about a
// message, not a message: one that the server refuses, or has never heard of
// because it is not ours, is dropped.
func (u *Uplink) deliverReceipt(ctx context.Context, item *queue.Item) {
	out := u.server.report(traced(ctx, item), *item.Entry.Receipt)
	unknown := out.code == http.StatusNotFound || out.code == http.StatusMethodNotAllowed
	if unknown || out.verdict == refuse || out.verdict == tooLarge {
		u.log.Warn().Int("status", out.code).Msg("server does not take receipts; dropped one")
		out.verdict = accept
	} else {
		u.status.note(ctx, out)
	}
	u.settle(ctx, item, out, u.queue.Done, sweep)
}
