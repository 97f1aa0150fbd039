package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"mostrador/internal/config"
)

// calm is how long nothing happens before memory is looked at: longer than the
// programs wait between their rounds.
const calm = 90 * time.Second

// idleLimits are what the programs may hold in memory then, in bytes. The bridge
// is this program, so that it can reach the simulator, whose code is counted too.
var idleLimits = map[string]int64{nameServer: 34 << 20, nameBridge: 60 << 20}

// idle starts both programs, pairs them, leaves them alone and prints what each
// holds in memory. It returns an error when that is over the limit.
func idle(ctx context.Context, o options) (err error) {
	if o.dir, err = os.MkdirTemp("", "mostrador-idle-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	w := &world{options: o, began: time.Now(), token: config.MakeToken(), count: map[moveKind]int{}}
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		w.close(cancel)
		err = errors.Join(err, os.RemoveAll(o.dir))
	}()
	if err := w.build(ctx); err != nil {
		return err
	}
	if err := w.pair(ctx); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(calm):
	}
	var errs []error
	for _, p := range []*program{w.server, w.bridge} {
		bytes, err := p.resident()
		if err != nil {
			return err
		}
		limit := idleLimits[p.name]
		fmt.Fprintf(o.out, "%s idle: %.1f MiB resident (limit %d)\n", p.name, float64(bytes)/(1<<20), limit>>20)
		if bytes > limit {
			errs = append(errs, fmt.Errorf("the %s holds %.1f MiB while nothing happens", p.name, float64(bytes)/(1<<20)))
		}
	}
	return errors.Join(errs...)
}

// resident is what the program holds in memory now, in bytes; only Linux says so.
func (p *program) resident() (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.life.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("look at memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 10, 64)
			return kib * 1024, err
		}
	}
	return 0, errors.New("look at memory: no VmRSS")
}
