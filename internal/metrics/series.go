package metrics

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	library "github.com/VictoriaMetrics/metrics"
)

// maxOpen bounds the series of a family that has a label without Values.
const maxOpen = 300

// maxLabels is as many labels as a family may have.
const maxLabels = 3

// vector is the series of one family, by the values of its labels.
type vector[M any] struct {
	desc  Desc
	fresh func(series string) M

	all    atomic.Pointer[map[[maxLabels]string]M] // replaced by a larger one, never changed
	adding sync.Mutex
}

func newVector[M any](d Desc, fresh func(series string) M) *vector[M] {
	v := &vector[M]{desc: d, fresh: fresh}
	v.all.Store(&map[[maxLabels]string]M{})
	if !slices.ContainsFunc(d.Labels, func(l Label) bool { return l.Values == nil }) {
		v.fill(nil)
	}
	return v
}

func (v *vector[M]) describe() Desc { return v.desc }

// fill makes every series there can be, but those with Other: a counter that
// starts at 0 shows its first step.
func (v *vector[M]) fill(values []string) {
	if len(values) == len(v.desc.Labels) {
		v.at(values)
		return
	}
	for _, value := range v.desc.Labels[len(values)].Values {
		v.fill(append(slices.Clip(values), value))
	}
}

// at returns the series with these values.
func (v *vector[M]) at(values []string) M {
	var key [maxLabels]string
	copy(key[:], values)
	if m, ok := (*v.all.Load())[key]; ok {
		return m
	}
	return v.add(values)
}

func (v *vector[M]) add(values []string) M {
	v.adding.Lock()
	defer v.adding.Unlock()
	old := *v.all.Load()
	values = v.bounded(values, len(old))
	var key [maxLabels]string
	copy(key[:], values)
	if m, ok := old[key]; ok {
		return m
	}
	m := v.fresh(v.desc.series(values))
	larger := maps.Clone(old)
	larger[key] = m
	v.all.Store(&larger)
	return m
}

// bounded is values with Other for what the labels do not take, of a family that
// has so many series.
func (v *vector[M]) bounded(values []string, series int) []string {
	if len(values) != len(v.desc.Labels) || len(values) > maxLabels {
		panic(fmt.Sprintf("metrics: %s has %d labels, got %d values", v.desc.Name, len(v.desc.Labels), len(values)))
	}
	bounded := slices.Clone(values)
	for i, l := range v.desc.Labels {
		if l.Values == nil && series >= maxOpen || l.Values != nil && !slices.Contains(l.Values, values[i]) {
			bounded[i] = Other
		}
	}
	return bounded
}

// Counter counts up. Safe for concurrent use.
type Counter struct {
	*vector[*library.Counter]

	set *library.Set
}

// Counter makes a family of counters.
func (r *Registry) Counter(d Desc) *Counter {
	d.Type = typeCounter
	set := library.NewSet()
	c := &Counter{newVector(d, set.NewCounter), set}
	r.add(c)
	return c
}

// Add adds n, which is not negative, to the counter with these values of its
// labels.
func (c *Counter) Add(n int, values ...string) { c.at(values).Add(n) }

// Inc is Add of 1.
func (c *Counter) Inc(values ...string) { c.at(values).Inc() }

func (c *Counter) write(w io.Writer) { c.set.WritePrometheus(w) }

// Histogram counts how often something took, or was, how much. Safe for
// concurrent use.
type Histogram struct {
	*vector[*library.PrometheusHistogram]

	set *library.Set
}

// Histogram makes a family of histograms with these upper bounds.
func (r *Registry) Histogram(d Desc, bounds []float64) *Histogram {
	d.Type = typeHistogram
	set := library.NewSet()
	fresh := func(series string) *library.PrometheusHistogram { return set.NewPrometheusHistogramExt(series, bounds) }
	h := &Histogram{newVector(d, fresh), set}
	r.add(h)
	return h
}

// Observe takes in one value; what is negative, because clocks differ, is 0.
func (h *Histogram) Observe(value float64, values ...string) { h.at(values).Update(max(value, 0)) }

func (h *Histogram) write(w io.Writer) { h.set.WritePrometheus(w) }
