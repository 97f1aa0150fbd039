package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"mostrador/web"
)

const (
	// index is the panel's only page.
	index = "index.html"
	// base stands in it for the address of the panel's files. html/template would
	// keep every method of every type in the program.
	base = "{{.Base}}"
)

// importMap finds the one inline script the page has.
var importMap = regexp.MustCompile(`(?s)<script[^>]*type="importmap"[^>]*>(.*?)</script>`)

// contentTypes are the files a panel is made of. The system's own table is not
// asked: some machines call JavaScript plain text, which browsers refuse.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
	".webp": "image/webp", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".mp3": "audio/mpeg",
}

// panel is the page and its files, read once, or at each request when live.
type panel struct {
	files  fs.FS
	live   bool
	known  func() (known, error) // only when somebody asks: most starts are not looked at
	packed packed
}

// known is what is to be known of files that do not change.
type known struct {
	page   page
	joined bool // make panel has joined these very files
}

// page is index.html filled in.
type page struct {
	body   []byte
	policy string // its Content-Security-Policy
	hash   string // of all files: the folder under which they are served
}

func newPanel(files fs.FS, live bool) (*panel, error) {
	if _, err := fs.Stat(files, index); err != nil {
		return nil, fmt.Errorf("find page: %w", err)
	}
	p := &panel{files: files, live: live}
	p.known = sync.OnceValues(p.look)
	return p, nil
}

func (p *panel) look() (known, error) {
	hash, err := web.Hash(p.files)
	if err != nil {
		return known{}, fmt.Errorf("hash panel: %w", err)
	}
	of, err := fs.ReadFile(p.files, web.JoinedOf)
	k := known{joined: err == nil && string(of) == hash && !p.live}
	k.page, err = p.readPage(hash, k.joined)
	return k, err
}

func (p *panel) current() (page, error) {
	look := p.known
	if p.live {
		look = p.look
	}
	k, err := look()
	return k.page, err
}

// read returns a file as browsers get it.
func (p *panel) read(name string) ([]byte, error) {
	joined := false
	if !p.live {
		k, err := p.known()
		if err != nil {
			return nil, err
		}
		joined = k.joined
	}
	return p.readFrom(name, joined)
}

// stays reports whether the files under a hash will never be others.
func (p *panel) stays(hash string) bool {
	if p.live {
		return false
	}
	k, err := p.known()
	return err == nil && k.page.hash == hash
}

func (p *panel) readFrom(name string, joined bool) ([]byte, error) {
	if joined {
		if data, err := fs.ReadFile(p.files, path.Join(web.Joined, name)); err == nil {
			return data, nil
		}
	}
	return fs.ReadFile(p.files, name)
}

// readPage fills the page with the address of its files. The address holds the
// hash of all of them, so that they may be kept for ever and one change renews
// all.
func (p *panel) readPage(hash string, joined bool) (page, error) {
	body, err := p.readFrom(index, joined)
	if err != nil {
		return page{}, fmt.Errorf("read page: %w", err)
	}
	body = bytes.ReplaceAll(body, []byte(base), []byte("/assets/"+hash))
	scripts := ""
	if found := importMap.FindSubmatch(body); found != nil {
		sum := sha256.Sum256(found[1])
		scripts = " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return page{body: body, policy: contentPolicy(scripts), hash: hash}, nil
}

func (s *server) showPanel(w http.ResponseWriter, r *http.Request) error {
	page, err := s.panel.current()
	if err != nil {
		return fmt.Errorf("read panel: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes[".html"])
	h.Set("Content-Security-Policy", page.policy)
	h.Set("Cache-Control", "no-cache")
	if s.panel.live {
		_, _ = w.Write(page.body)
		return nil
	}
	s.panel.packed.serve(w, r, index, page.body)
	return nil
}

// showAsset serves a file of the panel. One asked for under an old hash, by a
// page that was open during an upgrade, is served as it is now and not kept.
func (s *server) showAsset(w http.ResponseWriter, r *http.Request) error {
	name := chi.URLParam(r, "*")
	contentType, known := contentTypes[path.Ext(name)]
	if !known || !fs.ValidPath(name) || name == index {
		return notFound(w, r)
	}
	data, err := s.panel.read(name)
	if err != nil {
		return notFound(w, r)
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Del("Content-Security-Policy") // says nothing about a file that is no page
	if !s.panel.stays(chi.URLParam(r, "hash")) {
		h.Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
		return nil
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	s.panel.packed.serve(w, r, name, data)
	return nil
}

// serviceWorker is the file that a browser runs to be told things while the panel
// is closed.
const serviceWorker = "avisos.js"

// showServiceWorker serves it from the root, as it may only show pages below
// where it lies.
func (s *server) showServiceWorker(w http.ResponseWriter, r *http.Request) error {
	data, err := s.panel.read(serviceWorker)
	if err != nil {
		return notFound(w, r)
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes[".js"])
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(data)
	return nil
}
