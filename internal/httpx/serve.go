package httpx

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/rs/zerolog"
	"github.com/rs/zerolog/hlog"
	"golang.org/x/net/netutil"
)

const (
	// headerTimeout ends connections that dawdle over their headers.
	headerTimeout = 10 * time.Second
	// bodyTimeout is for callers of whom nothing is known yet; see MoreTime.
	bodyTimeout = time.Minute
	// idleTimeout closes kept-alive connections nobody uses.
	idleTimeout = 2 * time.Minute
	// drainTimeout leaves two of the ten seconds that a program told to stop has
	// to the rest of its work.
	drainTimeout = 8 * time.Second
	// maxHeader is many times what a browser sends.
	maxHeader = 64 << 10
	// maxConnections leaves room for the 5,000 open panels that are measured. More
	// wait to be taken; nobody is sent away.
	maxConnections = 8192
)

// Serve answers ln's connections, 8,192 at a time, with h until ctx ends, then
// lets the requests under way finish for at most 8 seconds and cuts the rest. A
// client has 10 seconds for its headers, of at most 64 KiB, a minute for a
// request and its answer unless its handler calls MoreTime, and two minutes until
// its next one. It owns ln.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log zerolog.Logger) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          stdlog.New(log, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(netutil.LimitListener(ln, maxConnections)) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		log.Warn().Err(err).Msg("cut requests that did not finish in time")
		_ = srv.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve http: %w", err)
	}
	return nil
}

// MoreTime gives a request, from now on, body for what is left of its body and answer
// until its answer is sent, instead of the minute that Serve gives. It is for callers
// who said who they are, and who send more than a slow line takes in a minute.
func MoreTime(w http.ResponseWriter, body, answer time.Duration) {
	line := http.NewResponseController(w)
	now := time.Now() // the connection's clock, whatever the program is told is the time
	// Where these cannot be set the server's own are as good as it gets.
	_ = line.SetReadDeadline(now.Add(body))
	_ = line.SetWriteDeadline(now.Add(answer))
}

// Log gives every request a logger with an id and logs how it ended: quiet
// paths at debug level, refusals and failures as warnings. Query strings and
// headers are never logged, but for the caller's trace (see TraceHeader).
// Observe, if it is not nil, is told of every answer.
func Log(log zerolog.Logger, observe func(r *http.Request, status int, took time.Duration), quiet ...string) func(http.Handler) http.Handler {
	hush := make(map[string]bool, len(quiet))
	for _, path := range quiet {
		hush[path] = true
	}
	access := hlog.AccessHandler(func(r *http.Request, status, size int, took time.Duration) {
		if observe != nil {
			observe(r, status, took)
		}
		level := zerolog.InfoLevel
		switch {
		case status >= http.StatusBadRequest:
			level = zerolog.WarnLevel
		case hush[r.URL.Path] || r.Method == http.MethodGet:
			level = zerolog.DebugLevel
		}
		hlog.FromRequest(r).WithLevel(level).
			Str("method", r.Method).Str("path", r.URL.Path).Int("status", status).
			Int("bytes", size).Dur("took_ms", took).Msg("request")
	})
	return func(next http.Handler) http.Handler {
		return hlog.NewHandler(log)(hlog.RequestIDHandler("request_id", TraceHeader)(traced(access(next))))
	}
}

// Recover answers a panicking request with an internal error and logs the stack.
func Recover(write ErrorWriter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				v := recover()
				if v == nil {
					return
				}
				if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
					panic(v)
				}
				err := fmt.Errorf("panic: %v", v)
				hlog.FromRequest(r).Error().Err(err).Bytes("stack", debug.Stack()).Msg("request panicked")
				write(w, r, err)
			}()
			next.ServeHTTP(w, r)
		})
	}
}
