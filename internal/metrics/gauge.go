package metrics

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// Gauge shows how something is at the moment, or nothing while that is not
// known. Safe for concurrent use.
type Gauge struct {
	*vector[*level]
}

// level is one line of a Gauge.
type level struct {
	series string

	mu    sync.Mutex
	value float64
	known bool
}

// Gauge makes a family of gauges, which show nothing until they are Set.
func (r *Registry) Gauge(d Desc) *Gauge {
	d.Type = typeGauge
	g := &Gauge{newVector(d, func(series string) *level { return &level{series: series} })}
	r.add(g)
	return g
}

// Set shows value at these values of the labels.
func (g *Gauge) Set(value float64, values ...string) {
	l := g.at(values)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value, l.known = value, true
}

// Count is Set for what is counted.
func (g *Gauge) Count(n int, values ...string) { g.Set(float64(n), values...) }

// Flag is Set for what is so (1) or not (0).
func (g *Gauge) Flag(is bool, values ...string) {
	value := 0.0
	if is {
		value = 1
	}
	g.Set(value, values...)
}

// Only sets to 1 the line with this value of the one label, and to 0 the others
// that it takes.
func (g *Gauge) Only(value string) {
	for _, other := range g.desc.Labels[0].Values {
		g.Flag(other == value, other)
	}
	if !slices.Contains(g.desc.Labels[0].Values, value) {
		g.Flag(true, value)
		return
	}
	if _, odd := (*g.all.Load())[[maxLabels]string{Other}]; odd {
		g.Flag(false, Other)
	}
}

// Clear makes g show nothing.
func (g *Gauge) Clear() {
	for _, l := range *g.all.Load() {
		l.mu.Lock()
		l.known = false
		l.mu.Unlock()
	}
}

// Zero sets every line that there is to 0: what is not Set after it is not
// there.
func (g *Gauge) Zero() {
	for _, l := range *g.all.Load() {
		l.mu.Lock()
		l.value, l.known = 0, true
		l.mu.Unlock()
	}
}

func (g *Gauge) write(w io.Writer) {
	for _, l := range slices.SortedFunc(maps.Values(*g.all.Load()), func(a, b *level) int { return cmp.Compare(a.series, b.series) }) {
		l.mu.Lock()
		if l.known {
			_, _ = fmt.Fprintf(w, "%s %s\n", l.series, strconv.FormatFloat(l.value, 'g', -1, 64))
		}
		l.mu.Unlock()
	}
}
