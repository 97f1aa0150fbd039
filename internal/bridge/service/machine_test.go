//go:build !windows

package service

import "testing"

func TestBothDefinitionsAreLookedForOnEverySystem(t *testing.T) {
	for _, c := range []struct {
		machine    machine
		own, other string
	}{
		{
			machine{dir: "/", home: "/home/jose"},
			"/home/jose/.config/systemd/user/mostrador-bridge.service", "/etc/systemd/system/mostrador-bridge.service",
		},
		{
			machine{dir: "/", root: true, home: "/root", asker: "jose", askerHome: "/home/jose"},
			"/etc/systemd/system/mostrador-bridge.service", "/home/jose/.config/systemd/user/mostrador-bridge.service",
		},
		{machine{dir: "/", root: true, home: "/root"}, "/etc/systemd/system/mostrador-bridge.service", ""},
		{
			machine{mac: true, dir: "/", home: "/Users/jose"},
			"/Users/jose/Library/LaunchAgents/mostrador-bridge.plist", "/Library/LaunchDaemons/mostrador-bridge.plist",
		},
		{
			machine{mac: true, dir: "/", root: true, asker: "jose", askerHome: "/Users/jose"},
			"/Library/LaunchDaemons/mostrador-bridge.plist", "/Users/jose/Library/LaunchAgents/mostrador-bridge.plist",
		},
	} {
		if own, other := c.machine.own(), c.machine.other(); own != c.own || other != c.other {
			t.Errorf("%+v: got %q and %q, want %q and %q", c.machine, own, other, c.own, c.other)
		}
	}
}
