// Package metrics counts what a program does and shows it to Prometheus, as
// text, under Path.
//
// Its one rule: a label takes few values that the code knows beforehand. What is
// not among them is counted as Other, so that no number, name or text of a
// customer can ever become a label, and memory has an end.
package metrics

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	library "github.com/VictoriaMetrics/metrics"
)

const (
	// Path is where both programs show their metrics.
	Path = "/metrics"
	// Other is the value of a label that was given one it does not take.
	Other = "other"
)

// Types of families.
const (
	typeCounter   = "counter"
	typeGauge     = "gauge"
	typeHistogram = "histogram"
)

// Label is a label of a family. Without Values it takes whatever the program
// itself makes up, such as the patterns of routes, up to maxOpen of them.
type Label struct {
	Name   string
	Values []string
}

// Desc describes a family.
type Desc struct {
	Name   string // as Prometheus wants it: unit at the end, _total for counters
	Help   string // one line of English
	Labels []Label
	Type   string // set by the Registry
}

// Registry holds the families of one program. Make them all before the first
// WriteTo; everything else is safe for concurrent use.
type Registry struct {
	families []family
	looking  sync.Mutex
	look     []func(ctx context.Context)
}

// family is what the Registry knows of a Counter, Gauge or Histogram.
type family interface {
	describe() Desc
	write(w io.Writer)
}

// New returns a Registry with nothing in it but which program it is of.
func New(program, version string) *Registry {
	r := &Registry{}
	r.Gauge(Desc{
		Name: "mostrador_build_info", Help: "Always 1: the program, its version and Go's.",
		Labels: []Label{{Name: "program"}, {Name: "version"}, {Name: "go"}},
	}).Set(1, program, version, runtime.Version())
	return r
}

// Before has look called before each reading, one reading at a time, to set
// gauges. What look cannot find out it has to Clear.
func (r *Registry) Before(look func(ctx context.Context)) { r.look = append(r.look, look) }

// Describe returns all families in the order of their names.
func (r *Registry) Describe() []Desc {
	all := make([]Desc, len(r.families))
	for i, f := range r.families {
		all[i] = f.describe()
	}
	return all
}

// Write writes all families, and those of Go and the process, in Prometheus's
// text format.
func (r *Registry) Write(ctx context.Context, w io.Writer) error {
	r.looking.Lock()
	defer r.looking.Unlock()
	for _, look := range r.look {
		look(ctx)
	}
	out := bufio.NewWriter(w)
	for _, f := range r.families {
		d := f.describe()
		_, _ = fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", d.Name, d.Help, d.Name, d.Type)
		f.write(out)
	}
	library.WriteProcessMetrics(out)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

func (r *Registry) add(f family) {
	at, found := slices.BinarySearchFunc(r.families, f.describe().Name, func(f family, name string) int { return cmp.Compare(f.describe().Name, name) })
	if found {
		panic("metrics: two families are called " + f.describe().Name)
	}
	r.families = slices.Insert(r.families, at, f)
}

// escaper is what Prometheus asks for in the value of a label.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// series is the name of one line of d, with its labels.
func (d Desc) series(values []string) string {
	if len(values) == 0 {
		return d.Name
	}
	var b strings.Builder
	b.WriteString(d.Name)
	for i, v := range values {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(d.Labels[i].Name + `="` + escaper.Replace(v) + `"`)
	}
	b.WriteByte('}')
	return b.String()
}
