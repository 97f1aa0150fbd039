package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/rs/zerolog"

	"mostrador/internal/httpx"
	"mostrador/internal/server/photos"
	"mostrador/internal/wire"
)

// runDecoder serves webhooks as one would write it with encoding/json: the body
// in memory, decoded, the picture on the disk, and no database at all.
func runDecoder(ctx context.Context, address string) error {
	folder, err := photos.Open("fotos")
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return httpx.Serve(ctx, ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			return // has it started?
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
		var m wire.Webhook
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err == nil && len(m.Image) > 0 {
			_, err = folder.Save(m.Image, "image/jpeg")
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		httpx.WriteJSON(w, http.StatusOK, wire.WebhookReply{Status: "ok"})
	}), zerolog.New(os.Stderr))
}
