#!/usr/bin/env bash
# Checks what ships for monitoring: the configuration, each alert when it should
# and should not go off, what both programs show, and, in a real Prometheus that
# reads both while customers write, every query of the dashboard. Grafana itself
# is not run: that it draws what it is given is not proven here.
# Needs prometheus with its promtool, and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in prometheus promtool curl; do
	command -v "$tool" >/dev/null || {
		echo "metrics: $tool is missing (apt-get install $tool)" >&2
		exit 1
	}
done

work=$(mktemp -d)
pids=()
cleanup() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "metrics: $*" >&2
	tail -n 20 "$work"/*/log >&2 || true
	exit 1
}

# The secret exists only in a container.
promtool check config --syntax-only deploy/prometheus/prometheus.yml
promtool check rules deploy/prometheus/alerts.yml
(cd deploy/prometheus && promtool test rules alerts_test.yml)

# The programs as they ship, with a token of their own.
mkdir "$work"/{bin,server,bridge}
CGO_ENABLED=0 go build -o "$work/bin/" ./cmd/server ./cmd/bridge
token=$("$work/bin/server" token)
metrics=$("$work/bin/server" token)
port=$(shuf -i 20000-26000 -n 1)
cat >"$work/server/.env" <<END
API_TOKEN=$token
METRICAS_TOKEN=$metrics
DIRECCION=127.0.0.1
PUERTO=$port
END
cat >"$work/bridge/.env" <<END
API_TOKEN=$token
METRICAS_TOKEN=$metrics
DIRECCION=127.0.0.1
PUERTO_LOCAL=$((port + 1))
SERVER_URL=http://127.0.0.1:$port
END
(cd "$work/server" && exec "$work/bin/server") >"$work/server/log" 2>&1 &
pids+=($!)
# A proxy where nothing listens: no test reaches the real WhatsApp.
(cd "$work/bridge" && HTTPS_PROXY=http://127.0.0.1:1 exec "$work/bin/bridge") >"$work/bridge/log" 2>&1 &
pids+=($!)

# read_from prints the metrics of the program on a port.
read_from() { curl -fsS --retry 30 --retry-delay 1 --retry-connrefused --max-time 10 -H "Authorization: Bearer $metrics" "http://127.0.0.1:$1/metrics"; }
# status prints what a program answers to somebody without the right token.
status() { curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@"; }

for program in server bridge; do
	read_from "$port" >"$work/$program.txt" || fail "the $program shows no metrics"
	# Go's and the process's own have no help text; everything of ours has.
	promtool check metrics <"$work/$program.txt" 2>&1 | grep -v ' no help text$' >"$work/lint" || true
	[ ! -s "$work/lint" ] || fail "the $program: $(cat "$work/lint")"
	grep -q "^mostrador_build_info{program=\"$program\"" "$work/$program.txt" || fail "another program answers in place of the $program"
	[ "$(status "http://127.0.0.1:$port/metrics")" = 401 ] || fail "the $program shows its metrics to anybody"
	[ "$(status -H "Authorization: Bearer $token" "http://127.0.0.1:$port/metrics")" = 401 ] || fail "the $program takes API_TOKEN for METRICAS_TOKEN"
	port=$((port + 1))
done

go test -tags prometheus -count=1 -timeout 5m -run EveryQueryOfTheDashboard ./cmd/demo
echo 'metrics: both programs are read, every alert is tested, every query of the dashboard is answered'
