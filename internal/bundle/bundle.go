// Package bundle makes few scripts and one style sheet of the panel's many. It is
// for building a release: a browser far away then asks for a handful instead of a
// hundred. What a script imports only when it is needed stays apart until then.
// Without this package everything works the same.
//
// Its one rule: it joins and shortens, and changes nothing of what the files do.
package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Entries are the files that Make joins with all they import.
var Entries = []string{"js/main.js", "css/app.css"}

// page is where the first of Entries is asked for.
const page = "index.html"

// space is where files live for the bundler.
const space = "panel"

// Make returns the entries of files, each joined with what it imports, by their
// names, the parts that they load later, and the page, if there is one, which asks
// for all that is needed at first at the same time. imports says which file stands
// for which bare name, as a page's import map does. Its errors name file and line.
func Make(files fs.FS, imports map[string]string) (map[string][]byte, error) {
	var entries []api.EntryPoint
	for _, name := range Entries {
		if _, err := fs.Stat(files, name); err == nil {
			entries = append(entries, api.EntryPoint{InputPath: name, OutputPath: strings.TrimSuffix(name, path.Ext(name))})
		}
	}
	built := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries, Bundle: true, Format: api.FormatESModule, Target: api.ES2022, Outdir: "/", LogLevel: api.LogLevelSilent,
		Splitting: true, ChunkNames: "js/[name]-[hash]", Metafile: true,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsEndOfFile,
		Plugins: []api.Plugin{reader(files, imports)},
	})
	if len(built.Errors) > 0 {
		return nil, problem(built.Errors[0])
	}
	made := map[string][]byte{}
	for _, file := range built.OutputFiles {
		made[strings.TrimPrefix(file.Path, "/")] = file.Contents
	}
	text, err := fs.ReadFile(files, page)
	if errors.Is(err, fs.ErrNotExist) {
		return made, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	made[page], err = preloading(text, built.Metafile)
	return made, err
}

// module is the tag that starts a page's program.
var module = regexp.MustCompile(`(?m)^.*<script type="module" src="(.*)` + regexp.QuoteMeta(Entries[0]) + `"`)

// preloading returns a page that asks for what its program imports together with
// the program, and not only once it has read it.
func preloading(text []byte, metafile string) ([]byte, error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read what was joined: %w", err)
	}
	at := module.FindSubmatchIndex(text)
	if at == nil {
		return text, nil
	}
	prefix := text[at[2]:at[3]]
	var links bytes.Buffer
	for name, output := range meta.Outputs {
		if strings.TrimPrefix(path.Clean("/"+name), "/") != Entries[0] {
			continue
		}
		for _, imported := range output.Imports {
			if imported.Kind == "import-statement" {
				fmt.Fprintf(&links, "<link rel=\"modulepreload\" href=\"%s%s\">\n", prefix, strings.TrimPrefix(path.Clean("/"+imported.Path), "/"))
			}
		}
	}
	return slices.Concat(text[:at[0]], links.Bytes(), text[at[0]:]), nil
}

// reader lets the bundler read nothing but files.
func reader(files fs.FS, imports map[string]string) api.Plugin {
	return api.Plugin{Name: space, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind == api.ResolveCSSURLToken {
				return api.OnResolveResult{Path: args.Path, External: true}, nil
			}
			return api.OnResolveResult{Path: resolve(args, imports), Namespace: space}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: space}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := fs.ReadFile(files, args.Path)
			text, loader := string(data), api.LoaderJS
			if path.Ext(args.Path) == ".css" {
				loader = api.LoaderCSS
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, err
		})
	}}
}

func resolve(args api.OnResolveArgs, imports map[string]string) string {
	if file, mapped := imports[args.Path]; mapped {
		return file
	}
	if args.Kind == api.ResolveEntryPoint {
		return args.Path
	}
	return path.Join(path.Dir(args.Importer), args.Path)
}

func problem(m api.Message) error {
	if m.Location == nil {
		return errors.New(m.Text)
	}
	return fmt.Errorf("%s:%d: %s", strings.TrimPrefix(m.Location.File, space+":"), m.Location.Line, m.Text)
}

// importMap is a page's import map.
var importMap = regexp.MustCompile(`(?s)<script type="importmap">(.*?)</script>`)

// ImportMap reads Make's imports from a page under whose prefix the files are.
func ImportMap(page []byte, prefix string) (map[string]string, error) {
	var read struct{ Imports map[string]string }
	found := importMap.FindSubmatch(page)
	if found == nil {
		return nil, nil //nolint:nilnil // a page without one imports no bare names
	}
	if err := json.Unmarshal(found[1], &read); err != nil {
		return nil, fmt.Errorf("read import map: %w", err)
	}
	for name, file := range read.Imports {
		read.Imports[name] = strings.TrimPrefix(file, prefix)
	}
	return read.Imports, nil
}
