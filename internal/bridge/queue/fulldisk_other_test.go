//go:build !linux

package queue_test

import "testing"

func smallDisk(*testing.T) (dir string, ok bool) { return "", false }
