package whatsapp

import (
	"encoding/json"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// reference is what it takes to download a file later: where it is, its keys,
// and the message it came with, for asking the phone to upload it again. It is
// stored in queue files, so its keys stay.
type reference struct {
	Type    whatsmeow.MediaType `json:"type"`
	Path    string              `json:"path"`
	Key     []byte              `json:"key"`
	SHA     []byte              `json:"sha256"`
	EncSHA  []byte              `json:"enc_sha256"`
	Size    uint64              `json:"size"` // what the sender claims
	MIME    string              `json:"mime"`
	Name    string              `json:"name,omitempty"`
	ID      string              `json:"id"`
	Chat    string              `json:"chat"`
	Sender  string              `json:"sender"`
	FromMe  bool                `json:"from_me,omitempty"`
	InGroup bool                `json:"in_group,omitempty"`
}

var (
	_ whatsmeow.DownloadableMessage = (*reference)(nil)
	_ whatsmeow.MediaTypeable       = (*reference)(nil)
)

// GetDirectPath is whatsmeow.DownloadableMessage.
func (r *reference) GetDirectPath() string { return r.Path }

// GetMediaKey is whatsmeow.DownloadableMessage.
func (r *reference) GetMediaKey() []byte { return r.Key }

// GetFileSHA256 is whatsmeow.DownloadableMessage.
func (r *reference) GetFileSHA256() []byte { return r.SHA }

// GetFileEncSHA256 is whatsmeow.DownloadableMessage.
func (r *reference) GetFileEncSHA256() []byte { return r.EncSHA }

// GetMediaType is whatsmeow.MediaTypeable.
func (r *reference) GetMediaType() whatsmeow.MediaType { return r.Type }

// of notes the message that the file came with.
func (r *reference) of(info types.MessageInfo) {
	r.ID, r.FromMe, r.InGroup = info.ID, info.IsFromMe, info.IsGroup
	r.Chat, r.Sender = info.Chat.String(), info.Sender.String()
}

// message is the inverse of of, as far as a media retry needs it.
func (r *reference) message() (*types.MessageInfo, error) {
	info := &types.MessageInfo{ID: r.ID}
	info.IsFromMe, info.IsGroup = r.FromMe, r.InGroup
	var err error
	if info.Chat, err = types.ParseJID(r.Chat); err != nil {
		return nil, fmt.Errorf("parse chat: %w", err)
	}
	if info.Sender, err = types.ParseJID(r.Sender); err != nil {
		return nil, fmt.Errorf("parse sender: %w", err)
	}
	return info, nil
}

// encode never fails: every field is plain data.
func (r *reference) encode() []byte {
	raw, _ := json.Marshal(r)
	return raw
}

func decodeReference(raw []byte) (*reference, error) {
	var r reference
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("decode media reference: %w", err)
	}
	return &r, nil
}
