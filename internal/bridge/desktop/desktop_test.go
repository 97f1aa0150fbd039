package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestThereIsAScreenWhereAPersonCanSeeIt(t *testing.T) {
	for _, test := range []struct {
		system string
		env    map[string]string
		want   bool
	}{
		{"windows", nil, true},
		{"darwin", nil, true},
		{"linux", nil, false},
		{"linux", map[string]string{"DISPLAY": ":0"}, true},
		{"linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, true},
		{"linux", map[string]string{"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, false},
		{"windows", map[string]string{"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, false},
		{"darwin", map[string]string{"SSH_TTY": "/dev/ttys1"}, false},
	} {
		if got := hasScreen(test.system, func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%s with %v: got %v, want %v", test.system, test.env, got, test.want)
		}
	}
}

func TestWithoutAScreenNothingIsOpened(t *testing.T) {
	over := func(name string) string { return map[string]string{"SSH_CONNECTION": "x"}[name] }
	if err := Open("http://127.0.0.1:9000/", over); !errors.Is(err, ErrNoScreen) {
		t.Errorf("got %v, want %v", err, ErrNoScreen)
	}
}

func TestAProgramThatIsNotThereIsAnError(t *testing.T) {
	if err := launch(filepath.Join(t.TempDir(), "none"), "http://127.0.0.1:9000/"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
