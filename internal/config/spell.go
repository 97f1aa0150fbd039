package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// spell warns of names that nobody reads: in .env of all of them, in the
// environment, which is full of others' variables, of those that look misspelt.
// One .env may serve both programs, so that it may have the variables of either.
func (r *reader) spell(environ []string) {
	known := slices.Concat(outsiders, knownNames(both|ForCompose))
	for _, name := range slices.Sorted(maps.Keys(r.file)) {
		if slices.Contains(known, name) {
			r.warnProxy(name)
			continue
		}
		if name == "" {
			r.warn("En .env hay una línea sin NOMBRE= delante, que no cuenta.")
			continue
		}
		warning := printable(name) + " está en .env, pero no es ninguna variable de Mostrador."
		if meant := nearest(name, known, max(2, len(name)/3)); meant != "" {
			warning += " ¿Quiso decir " + meant + "?"
		}
		r.warn(warning)
	}
	own := knownNames(r.program)
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) || r.file[name] != "" {
			continue
		}
		if meant := nearest(name, own, tolerance(name)); meant != "" && r.getenv(meant) == "" {
			r.warn(fmt.Sprintf("%s está en el entorno, pero no es ninguna variable de Mostrador. ¿Quiso decir %s?", printable(name), meant))
		}
	}
}

// warnProxy says that a proxy's variable does nothing in .env: Go reads them in
// the environment only.
func (r *reader) warnProxy(name string) {
	if strings.HasSuffix(name, "_PROXY") && r.getenv(name) == "" && r.file[name] != "" {
		r.warn(name + " no tiene efecto en .env: póngala en el entorno del programa.")
	}
}

// tolerance is how many letters of a name in the environment may be wrong.
func tolerance(name string) int {
	const short = 8
	if len(name) < short {
		return 1
	}
	return 2
}

// knownNames is every name that the programs in who read.
func knownNames(who Program) []string {
	var names []string
	for _, v := range Variables(who) {
		names = append(names, v.Name)
		if v.InFile() {
			names = append(names, v.Name+fileSuffix)
		}
	}
	return names
}

// nearest returns the one of names that differs least from name, in at most limit
// letters, whatever their case; "" if there is none.
func nearest(name string, names []string, limit int) string {
	best := ""
	for _, candidate := range names {
		if d := distance(strings.ToUpper(name), candidate); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best
}

// distance is how many letters must be added, taken away, replaced or swapped with
// their neighbour to make b of a (optimal string alignment).
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
