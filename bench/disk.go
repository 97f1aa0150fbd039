package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// flushes is how often per second a page can be appended to a file in dir and
// flushed: the limit of whoever flushes once for each message.
func flushes(dir string, runFor time.Duration) (_ float64, err error) {
	f, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	page := make([]byte, 4096)
	begin, n := time.Now(), 0
	for ; time.Since(begin) < runFor; n++ {
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := flush(f); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}
