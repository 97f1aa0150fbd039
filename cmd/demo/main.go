// Command demo runs the whole product on one machine without a phone or an
// account: a simulated WhatsApp with a handful of customers, the bridge paired
// to it and the server with its panel.
//
// Its one rule: bridge and server run exactly as they ship; only the HTTP
// clients that reach WhatsApp lead to the simulator.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, options{args: os.Args[1:], out: os.Stdout, pause: wait})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
