package queue

import "time"

// Files lets tests stand between the queue and the disk.
type Files = files

// File is one that is being written.
type File = file

// Disk is the real Files.
type Disk = disk

// OpenOn is Open on other files.
func OpenOn(dir string, now func() time.Time, f Files) (*Queue, error) { return open(dir, now, f) }

// FileName is the name of the file of a message that arrived at seq.
func FileName(seq uint64, chat, key string) string {
	return name{seq: seq, chat: hashChat(chat), key: hashKey(key)}.String()
}

// DecodeFile reads a file as Next does.
func DecodeFile(fileName string, data []byte) (Entry, bool) {
	n, ok := parseName(fileName)
	if !ok {
		return Entry{}, false
	}
	e, err := decode(data, n)
	return e, err == nil
}

// DecodeName reads the name of a file and writes it again; ok is false for names
// that are not ours.
func DecodeName(text string) (again string, ok bool) {
	n, ok := parseName(text)
	return n.String(), ok
}
