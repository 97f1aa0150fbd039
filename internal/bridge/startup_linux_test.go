package bridge_test

import (
	"testing"

	"mostrador/internal/bridge"
)

// Not even the administrator makes folders in /sys.
func TestAFolderThatNobodyMayWriteToIsSaid(t *testing.T) {
	for _, args := range [][]string{nil, {"background"}} {
		got := run(t, bridge.Options{Args: args, Dir: "/sys", Getenv: environment(settings("http://127.0.0.1:1"))})
		wantText(t, got, "no se puede escribir", "descomprímalo antes")
	}
}
