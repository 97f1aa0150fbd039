#!/usr/bin/env bash
# Builds both images and tries the server's: health check, no root, nothing
# writable but the volumes, data that survive a kill -9. No registry is used: the
# base images are stand-ins made of this machine's Go, busybox and certificates,
# under the names the Dockerfile uses. So this proves the Dockerfile's steps,
# users, paths and health check, and not what is in the public base images.
# Needs root, buildah, podman, runc and busybox-static.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A store of our own: nobody's images are touched, and all goes away at the end.
work=$(mktemp -d /var/tmp/mostrador-images.XXXXXX)
mkdir "$work/root" "$work/run"
store=(--root "$work/root" --runroot "$work/run" --storage-driver vfs)
cat >"$work/containers.conf" <<'END'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
healthcheck_events = false
runtime = "runc"
END
export CONTAINERS_CONF=$work/containers.conf
pod() { podman "${store[@]}" --log-level fatal --cgroup-manager cgroupfs --events-backend file "$@"; }

cleanup() {
	pod rm -fa >/dev/null 2>&1 || true
	pod volume rm -a >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "images: $*" >&2
	pod logs server >&2 2>/dev/null || true
	exit 1
}

# base imports the folder $1 as image $2; what follows are changes to its settings.
base() {
	local tree=$1 name=$2
	shift 2
	tar -C "$tree" --numeric-owner -c . | pod import -q "$@" - "$name" >/dev/null
	rm -rf "$tree"
}

bases() {
	local tree=$work/tree
	mkdir -p "$tree"/{bin,tmp,root,etc/ssl/certs,usr/local,go}
	chmod 755 "$tree"
	cp /bin/busybox "$tree/bin/busybox"
	for name in sh mkdir; do ln -s busybox "$tree/bin/$name"; done
	cp -a "$(go env GOROOT)" "$tree/usr/local/go"
	cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
	base "$tree" docker.io/library/golang:1.26 --change 'ENV PATH=/usr/local/go/bin:/bin' --change 'ENV GOPATH=/go' --change 'ENV HOME=/root'

	mkdir -p "$tree"/{tmp,etc/ssl/certs,usr/share}
	chmod 755 "$tree"
	chmod 1777 "$tree/tmp"
	echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >"$tree/etc/passwd"
	cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
	base "$tree" gcr.io/distroless/static-debian12:nonroot --change 'USER 65532'
}

build() {
	buildah "${store[@]}" bud --layers --isolation chroot --pull-never --format docker --network host \
		-v "$(go env GOMODCACHE):/go/pkg/mod" --build-arg VERSION=v0.0.0-prueba --target "$1" -t "mostrador-$1" . >"$work/$1.log" 2>&1 ||
		{ tail -n 40 "$work/$1.log" >&2; fail "the $1's image does not build"; }
	local bytes
	bytes=$(pod image inspect --format '{{.Size}}' "mostrador-$1")
	echo "image of the $1: $((bytes / 1000000)) MB"
	[ "$bytes" -le 40000000 ] || fail "the $1's image is larger than 40 MB"
}

token=prueba$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')

start() {
	pod run -d --name server --network host --read-only --tmpfs /tmp:size=64m --cap-drop ALL --security-opt no-new-privileges \
		--memory 512m --pids-limit 200 -v datos:/datos -v fotos:/fotos \
		-e API_TOKEN="$token" -e PUERTO="$port" -e DIRECCION=127.0.0.1 mostrador-server >/dev/null
	healthy
}

healthy() {
	for _ in $(seq 60); do
		pod healthcheck run server >/dev/null 2>&1 && return
		sleep 0.5
	done
	fail 'the server does not become healthy'
}

# ask calls the server and prints its answer.
ask() { curl -sS --max-time 10 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }

total() { ask "http://127.0.0.1:$port/health" | grep -o '"total_tickets":[0-9]*' | cut -d: -f2; }

bases
build bridge
build server
[ "$(pod run --rm --network none mostrador-server version)" = v0.0.0-prueba ] || fail 'the version is not stamped'
[ "$(pod run --rm --network none mostrador-bridge version)" = v0.0.0-prueba ] || fail "the bridge's version is not stamped"

port=$(shuf -i 20000-32000 -n 1)
start
pid=$(pod inspect --format '{{.State.Pid}}' server)
[ "$(awk '/^Uid:/{print $2}' "/proc/$pid/status")" = 65532 ] || fail 'the server runs as root'
[ "$(awk '/^CapEff:/{print $2}' "/proc/$pid/status")" = 0000000000000000 ] || fail 'the server has capabilities'
awk '$2 == "/" && $4 ~ /^ro(,|$)/ {ok = 1} END {exit !ok}' "/proc/$pid/mounts" || fail 'the root file system can be written'
photo=$(printf '\xff\xd8\xff\xe0 una foto' | base64)
ask -d "{\"remitente\":\"5214772758198@s.whatsapp.net\",\"contenido\":\"mi laptop no prende\",\"imagen\":\"$photo\",\"id\":\"A1\"}" "http://127.0.0.1:$port/webhook" | grep -q '"ticket_id":1' ||
	fail 'the webhook was not taken'
kill -9 "$pid"
pod wait server >/dev/null
pod rm server >/dev/null
start
[ "$(total)" = 1 ] || fail 'the ticket did not survive a kill -9'
name=$(ask "http://127.0.0.1:$port/tickets" | grep -o '/fotos/[^"]*')
[ "$(ask "http://127.0.0.1:$port$name" | head -c 4 | od -An -tx1 | tr -d ' ')" = ffd8ffe0 ] || fail 'the photo did not survive a kill -9'
pod stop -t 15 server >/dev/null
[ "$(pod inspect --format '{{.State.ExitCode}}' server)" = 0 ] || fail 'the server does not stop cleanly'
echo 'images: built, healthy, not root, read-only; ticket and photo survived a kill -9'
