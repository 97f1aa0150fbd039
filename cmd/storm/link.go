package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// passing is a link on its way through a gate.
type passing struct {
	cut  context.CancelFunc
	over chan struct{} // closed when nothing of it passes any more
}

// passLink passes a bridge's link on until it is cut.
func (g *gate) passLink(w http.ResponseWriter, r *http.Request) {
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	p := &passing{cut: cut, over: make(chan struct{})}
	defer close(p.over)
	g.mu.Lock()
	shut := time.Now().Before(g.noLinks)
	if !shut {
		g.links[p] = true
	}
	g.mu.Unlock()
	if shut {
		panic(http.ErrAbortHandler)
	}
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.links, p)
	}()
	target := &url.URL{Scheme: "http", Host: g.target}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, Transport: g.client.Transport, ErrorLog: log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	proxy.ServeHTTP(w, r.WithContext(ctx))
}

// cutLinks cuts every link and lets none through for hold. When it returns,
// nothing passes in one.
func (g *gate) cutLinks(hold time.Duration) {
	g.mu.Lock()
	g.noLinks = time.Now().Add(hold)
	g.cuts += len(g.links)
	var passing []*passing
	for p := range g.links {
		p.cut()
		passing = append(passing, p)
	}
	g.mu.Unlock()
	for _, p := range passing {
		<-p.over
	}
}
