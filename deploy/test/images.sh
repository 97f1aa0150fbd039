#!/usr/bin/env bash
# Builds the images and tries them: health checks, no root, nothing writable but
# the volumes, data that survive a kill -9, a backup, a restore, an update and a
# way back, continuous copies to a bucket and a restore from it, and
# docker-compose.yml with the real Compose: alone, as DEPLOY.md's short way types
# it (guide.sh), behind a real Caddy (https.sh), and read by a real Prometheus
# (monitoring.sh). With arguments only those parts: images.sh guide https
#
# No registry is used: the base images are stand-ins made of this machine's Go,
# busybox and certificates, under the names the Dockerfile uses; those of Caddy and
# Prometheus hold the program alone. So this proves the Dockerfile's steps, users,
# paths and health checks, and what compose file and configurations do with the
# real programs. What it cannot prove: what is in the public images, that their
# tags exist, the Docker engine itself (podman stands in for it), how often health
# checks run (a loop sets the pace here), certificates from the internet (Caddy
# makes its own for localhost), that Prometheus' own version is the compose file's
# (it is Debian's), and what a real S3 asks of a key. Grafana is not run at all:
# nothing here can build it.
# Needs root, buildah, podman with netavark and iptables, runc, busybox-static,
# prometheus, unzip, Chromium and Go's module proxy.
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
[network]
# As Docker has them.
default_subnet_pools = [{"base" = "172.30.0.0/16", "size" = 24}]
END
export CONTAINERS_CONF=$work/containers.conf
pod() { podman "${store[@]}" --log-level fatal --cgroup-manager cgroupfs --events-backend file "$@"; }

background=() # processes to end, with what they started

cleanup() {
	for job in "${background[@]}"; do kill -- "-$job" "$job" 2>/dev/null || true; done
	pod rm -fa >/dev/null 2>&1 || true
	pod volume rm -a >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "images: $*" >&2
	for name in server bridge copier; do pod logs "$name" >&2 2>/dev/null || true; done
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
	for name in sh mkdir cat cp; do ln -s busybox "$tree/bin/$name"; done
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
		-v "$(go env GOMODCACHE):/go/pkg/mod" -v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro --build-arg VERSION=v0.0.0-prueba --target "$1" -t "mostrador-$1" . >"$work/$1.log" 2>&1 ||
		{ tail -n 40 "$work/$1.log" >&2; fail "the $1's image does not build"; }
	local bytes
	bytes=$(pod image inspect --format '{{.Size}}' "mostrador-$1")
	echo "image of the $1: $((bytes / 1000000)) MB"
	[ "$bytes" -le "$2" ] || fail "the $1's image is larger than $(($2 / 1000000)) MB"
}

token=prueba$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')

# hardened are the settings of docker-compose.yml.
hardened=(--network host --read-only --tmpfs /tmp:size=64m --cap-drop ALL --security-opt no-new-privileges --memory 512m --pids-limit 200)

start() {
	pod run -d --name server "${hardened[@]}" -v datos:/datos -v fotos:/fotos \
		-e API_TOKEN="$token" -e PUERTO="$port" -e DIRECCION=127.0.0.1 "${1:-mostrador-server}" >/dev/null
	healthy server
}

healthy() {
	for _ in $(seq 60); do
		pod healthcheck run "$1" >/dev/null 2>&1 && break
		sleep 0.5
	done
	[ "$(pod inspect --format '{{.State.Health.Status}}' "$1")" = healthy ] || fail "the $1 does not become healthy"
}

# confined proves that a container is an ordinary user, $2 or that of our images,
# has no rights, and can write to volumes only.
confined() {
	local pid
	pid=$(pod inspect --format '{{.State.Pid}}' "$1")
	[ "$(awk '/^Uid:/{print $2}' "/proc/$pid/status")" = "${2:-65532}" ] || fail "the $1 runs as root"
	[ "$(awk '/^CapEff:/{print $2}' "/proc/$pid/status")" = 0000000000000000 ] || fail "the $1 has capabilities"
	[ "$(awk '/^NoNewPrivs:/{print $2}' "/proc/$pid/status")" = 1 ] || fail "the $1 may gain privileges"
	awk '$2 == "/" && $4 ~ /^ro(,|$)/ {ok = 1} END {exit !ok}' "/proc/$pid/mounts" || fail "the $1's root file system can be written"
}

# power_cut ends a container as a power cut would.
power_cut() {
	kill -9 "$(pod inspect --format '{{.State.Pid}}' "$1")"
	pod wait "$1" >/dev/null
	pod rm "$1" >/dev/null
}

leave() {
	pod stop -t 15 "$1" >/dev/null
	[ "$(pod inspect --format '{{.State.ExitCode}}' "$1")" = 0 ] || fail "the $1 does not stop cleanly"
	pod rm "$1" >/dev/null
}

# ask calls the server and prints its answer.
ask() { curl -sS --max-time 60 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }

total() { ask "http://127.0.0.1:$port/health" | grep -o '"total_tickets":[0-9]*' | cut -d: -f2; }

# write posts a message of customer $1 with the photo that all have.
write() {
	ask -d "{\"remitente\":\"52147727581$1@s.whatsapp.net\",\"contenido\":\"mi laptop no prende\",\"imagen\":\"$photo\",\"id\":\"A$1\"}" "http://127.0.0.1:$port/webhook" |
		grep -q '"ticket_id"' || fail 'the webhook was not taken'
}

# has fails unless there are $1 tickets, each with its photo.
has() {
	local name
	[ "$(total)" = "$1" ] || fail "$2: got $(total) tickets, want $1"
	for name in $(ask "http://127.0.0.1:$port/tickets" | grep -o '/fotos/[^"]*'); do
		[ "$(ask "http://127.0.0.1:$port$name" | head -c 4 | od -An -tx1 | tr -d ' ')" = ffd8ffe0 ] || fail "$2: a photo is not there"
	done
}

free_port() { shuf -i 20000-32000 -n 1; }

# command runs a command of the server's on its volumes, as «docker compose run» would.
command_of() { pod run --rm "${hardened[@]}" -v datos:/datos -v fotos:/fotos -e API_TOKEN="$token" -e PUERTO="$port" -e DIRECCION=127.0.0.1 mostrador-server "$@"; }

try_server() {
	port=$(free_port)
	start
	confined server
	write 01
	power_cut server
	start
	has 1 'after a kill -9'

	# A copy, and back to it.
	command_of backup | grep -q 'Respaldo hecho y comprobado' || fail 'no backup was made'
	write 02
	has 2 'after the backup'
	leave server
	command_of restore ultimo --reemplazar | grep -q 'Restaurado' || fail 'nothing was restored'
	start
	has 1 'after the restore'

	# An update: another image on the same volumes, and the way back.
	leave server
	pod tag mostrador-server mostrador-server:nueva
	start mostrador-server:nueva
	has 1 'after an update'
	leave server
	echo 'images: server healthy, not root, read-only; ticket and photo survived a kill -9, a restore and an update'
}

try_bridge() {
	local own
	own=$(free_port)
	pod run -d --name bridge "${hardened[@]}" -v puente:/datos -e API_TOKEN="$token" -e PUERTO_LOCAL="$own" -e DIRECCION=127.0.0.1 \
		-e SERVER_URL="http://127.0.0.1:$port" mostrador-bridge >/dev/null
	healthy bridge
	confined bridge
	power_cut bridge
	echo 'images: bridge healthy, not root, read-only'
}

# copier runs Litestream as the profile «backup» does, on the volume $1.
copier() {
	local volume=$1
	shift
	pod run "${hardened[@]}" -v "$volume:/datos" -e COPIA_SERVIDOR="http://127.0.0.1:$s3" -e COPIA_REGION=us-east-1 -e COPIA_CUBETA=copias \
		-e COPIA_CARPETA=mostrador -e COPIA_CLAVE=clave -e COPIA_SECRETO=secreto "$@"
}

try_litestream() {
	s3=$(free_port)
	go build -o "$work/gofakes3" github.com/johannesboyne/gofakes3/cmd/gofakes3
	"$work/gofakes3" -backend memory -host "127.0.0.1:$s3" -initialbucket copias >/dev/null 2>&1 &
	background+=($!)
	start
	copier datos -d --name copier mostrador-litestream >/dev/null
	write 03
	# What was written last is on its way for a second.
	local there=
	for _ in $(seq 60); do
		pod volume rm -f vuelta >/dev/null 2>&1 || true
		copier vuelta --rm mostrador-litestream restore /datos/tickets.db >/dev/null 2>&1 &&
			grep -aq 5214772758103 "$(pod volume inspect --format '{{.Mountpoint}}' vuelta)/tickets.db" && there=yes && break
		sleep 0.5
	done
	[ "$there" ] || fail 'what was written last did not reach the bucket'
	confined copier
	power_cut copier
	power_cut server
	pod volume rm -f datos vuelta >/dev/null
	copier datos --rm mostrador-litestream restore /datos/tickets.db >/dev/null || fail 'the bucket does not give the database back'
	start
	has 2 'from the bucket, after the volume was lost'
	leave server
	echo 'images: Litestream copied to a bucket and gave the database back after the volume was lost'
}

# compose builds the real Compose once and keeps it in bin/.
compose() { "$tool" --project-directory "$work/proyecto" "$@"; }

build_compose() {
	tool=$PWD/bin/tools/docker-compose-v5.6.0
	from_proxy "$tool" github.com/docker/compose/v5/cmd v5.6.0
	for name in server bridge; do pod tag "mostrador-$name" "mostrador-$name:prueba" 2>/dev/null || true; done
}

# from_proxy builds the program $1 once, from the package $2 at version $3.
from_proxy() {
	[ -x "$1" ] && return
	mkdir -p bin/tools "$work/proxy"
	(cd "$work/proxy" && rm -f go.* && go mod init proxy && go get -tool "$2@$3" && CGO_ENABLED=0 go build -trimpath -ldflags=-s -o "$1" "$2") >"$work/proxy.log" 2>&1 ||
		{ tail -n 20 "$work/proxy.log" >&2; fail "$2 does not build"; }
}

# engine answers Compose in place of Docker.
engine() {
	[ -S "$work/podman.sock" ] && return
	# Not by pod, whose shell would be ended in place of podman.
	podman "${store[@]}" --log-level fatal --cgroup-manager cgroupfs --events-backend file system service --time 0 "unix://$work/podman.sock" >/dev/null 2>&1 &
	background+=($!)
	beat &
	background+=($!)
	export DOCKER_HOST=unix://$work/podman.sock
	for _ in $(seq 40); do [ -S "$work/podman.sock" ] && break; sleep 0.25; done
}

# project makes a folder for Compose with a server of its own, and the lines of
# standard input in its .env.
project() {
	rm -rf "$work/proyecto"
	mkdir -p "$work/proyecto"
	cp -r docker-compose.yml deploy "$work/proyecto"
	port=$(free_port)
	sed -e "s/^API_TOKEN=.*/API_TOKEN=$token/" -e "s/^PUERTO=.*/PUERTO=$port/" .env.example >"$work/proyecto/.env"
	cat >>"$work/proyecto/.env"
}

# up starts the services it is given, or all of the profiles.
up() { compose up -d --wait --no-build --pull never "$@" >"$work/up.log" 2>&1 || { cat "$work/up.log" >&2; compose logs >&2 || true; fail 'docker compose up does not end well'; }; }

# service_of is the image of docker-compose.yml whose name begins with $1.
image_of() { grep -o "$1[^ ]*" docker-compose.yml; }

# address_of is where a service is in its network.
address_of() { pod inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(compose ps -q "$1")"; }

# every_profile has Compose read the file with each profile and all of them.
every_profile() {
	local profile profiles
	profiles=$(compose config --profiles)
	[ -n "$profiles" ] || fail 'docker-compose.yml has no profiles'
	for profile in '' $profiles; do
		COMPOSE_PROFILES=$profile compose config -q || fail "Compose does not take the profile «$profile»"
	done
	COMPOSE_PROFILES=$(echo "$profiles" | paste -sd,) compose config -q || fail 'Compose does not take all profiles together'
	echo "compose: read with $(echo "$profiles" | tr '\n' ' ')"
}

# beat runs the health checks, which podman leaves to systemd.
beat() {
	while sleep 0.5; do
		for id in $(pod ps -q); do pod healthcheck run "$id" >/dev/null 2>&1 || true; done
	done
}

try_compose() {
	project <<<'DIRECCION=127.0.0.1'
	every_profile
	up
	write 04
	confined "$(compose ps -q server)"
	compose restart server >/dev/null 2>&1
	up
	has 1 'after docker compose restart'
	compose down >/dev/null 2>&1
	up
	has 1 'after docker compose down and up'
	compose down -v >/dev/null 2>&1
	echo 'compose: up, healthy, confined; the ticket survived a restart and down and up'
}

# wanted says whether a part is to be tried.
wanted() { case " $parts " in *" $1 "*) ;; *) return 1 ;; esac; }

# licensed fails unless an image carries its licences.
licensed() {
	local id
	id=$(pod create "mostrador-$1")
	shift
	for file in "$@"; do
		pod cp "$id:/$file" "$work/$file" && grep -q 'GNU GENERAL PUBLIC LICENSE\|Apache License' "$work/$file" || fail "the image has no $file"
	done
	pod rm "$id" >/dev/null
}

. deploy/test/guide.sh
. deploy/test/https.sh
. deploy/test/monitoring.sh
parts=${*:-server bridge litestream compose guide zip https monitoring}
photo=$(printf '\xff\xd8\xff\xe0 una foto' | base64)
port=$(free_port)
bases
build server 40000000
licensed server LICENSE LICENCIAS.txt
[ "$(pod run --rm --network none mostrador-server version)" = v0.0.0-prueba ] || fail 'the version is not stamped'
if wanted bridge || wanted monitoring; then
	build bridge 40000000
	licensed bridge LICENSE LICENCIAS.txt
	[ "$(pod run --rm --network none mostrador-bridge version)" = v0.0.0-prueba ] || fail "the bridge's version is not stamped"
fi
if wanted litestream; then
	build litestream 120000000
	licensed litestream LICENCIAS.txt
fi
build_compose
export VERSION=prueba
for part in $parts; do
	case $part in server | bridge | litestream) ;; *) engine ;; esac
	begun=$SECONDS
	"try_$part"
	echo "images: $part took $((SECONDS - begun)) s"
done
