package wasim

import (
	"context"
	"crypto/rand"

	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// ExpireMedia makes the file of a customer's message answer 410 until the client
// asks the phone for it with a media retry receipt; the phone uploads it again
// under a new path.
func (s *Server) ExpireMedia(id string) { s.expire(id, false) }

// LoseMedia is ExpireMedia for a file the phone does not have any more: a media
// retry receipt is answered with an error.
func (s *Server) LoseMedia(id string) { s.expire(id, true) }

// MediaAsked returns how often the device asked the own phone to upload the file
// of a message again.
func (p *Phone) MediaAsked(id string) int {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.mediaAsked[id]
}

// WaitMediaAsked returns when MediaAsked(id) is at least n. The error is the
// context's, or ErrClosed.
func (p *Phone) WaitMediaAsked(ctx context.Context, id string, n int) error {
	return p.s.waitUntil(ctx, func() bool { return p.mediaAsked[id] >= n })
}

func (s *Server) expire(id string, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.blobs {
		if b.id == id && id != "" {
			b.expired, b.lost = true, lost
		}
	}
}

// renewMedia answers a media retry receipt (whatsmeow mediaretry.go, version
// 20260821). The caller holds s.mu.
func (s *Server) renewMedia(receipt *node) {
	id := str(receipt, "id")
	var old *blob
	for _, b := range s.blobs {
		if b.id == id && b.key != nil {
			old = b
			if b.expired {
				break
			}
		}
	}
	answer := []node{{Tag: "error", Attrs: attrs{"code": 2}}}
	if old != nil && !old.lost && askedBy(receipt, id, old.key) {
		if n, err := s.renewed(id, old); err == nil {
			answer = []node{n}
		}
	}
	rmr := receipt.GetChildByTag("rmr")
	s.deliver(&delivery{class: "notification", id: id, kind: "mediaretry", build: func(*device) (node, error) {
		return node{
			Attrs:   attrs{"from": s.phone.pn, "t": unix(s.now())},
			Content: append(answer, node{Tag: "rmr", Attrs: rmr.Attrs}),
		}, nil
	}})
}

// askedBy checks that the receipt was made with the media key.
func askedBy(receipt *node, id string, key []byte) bool {
	iv := content(receipt, "encrypt", "enc_iv")
	if len(iv) != 12 {
		return false
	}
	plaintext, err := gcmutil.Decrypt(mediaRetryKey(key), iv, content(receipt, "encrypt", "enc_p"), []byte(id))
	if err != nil {
		return false
	}
	var asked waMmsRetry.ServerErrorReceipt
	return proto.Unmarshal(plaintext, &asked) == nil && asked.GetStanzaID() == id
}

func mediaRetryKey(key []byte) []byte {
	return hkdfutil.SHA256(key, nil, []byte("WhatsApp Media Retry Notification"), 32)
}

// renewed stores the file again and returns the sealed news of its path.
func (s *Server) renewed(id string, old *blob) (node, error) {
	path := s.storeBlob(id, old.data, old.key)
	plaintext, err := proto.Marshal(&waMmsRetry.MediaRetryNotification{
		StanzaID: proto.String(id), DirectPath: proto.String(path),
		Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(),
	})
	if err != nil {
		return node{}, err
	}
	iv := make([]byte, 12)
	rand.Read(iv)
	sealed, err := gcmutil.Encrypt(mediaRetryKey(old.key), iv, plaintext, []byte(id))
	if err != nil {
		return node{}, err
	}
	return node{Tag: "encrypt", Content: []node{
		{Tag: "enc_p", Content: sealed}, {Tag: "enc_iv", Content: iv},
	}}, nil
}
