// Package version knows which build of Mostrador this is.
package version

import (
	"cmp"
	"runtime/debug"
)

// stamped is set by the linker where the checkout is not there to be asked, as in
// an image build: -ldflags "-X mostrador/internal/version.stamped=v1.2.3".
var stamped string

// Unknown is what a build that knows nothing says.
const Unknown = "desconocida"

// String returns the stamped version, or the module's, which is that of the
// commit in a build from a checkout.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return cmp.Or(stamped, Unknown)
	}
	return cmp.Or(stamped, info.Main.Version, Unknown)
}

// Of returns the version of a library that is linked in.
func Of(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Unknown
	}
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	return Unknown
}
