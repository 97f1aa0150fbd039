package api

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// packed keeps the panel's files compressed, each from the first time somebody
// asks for it. Safe for concurrent use; the zero value is ready.
type packed struct {
	files sync.Map // name to []byte, nil for one that does not get smaller
}

// shrinking are the kinds of files that compression makes smaller.
var shrinking = []string{".html", ".css", ".js", ".mjs", ".json", ".svg", ".webmanifest"}

// serve answers with a file of that name, compressed for whoever takes it so.
func (p *packed) serve(w http.ResponseWriter, r *http.Request, name string, data []byte) {
	if slices.Contains(shrinking, path.Ext(name)) {
		w.Header().Set("Vary", "Accept-Encoding")
		if small := p.pack(name, data); small != nil && takesGzip(r) {
			w.Header().Set("Content-Encoding", "gzip")
			data = small
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (p *packed) pack(name string, data []byte) []byte {
	if known, ok := p.files.Load(name); ok {
		return known.([]byte)
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	_, _ = z.Write(data) // to memory, which takes everything
	_ = z.Close()
	small := out.Bytes()
	if len(small) >= len(data) {
		small = nil
	}
	p.files.Store(name, small)
	return small
}

// takesGzip reads Accept-Encoding; a browser that refuses gzip says q=0.
func takesGzip(r *http.Request) bool {
	for offer := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(offer), ";")
		quality = strings.ReplaceAll(quality, " ", "")
		if strings.EqualFold(coding, "gzip") && !strings.HasPrefix(quality, "q=0.0") && quality != "q=0" {
			return true
		}
	}
	return false
}
