package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// load is what a number of callers got done within a time.
type load struct {
	perSecond float64
	p50, p99  time.Duration
}

// request is an HTTP request without its body.
type request struct {
	path, token string
	body        func(n int64) []byte // of the n-th call
}

func (r request) head(address string, length int) string {
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", r.path, address, length)
	if r.token != "" {
		head += "Authorization: Bearer " + r.token + "\r\n"
	}
	return head + "\r\n"
}

// drive makes callers send one request after the other for a while, each on a
// connection of its own. It writes to sockets directly: net/http's client takes
// as much of the two programs' processors as the server itself.
func drive(address string, r request, callers int, calls *atomic.Int64, runFor time.Duration) (load, error) {
	var wg sync.WaitGroup
	took := make([][]time.Duration, callers)
	errs := make([]error, callers)
	begin := time.Now()
	for i := range callers {
		wg.Go(func() { took[i], errs[i] = call(address, r, calls, begin.Add(runFor)) })
	}
	wg.Wait()
	elapsed := time.Since(begin)
	if err := errors.Join(errs...); err != nil {
		return load{}, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) == 0 {
		return load{}, errors.New("not one request was answered")
	}
	return load{perSecond: float64(len(all)) / elapsed.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

func call(address string, r request, calls *atomic.Int64, until time.Time) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	// Nothing here may wait for ever, whatever the server does.
	if err := conn.SetDeadline(until.Add(time.Minute)); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	var took []time.Duration
	// The first goes out even if the time was over before the connection stood.
	for first := true; first || time.Now().Before(until); first = false {
		body := r.body(calls.Add(1))
		sent := time.Now()
		if _, err := conn.Write(append([]byte(r.head(address, len(body))), body...)); err != nil {
			return nil, err
		}
		if err := answer(in); err != nil {
			return nil, err
		}
		took = append(took, time.Since(sent))
	}
	return took, nil
}

// answer reads one answer, which must be a success of known length.
func answer(in *bufio.Reader) error {
	length := -1
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch name, value, _ := bytes.Cut(line, []byte(": ")); {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			rest, _ := in.Peek(in.Buffered())
			return fmt.Errorf("answer %q %q", line, rest)
		case len(line) == 0 && length < 0:
			return errors.New("answer of unknown length")
		case len(line) == 0:
			_, err := io.CopyN(io.Discard, in, int64(length))
			return err
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
}
