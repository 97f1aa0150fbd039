package wasim

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

const (
	mediaPrefix = "o1/v"    // of the paths of stored files
	maxUpload   = 128 << 20 // bytes; WhatsApp's own limit for files is 2 GB
)

// blob is an encrypted file on the media server.
type blob struct {
	id      string // message it belongs to, "" for uploads
	data    []byte
	key     []byte // media key; nil for uploads
	expired bool   // answered with 410 until renewed
	lost    bool   // the phone does not have it either
}

// storeBlob keeps a file and returns its direct path. The query is needed:
// whatsmeow appends "&hash=…". The caller holds s.mu.
func (s *Server) storeBlob(id string, data, key []byte) string {
	name := newID("")
	s.blobs[name] = &blob{id: id, data: data, key: key}
	return directPath(name)
}

func directPath(name string) string { return "/" + mediaPrefix + "/" + name + "?ccb=11-4" }

// MediaFault is what goes wrong with downloads. The first that is set of Status,
// Block and the rest counts; Truncate, Corrupt and Length can be combined.
type MediaFault struct {
	ID       string // the message whose media it is; "": all media
	Status   int    // answer with this status: 403, 404, 410, 500, 503…
	Block    bool   // send nothing until the fault is changed
	Truncate int    // leave out so many bytes of the end
	Corrupt  bool   // change a byte: hash and MAC are wrong
	Length   int64  // Content-Length to claim: >0 a lie, and the connection is cut where the data end; -1 none at all
}

// MediaFault sets what goes wrong with downloads from now on, of one message or
// of all. A value with nothing but an ID ends that message's fault, the zero
// value ends all.
func (s *Server) MediaFault(f MediaFault) {
	s.change(func(all *faults) {
		switch f {
		case MediaFault{}:
			clear(all.media)
		case MediaFault{ID: f.ID}:
			delete(all.media, f.ID)
		default:
			all.media[f.ID] = f
		}
		close(all.released)
		all.released = make(chan struct{})
	})
}

// mediaFault returns the fault for a message's media.
func (f *faults) mediaFault(id string) MediaFault {
	if fault, ok := f.media[id]; ok {
		return fault
	}
	return f.media[""]
}

// serveMedia is the download of a file.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b := s.blobs[r.PathValue("name")]
	s.mu.Unlock()
	if b == nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	fault, expired, ok := s.awaitMedia(r, b)
	switch {
	case !ok:
		abort(w)
	case fault.Status != 0:
		http.Error(w, "fault", fault.Status)
	case expired:
		http.Error(w, "gone", http.StatusGone)
	default:
		sendBlob(w, b.data, fault)
	}
}

// awaitMedia returns the fault to apply, after a blocking one has ended; not ok
// if the client or the server went away before.
func (s *Server) awaitMedia(r *http.Request, b *blob) (fault MediaFault, expired, ok bool) {
	for {
		s.mu.Lock()
		fault, expired = s.faults.mediaFault(b.id), b.expired
		released := s.faults.released
		s.mu.Unlock()
		if fault.Status != 0 || !fault.Block {
			return fault, expired, true
		}
		select {
		case <-released:
		case <-r.Context().Done():
			return fault, expired, false
		case <-s.ctx.Done():
			return fault, expired, false
		}
	}
}

// abort closes the request's connection: a handler that just returned would send
// an empty file.
func abort(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

func sendBlob(w http.ResponseWriter, data []byte, fault MediaFault) {
	data = append([]byte(nil), data[:max(0, len(data)-fault.Truncate)]...)
	if fault.Corrupt && len(data) > 0 {
		data[0] ^= 1
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	switch {
	case fault.Length > 0:
		w.Header().Set("Content-Length", strconv.FormatInt(fault.Length, 10))
	case fault.Length == 0:
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	w.WriteHeader(http.StatusOK)
	if fault.Length < 0 {
		// What has been flushed can only be chunked.
		_ = http.NewResponseController(w).Flush()
	}
	// A client that left, or a length that lied, is what the fault is for.
	_, _ = w.Write(data)
}

// serveUpload stores a file of the client.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	fault := s.faults.uploadStatus
	path := s.storeBlob("", data, nil)
	s.mu.Unlock()
	if fault != 0 {
		http.Error(w, "fault", fault)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{
		"url": "https://" + mediaHost + path, "direct_path": path, "handle": blobName(path),
	})
}

// RefuseUploads answers uploads with a status; 0 ends it.
func (s *Server) RefuseUploads(status int) { s.change(func(f *faults) { f.uploadStatus = status }) }
