//go:build !linux

package main

import (
	"context"
	"errors"
)

func journaled(context.Context, string) (string, func() error, error) {
	return "", nil, errors.New("only Linux can mount one; name a folder on one with BENCH_DIR")
}
