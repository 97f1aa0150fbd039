//go:build prometheus

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mostrador/internal/porttest"
)

// deploy is where what ships for Prometheus and Grafana lies.
var deploy = filepath.Join("..", "..", "deploy")

// unseen are metrics that a demo without language model, trouble or old copies
// does not fill; queries of them must be answered, with nothing in it.
var unseen = []string{"mostrador_server_job_seconds", "mostrador_server_llm_seconds", "mostrador_server_backup_last_success"}

// prometheus is a real one that reads both programs.
type prometheus struct {
	t   *testing.T
	url string
}

// startPrometheus starts one with the rules that ship, reading every second.
func startPrometheus(t *testing.T, d *demo) *prometheus {
	t.Helper()
	binary, err := exec.LookPath("prometheus")
	if err != nil {
		t.Fatalf("prometheus is needed: %v", err)
	}
	dir, port := t.TempDir(), porttest.Free(t)
	rules, err := filepath.Abs(filepath.Join(deploy, "prometheus", "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%s]\nscrape_configs:\n"+
		"  - {job_name: mostrador-server, static_configs: [{targets: ['127.0.0.1:%s']}]}\n"+
		"  - {job_name: mostrador-bridge, static_configs: [{targets: ['127.0.0.1:%s']}]}\n", rules, d.panelPort, d.bridgePort)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", port)
	cmd := exec.Command(binary, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	log := &transcript{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // says that it was killed
		if t.Failed() {
			t.Logf("prometheus:\n%s", log)
		}
	})
	return &prometheus{t, "http://" + address}
}

// ask calls Prometheus's API and reads the data of the answer into v; ok is false
// when there is no answer, or it is no success.
func (p *prometheus) ask(path string, v any) (problem string, ok bool) {
	p.t.Helper()
	resp, err := http.Get(p.url + path)
	if err != nil {
		return err.Error(), false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error(), false
	}
	var answer struct {
		Status, Error string
		Data          json.RawMessage
	}
	if json.Unmarshal(body, &answer) != nil || answer.Status != "success" {
		return string(body), false
	}
	if err := json.Unmarshal(answer.Data, v); err != nil {
		p.t.Fatal(err)
	}
	return "", true
}

// query returns the values that an expression has now.
func (p *prometheus) query(expr string) (values []string) {
	p.t.Helper()
	var data struct{ Result []struct{ Value [2]any } }
	if problem, ok := p.ask("/api/v1/query?query="+url.QueryEscape(expr), &data); !ok {
		p.t.Errorf("%s: %s", expr, problem)
	}
	for _, r := range data.Result {
		values = append(values, fmt.Sprint(r.Value[1]))
	}
	return values
}

// reads waits until both programs were read after everything that happened so far.
func (p *prometheus) reads() {
	p.t.Helper()
	scrapes := func() int { return len(p.readings()) }
	before := 0
	eventually(p.t, "both programs are read", func() bool {
		before = scrapes()
		return before >= 2
	})
	expr := `min(count_over_time(up{job=~"mostrador-.*"}[1h]))`
	first := ""
	eventually(p.t, "they are read again and again", func() bool {
		got := p.query(expr)
		if len(got) == 1 && first == "" {
			first = got[0]
		}
		return len(got) == 1 && len(got[0]) > 0 && atLeast(got[0], first, 4)
	})
}

func (p *prometheus) readings() []string {
	var data struct{ Result []struct{ Value [2]any } }
	p.ask("/api/v1/query?query="+url.QueryEscape(`up{job=~"mostrador-.*"} == 1`), &data)
	return make([]string, len(data.Result))
}

func atLeast(now, before string, more int) bool {
	var n, b int
	_, err1 := fmt.Sscan(now, &n)
	_, err2 := fmt.Sscan(before, &b)
	return err1 == nil && err2 == nil && n >= b+more
}

// expressions returns every query of the dashboard.
func expressions(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deploy, "grafana", "dashboards", "mostrador.json"))
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID, Title    string
		SchemaVersion int
		Panels        []struct {
			ID          int
			Type, Title string
			GridPos     struct{ H, W, X, Y int }
			Datasource  struct{ UID string }
			Targets     []struct{ Expr string }
		}
		Annotations struct{ List []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	if board.UID == "" || board.Title == "" || board.SchemaVersion < 36 {
		t.Errorf("got a dashboard without uid, title or a schema of today")
	}
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Title == "" || !slices.Contains([]string{"row", "stat", "timeseries", "table"}, p.Type) {
			t.Errorf("panel %d %q of type %q: want its own id, a title and a known type", p.ID, p.Title, p.Type)
		}
		ids[p.ID] = true
		if p.Type != "row" && (p.Datasource.UID != "prometheus" || len(p.Targets) == 0) {
			t.Errorf("%s: want queries of the data source that is provisioned", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, twice := taken[[2]int{x, y}]; twice || x >= 24 {
					t.Errorf("%s lies over %s, or out of the page", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	for _, a := range board.Annotations.List {
		all = append(all, a.Expr)
	}
	return all
}

var familyName = regexp.MustCompile(`mostrador_[a-z_]+`)

// TestEveryQueryOfTheDashboardIsAnswered has customers write and people answer
// while a real Prometheus reads both programs, and then asks it all that Grafana
// would, and that no alert goes off while all is well.
func TestEveryQueryOfTheDashboardIsAnswered(t *testing.T) {
	p, d := rehearseAt(t, "")
	prom := startPrometheus(t, d)
	prom.reads()
	ctx, end := context.WithCancel(t.Context())
	s := &stage{sim: d.sim, out: io.Discard, pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	played := make(chan error, 1)
	go func() { played <- s.play(ctx, cast()) }()
	t.Cleanup(func() {
		end()
		if err := <-played; err != nil {
			t.Errorf("play: %v", err)
		}
	})
	eventually(t, "all that the cast writes", func() bool { return settled(p, p.tickets()) })
	p.call(http.MethodPost, fmt.Sprintf("/responder/%d", p.tickets()["Lucía"].ID), nil)
	prom.reads()

	shown := map[string]bool{}
	for _, expr := range expressions(t) {
		values := prom.query(expr)
		real := slices.ContainsFunc(values, func(v string) bool { return v != "NaN" })
		expected := !slices.ContainsFunc(unseen, func(name string) bool { return strings.Contains(expr, name) }) &&
			!strings.Contains(expr, "ALERTS") && !strings.Contains(expr, "jobs_")
		if expected && !real {
			t.Errorf("%s: got %v, want a value", expr, values)
		}
		for _, name := range familyName.FindAllString(expr, -1) {
			shown[strings.TrimSuffix(name, "_bucket")] = true
		}
	}
	for _, expr := range []string{
		`sum(mostrador_server_webhooks_total{result="stored"}) > 5`, `sum(mostrador_bridge_queue_outcomes_total{outcome=~"delivered|text"}) > 5`,
		`sum(mostrador_server_reply_attempts_total{result="sent"}) > 0`, `sum(mostrador_bridge_sends_total{result="sent"}) > 0`,
		`mostrador_bridge_whatsapp_state{state="conectado"} == 1`,
	} {
		if len(prom.query(expr)) == 0 {
			t.Errorf("%s: is not so", expr)
		}
	}
	if alerts := prom.query(`ALERTS{alertstate="firing"}`); len(alerts) > 0 {
		t.Errorf("got %d alerts while all is well", len(alerts))
	}
	everyRuleIsEvaluatedAndTested(t, prom)
	everyFamilyIsShown(t, prom, shown)
}

// everyRuleIsEvaluatedAndTested: each rule is healthy in a real Prometheus, asks
// for metrics that there are, and has a test.
func everyRuleIsEvaluatedAndTested(t *testing.T, prom *prometheus) {
	t.Helper()
	var data struct {
		Groups []struct {
			Rules []struct{ Name, Query, Health, LastError string }
		}
	}
	if problem, ok := prom.ask("/api/v1/rules", &data); !ok || len(data.Groups) != 1 {
		t.Fatalf("got %s %v, want one group of rules", problem, data)
	}
	tests, err := os.ReadFile(filepath.Join(deploy, "prometheus", "alerts_test.yml"))
	if err != nil {
		t.Fatal(err)
	}
	known := prom.families()
	for _, r := range data.Groups[0].Rules {
		if r.Health != "ok" {
			t.Errorf("%s: %s %s", r.Name, r.Health, r.LastError)
		}
		if !strings.Contains(string(tests), "alertname: "+r.Name+"\n") {
			t.Errorf("%s has no test", r.Name)
		}
		for _, name := range familyName.FindAllString(r.Query, -1) {
			if !slices.Contains(known, name) && !slices.ContainsFunc(unseen, func(u string) bool { return strings.HasPrefix(name, u) }) {
				t.Errorf("%s asks for %s, which nobody shows", r.Name, name)
			}
		}
	}
}

// families returns the names of all metrics of ours that Prometheus has.
func (p *prometheus) families() []string {
	p.t.Helper()
	var names []string
	if problem, ok := p.ask("/api/v1/label/__name__/values", &names); !ok {
		p.t.Fatal(problem)
	}
	return names
}

// everyFamilyIsShown: what is counted is on the dashboard.
func everyFamilyIsShown(t *testing.T, prom *prometheus, shown map[string]bool) {
	t.Helper()
	for _, name := range prom.families() {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, suffix)
		}
		internal := strings.HasPrefix(name, "mostrador_bridge_http_")
		if strings.HasPrefix(name, "mostrador_") && !shown[name] && !internal && name != "mostrador_server_backup_failing" {
			t.Errorf("%s is not on the dashboard", name)
		}
	}
}
