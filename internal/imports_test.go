// Package internal_test holds the architecture: which package may import which.
package internal_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "mostrador/"

// allowed says, for every package of the product, which others of it and which
// libraries it may import. The standard library is free for all. A package
// missing here fails the test: adding one is a decision.
//
// Read from the top, it is the way data flows: vocabulary and contract first,
// then the two programs, which never import each other.
var allowed = map[string][]string{
	"internal/ticket":  {},
	"internal/wire":    {"internal/ticket"},
	"internal/address": {"internal/ticket"},
	"internal/config":  {"internal/ticket", "github.com/joho/godotenv", "filippo.io/age"},
	"internal/httpx":   {"internal/ticket", "github.com/rs/zerolog", "golang.org/x/net/netutil"},
	"internal/tunnel":  {"github.com/coder/websocket", "github.com/hashicorp/yamux"},
	"internal/metrics": {"internal/httpx", "internal/ticket", "github.com/VictoriaMetrics/metrics", "github.com/go-chi/chi"},

	"internal/disk":   {"golang.org/x/sys"},
	"internal/doctor": {"internal/config", "internal/disk", "internal/ticket"},

	"internal/bridge/queue": {"internal/wire"},
	"internal/bridge/whatsapp": {
		"internal/bridge/queue", "internal/wire", "internal/ticket", "internal/address",
		"go.mau.fi/whatsmeow", "go.mau.fi/libsignal", "google.golang.org/protobuf", "modernc.org/sqlite",
		"github.com/gofrs/flock", "github.com/rs/zerolog",
	},
	"internal/bridge/uplink": {
		"internal/bridge/queue", "internal/wire", "internal/ticket", "internal/httpx", "github.com/rs/zerolog", "golang.org/x/sync",
	},
	"internal/bridge/api": {
		"internal/wire", "internal/ticket", "internal/httpx", "internal/metrics", "github.com/go-chi/chi", "github.com/rs/zerolog", "rsc.io/qr", "golang.org/x/sync",
	},
	"internal/bridge/link":    {"internal/tunnel", "internal/wire", "github.com/coder/websocket", "github.com/rs/zerolog"},
	"internal/bridge/desktop": {"golang.org/x/sys/windows"},
	"internal/bridge/service": {"internal/ticket", "github.com/kardianos/service"},
	"internal/bridge/checkup": {
		"internal/bridge/queue", "internal/bridge/whatsapp", "internal/config", "internal/doctor", "internal/wire",
	},
	"internal/bridge": {
		"internal/bridge/checkup", "internal/bridge/link", "internal/disk", "internal/doctor",
		"internal/bridge/queue", "internal/bridge/whatsapp", "internal/bridge/uplink", "internal/bridge/api", "internal/bridge/service",
		"internal/config", "internal/httpx", "internal/ticket", "internal/version", "internal/wire", "internal/metrics",
		"github.com/mdp/qrterminal", "github.com/rs/zerolog", "golang.org/x/sync", "golang.org/x/term", "github.com/DeRuina/timberjack",
	},

	"internal/version": {},

	"migrations":            {"go.mau.fi/util/dbutil"},
	"web":                   {},
	"internal/server/hours": {"internal/ticket"},
	"internal/server/said":  {},
	"internal/server/words": {"golang.org/x/text"},
	"internal/server/store": {
		"migrations", "internal/ticket", "internal/address", "internal/server/hours", "internal/server/words", "golang.org/x/text", "golang.org/x/sync",
		"modernc.org/sqlite", "zombiezen.com/go/sqlite", "github.com/jackc/pgx", "go.mau.fi/util/dbutil", "github.com/rs/zerolog",
	},
	"internal/server/classifier": {
		"internal/server/classifier/corpus", "internal/ticket", "golang.org/x/text", "github.com/blevesearch/snowballstem",
	},
	"internal/server/classifier/corpus": {},
	"internal/server/learn":             {"internal/server/classifier", "internal/server/store", "internal/ticket", "github.com/rs/zerolog"},
	"internal/server/photos":            {"internal/ticket"},
	"internal/server/splice":            {},
	"internal/server/auth": {
		"internal/server/store", "internal/httpx", "internal/ticket",
		"golang.org/x/crypto/argon2", "github.com/pquerna/otp", "rsc.io/qr", "github.com/go-chi/chi/v5/middleware", "github.com/rs/zerolog",
	},
	"internal/server/outbox": {
		"internal/server/store", "internal/server/hours", "internal/wire", "internal/ticket", "internal/httpx", "github.com/rs/zerolog",
	},
	"internal/server/backup": {
		"internal/disk", "internal/server/store", "internal/server/photos", "internal/ticket", "filippo.io/age", "github.com/gofrs/flock", "github.com/minio/minio-go", "github.com/rs/zerolog",
	},
	"internal/server/jobs": {
		"internal/server/store", "github.com/riverqueue/river", "github.com/rs/zerolog",
	},
	"internal/server/llm": {"internal/ticket", "github.com/rs/zerolog"},
	"internal/server/original": {
		"internal/server/store", "internal/server/photos", "internal/ticket", "internal/address", "modernc.org/sqlite",
	},
	"internal/server/live": {
		"internal/server/store", "internal/server/auth", "internal/ticket", "github.com/coder/websocket", "github.com/rs/zerolog",
	},
	"internal/server/link": {
		"internal/server/store", "internal/server/auth", "internal/tunnel", "internal/wire", "internal/ticket", "github.com/coder/websocket", "github.com/rs/zerolog",
	},
	"internal/server/retention": {"internal/server/store", "internal/server/photos", "github.com/rs/zerolog"},
	"internal/server/watch":     {"internal/server/store", "github.com/rs/zerolog"},
	"internal/server/notify": {
		"internal/server/store", "internal/server/jobs", "internal/server/hours", "internal/server/said", "internal/wire", "internal/ticket",
		"github.com/SherClockHolmes/webpush-go", "github.com/standard-webhooks/standard-webhooks/libraries/go", "github.com/rs/zerolog",
	},
	"internal/server/assist": {
		"internal/server/store", "internal/server/photos", "internal/server/jobs", "internal/server/llm", "internal/ticket",
	},
	"internal/server/rest": {
		"internal/server/assist", "internal/server/notify",
		"internal/server/hours", "internal/server/photos", "internal/server/store", "internal/server/words", "internal/server/auth", "internal/server/learn", "internal/server/link", "internal/server/outbox", "internal/server/watch", "internal/server/backup",
		"internal/httpx", "internal/wire", "internal/ticket", "internal/address",
		"github.com/danielgtaylor/huma", "github.com/go-chi/chi", "github.com/rs/zerolog", "rsc.io/qr",
	},
	"internal/server/api": {
		"internal/server/rest", "internal/server/assist", "internal/server/notify", "internal/server/learn", "internal/server/link", "internal/server/backup", "web",
		"internal/server/store", "internal/server/photos", "internal/server/splice", "internal/server/auth", "internal/server/outbox", "internal/server/watch", "internal/server/live",
		"internal/httpx", "internal/wire", "internal/ticket", "internal/address", "internal/metrics",
		"github.com/go-chi/chi", "github.com/go-chi/cors", "github.com/rs/zerolog",
	},
	"internal/server/checkup": {
		"internal/server/store", "internal/config", "internal/doctor", "internal/httpx", "internal/ticket", "internal/wire",
	},
	"internal/server": {
		"internal/server/checkup", "internal/disk", "internal/doctor",
		"internal/server/retention", "internal/server/store", "internal/server/photos", "internal/server/auth", "internal/server/outbox",
		"internal/server/link", "internal/server/watch", "internal/server/live", "internal/server/classifier", "internal/server/learn", "internal/server/original", "internal/server/backup", "internal/server/api",
		"internal/config", "internal/httpx", "internal/ticket", "internal/version", "internal/wire", "internal/metrics",
		"internal/server/jobs", "internal/server/llm", "internal/server/assist", "internal/server/notify", "internal/server/said",
		"web", "filippo.io/age", "github.com/rs/zerolog", "golang.org/x/sync", "golang.org/x/term",
	},

	"cmd/bridge": {"internal/bridge", "internal/bridge/desktop", "internal/bridge/service"},
	"cmd/server": {"internal/server"},

	// Helpers of the tests and the demo; no shipped program may reach them.
	"internal/pgtest":                 {"github.com/jackc/pgx"},
	"internal/freeport":               {},
	"internal/porttest":               {"internal/freeport"},
	"internal/tunnel/tunneltest":      {},
	"internal/metrics/metricstest":    {"internal/metrics"},
	"internal/browser":                {"github.com/chromedp"},
	"internal/server/store/storetest": {"internal/server/store", "internal/pgtest", "internal/ticket", "github.com/rs/zerolog"},
	"internal/wasim": {
		"go.mau.fi/whatsmeow", "go.mau.fi/libsignal", "go.mau.fi/util", "google.golang.org/protobuf",
		"github.com/coder/websocket", "github.com/rs/zerolog", "golang.org/x/crypto",
	},
	"internal/bundle": {"github.com/evanw/esbuild"},
	"cmd/panel":       {"internal/bundle", "web"},
	"cmd/dist":        {},
	"cmd/demo": {
		"internal/wasim", "internal/bridge", "internal/bridge/whatsapp", "internal/server", "internal/config", "internal/wire", "internal/freeport",
		"golang.org/x/sync", "github.com/rs/zerolog",
	},
	"cmd/storm": {
		"internal/wasim", "internal/bridge", "internal/bridge/whatsapp", "internal/server", "internal/config", "internal/wire", "internal/freeport",
		"modernc.org/sqlite",
	},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
}

func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Standard"}, args...)...)
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(out); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return packages
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		if strings.Contains(name, "/testdata/") || name == "internal" || len(p.Imports) == 0 && allowed[name] == nil {
			continue
		}
		seen[name] = true
		libraries, ok := allowed[name]
		if !ok {
			t.Errorf("package %s is not in the table", name)
			continue
		}
		for _, imported := range p.Imports {
			if !mayImport(libraries, imported) {
				t.Errorf("%s imports %s, which the table does not allow", name, imported)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("the table has %s, the product does not", name)
		}
	}
}

func TestTheVocabularyDoesNoInputOrOutput(t *testing.T) {
	for _, imported := range list(t, "./internal/ticket")[0].Imports {
		if root, _, _ := strings.Cut(imported, "/"); slices.Contains([]string{"database", "io", "net", "os", "syscall"}, root) {
			t.Errorf("internal/ticket imports %s", imported)
		}
	}
}

func mayImport(libraries []string, imported string) bool {
	if own, ok := strings.CutPrefix(imported, module); ok {
		return slices.Contains(libraries, own)
	}
	host, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc(libraries, func(library string) bool {
		return imported == library || strings.HasPrefix(imported, library+"/")
	})
}

func TestTheShippedProgramsShareOnlyTheContractAndCarryNoSimulator(t *testing.T) {
	for program, forbidden := range map[string][]string{
		"./cmd/bridge": {module + "internal/server", module + "internal/wasim", module + "internal/pgtest", "testing", "github.com/chromedp", "github.com/evanw/esbuild"},
		"./cmd/server": {module + "internal/bridge", module + "internal/wasim", module + "internal/pgtest", "go.mau.fi/whatsmeow", "testing", "github.com/chromedp", "github.com/evanw/esbuild"},
	} {
		for _, dependency := range list(t, program)[0].Deps {
			for _, bad := range forbidden {
				if dependency == bad || strings.HasPrefix(dependency, bad+"/") && bad != "testing" {
					t.Errorf("%s links %s", program, dependency)
				}
			}
		}
	}
}
