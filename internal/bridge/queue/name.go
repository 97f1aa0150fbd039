package queue

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

const suffix = ".json"

// name identifies a waiting message and is the name of its file.
type name struct {
	seq  uint64   // nanoseconds since 1970 at arrival, made unique
	chat uint64   // two chats that share a hash merely share an order
	key  [16]byte // long enough that nobody finds a second message with it
}

// nameLength is 16 digits of seq, 16 of chat, 32 of key and two hyphens.
const nameLength = 16 + 1 + 16 + 1 + 32 + len(suffix)

// String is the name of the file.
func (n name) String() string {
	return fmt.Sprintf("%016x-%016x-%x%s", n.seq, n.chat, n.key, suffix)
}

// ref is a short form of n, for people.
func (n name) ref() string { return fmt.Sprintf("%016x", n.seq) }

func compareNames(a, b name) int { return cmp.Compare(a.seq, b.seq) }

// parseName is the inverse of String; ok is false for every other text.
func parseName(text string) (n name, ok bool) {
	if len(text) != nameLength {
		return name{}, false
	}
	seq, err1 := hex.DecodeString(text[:16])
	chat, err2 := hex.DecodeString(text[17:33])
	key, err3 := hex.DecodeString(text[34:66])
	if err1 != nil || err2 != nil || err3 != nil {
		return name{}, false
	}
	n = name{seq: binary.BigEndian.Uint64(seq), chat: binary.BigEndian.Uint64(chat), key: [16]byte(key)}
	return n, n.String() == text && n.seq <= math.MaxInt64
}

func hashKey(key string) [16]byte {
	sum := sha256.Sum256([]byte(key))
	return [16]byte(sum[:16])
}

func hashChat(chat string) uint64 {
	sum := sha256.Sum256([]byte(chat))
	return binary.BigEndian.Uint64(sum[:8])
}
