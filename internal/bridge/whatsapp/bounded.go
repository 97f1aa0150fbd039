package whatsapp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// errOverLimit is what reading a body gives that is longer than it may be.
var errOverLimit = errors.New("more bytes than allowed")

// maxBlob bounds what the library downloads for itself, such as the state of
// chats; a request with a limit in its context has that one instead.
const maxBlob = 64 << 20

// headerTimeout is the longest wait for a media server's answer to begin.
const headerTimeout = 30 * time.Second

// pingAfter is how long a connection may be silent before it is asked for a sign
// of life, and again how long that may take.
const pingAfter = 15 * time.Second

type limitKey struct{}

// withLimit bounds the bodies of requests made with the context.
func withLimit(ctx context.Context, bytes int64) context.Context {
	return context.WithValue(ctx, limitKey{}, bytes)
}

// boundedClient is base, or Go's default client, with bounded answers.
func boundedClient(base *http.Client) *http.Client {
	bounded := &http.Client{}
	if base != nil {
		*bounded = *base
	}
	inner := bounded.Transport
	if inner == nil {
		inner = http.DefaultTransport
		if t, ok := inner.(*http.Transport); ok {
			inner = attentive(t.Clone())
		}
	}
	bounded.Transport = limited{inner}
	return bounded
}

// attentive makes t notice that a server is gone: a connection that died without
// a word would go on being used for all that follows.
func attentive(t *http.Transport) *http.Transport {
	t.ResponseHeaderTimeout = headerTimeout
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingAfter}
	return t
}

// limited is a RoundTripper whose answers have a limit.
type limited struct{ inner http.RoundTripper }

// RoundTrip answers 413 by itself for a body that says it is too long. It
// returns no error for that: whatsmeow would retry it five times.
func (b limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.inner.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	limit, ok := req.Context().Value(limitKey{}).(int64)
	if !ok {
		limit = maxBlob
	}
	if resp.ContentLength > limit {
		if err := resp.Body.Close(); err != nil {
			return nil, err
		}
		return &http.Response{
			Status: "413 Request Entity Too Large", StatusCode: http.StatusRequestEntityTooLarge,
			Proto: resp.Proto, ProtoMajor: resp.ProtoMajor, ProtoMinor: resp.ProtoMinor,
			Header: http.Header{}, Body: http.NoBody, Request: req,
		}, nil
	}
	resp.Body = &countedBody{ReadCloser: resp.Body, left: limit}
	return resp, nil
}

// countedBody fails when more than left bytes come, whatever was announced.
type countedBody struct {
	io.ReadCloser
	left int64
}

// Read is io.Reader.
func (b *countedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errOverLimit
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, errOverLimit
	}
	return n, err
}
