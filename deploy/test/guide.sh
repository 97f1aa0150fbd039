# Part of images.sh: DEPLOY.md's short way, typed as it stands, from an empty
# folder to a first message that a browser shows, and the way without Docker. The
# laptop is a zip's folder, in which a test starts the bridge with a simulated
# WhatsApp, as the program that ships takes nothing but the real one.
# What it cannot prove: «docker compose build» (the image is the one that was just
# built of the same Dockerfile), the service that «bridge install» makes, and a
# clone of what is not committed.

# block prints the commands of a document below the comment with $2.
block() { awk -v mark="$2" 'index($0, "<!-- deploy/test/" mark) {m = 1; next} m && /^```sh/ {f = 1; next} f && /^```/ {exit} f' "$1" | sed 's/ *# .*//'; }

# commands prints a block, once it is what the documents promise: at most $3 lines
# with one command each, and the same ones in both languages.
commands() {
	local found
	found=$(block DEPLOY.md "$1")
	[ -n "$found" ] || fail "DEPLOY.md has no commands for «$1»"
	[ "$(wc -l <<<"$found")" -le "$3" ] || fail "DEPLOY.md needs more than $3 commands"
	if sed 's/"[^"]*"//g' <<<"$found" | grep -q '[;&|]'; then fail 'DEPLOY.md has several commands in one line'; fi
	[ "$(block DEPLOY.es.md "$2")" = "$found" ] || fail 'DEPLOY.es.md has other commands than DEPLOY.md'
	printf '%s\n' "$found"
}

# steps prints the list that says what to do on the laptop.
steps() { awk '/^## The short way/ {m = 1; next} /^## / {m = 0} m && /^[0-9]+\. / {f = 1} m && /^$/ {f = 0} m && f' DEPLOY.md; }

# laptop makes $1 a laptop's folder in three steps, for the server at $2 with the
# .env of $3.
laptop() {
	local zip said listed
	said=$(steps)
	[ "$(grep -c '^[0-9]' <<<"$said")" -le 3 ] || fail 'DEPLOY.md needs more than 3 steps on the laptop'
	for name in .env.laptop.example SERVER_URL API_TOKEN instalar.cmd './bridge install' 'grep API_TOKEN= .env'; do
		grep -qF "\`$name\`" <<<"$said" || fail "the steps on the laptop do not name $name"
	done
	listed=$(unzip -l "$(zip_of bridge windows-amd64)")
	for name in .env.laptop.example instalar.cmd bridge.exe; do
		grep -q "mostrador/$name$" <<<"$listed" || fail "the zip for Windows has no $name"
	done
	zip=$(zip_of bridge "linux-$(go env GOARCH)")
	unzip -q -d "$1" "$zip"
	(
		cd "$1/mostrador"
		sed "s|^SERVER_URL=.*|SERVER_URL=$2|; s|^API_TOKEN=.*|$(cd "$3" && grep API_TOKEN= .env | grep -v '^#')|" .env.laptop.example >.env
		./bridge config >/dev/null
	) || fail "the laptop's settings are not taken"
}

# zip_of is where make dist puts a program's zip; it is made unless it is there.
zip_of() {
	local version
	version=$(git describe --tags --always --dirty)
	[ -e "dist/zip/mostrador-$1-$version-$2.zip" ] || make -s dist VERSION="$version" >&2
	echo "$PWD/dist/zip/mostrador-$1-$version-$2.zip"
}

# shown reads the first login out of what a server wrote.
shown() { sed -n "s/.*$1: *\([a-z0-9]*\)$/\1/p" "$2"; }

# first_message runs a test of cmd/demo against a panel: $1 the test, $2 the panel,
# $3 what the server wrote, $4 the laptop's folder.
first_message() {
	[ -x "$work/guide.test" ] || go test -c -tags guide -o "$work/guide.test" ./cmd/demo
	GUIDE_PANEL=$2 GUIDE_USER=$(shown usuario "$3") GUIDE_PASSWORD=$(shown clave "$3") GUIDE_LAPTOP=$4/mostrador \
		"$work/guide.test" -test.timeout 5m -test.v -test.run "$1" >"$work/test.log" 2>&1 && grep -q '^--- PASS' "$work/test.log" || { cat "$work/test.log" >&2; fail "$1 fails"; }
}

try_guide() {
	local home=$work/vacia url
	mkdir -p "$home/bin"
	printf '#!/bin/sh\n[ "$1" = compose ] && shift && exec %s "$@"\n' "$tool" >"$home/bin/docker"
	chmod +x "$home/bin/docker"
	pod tag mostrador-server mostrador-server:local
	port=$(free_port)
	url=http://127.0.0.1:$port
	commands guide.sh\ types\ the guide.sh\ comprueba\ que 5 >"$work/corto.sh"
	(
		mkdir "$home/servidor"
		cd "$home/servidor"
		# The environment wins over .env: a port that is free here, and no other address.
		env -u VERSION PATH="$home/bin:$PATH" PUERTO="$port" DIRECCION=127.0.0.1 \
			GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$OLDPWD/.insteadOf" GIT_CONFIG_VALUE_0=https://git.example.com/mostrador.git bash -e "$work/corto.sh"
	) >"$work/corto.log" 2>&1 || { cat "$work/corto.log" >&2; fail "DEPLOY.md's short way does not work"; }
	laptop "$home/laptop" "$url" "$home/servidor/mostrador"
	first_message TheGuideLeadsToTheFirstMessage "$url" "$work/corto.log" "$home/laptop"
	(cd "$home/servidor/mostrador" && env -u VERSION "$tool" down -v) >/dev/null 2>&1
	echo "guide: $(wc -l <"$work/corto.sh") commands and 3 steps led to a first message and its answer"
}

# unit prints the systemd unit of a document below the comment with $2.
unit() { awk -v mark="$2" 'index($0, "<!-- deploy/test/guide.sh " mark) {m = 1; next} m && /^```ini/ {f = 1; next} f && /^```/ {exit} f' "$1"; }

# check_unit has systemd read the unit, with the server's folder $1 in its place.
check_unit() {
	local found
	found=$(unit DEPLOY.md 'has systemd')
	[ -n "$found" ] || fail 'DEPLOY.md has no unit'
	[ "$(unit DEPLOY.es.md 'comprueba que es la misma unidad')" = "$found" ] || fail 'DEPLOY.es.md has another unit than DEPLOY.md'
	sed "s|/srv/mostrador|$1|; s|^User=.*|User=root|" <<<"$found" >"$work/mostrador.service"
	systemd-analyze verify "$work/mostrador.service" || fail "systemd does not take DEPLOY.md's unit"
}

# try_zip is the way without Docker.
try_zip() {
	local home=$work/zip
	mkdir -p "$home"
	cp "$(zip_of server linux-amd64)" "$home"
	commands guide.sh\ types\ these guide.sh\ comprueba\ también 4 >"$work/zip.sh"
	port=$(free_port)
	(cd "$home" && PUERTO=$port DIRECCION=127.0.0.1 exec setsid bash -e "$work/zip.sh") >"$work/zip.log" 2>&1 &
	background+=($!)
	for _ in $(seq 60); do ask "http://127.0.0.1:$port/health" >/dev/null 2>&1 && break; sleep 0.5; done
	check_unit "$home/mostrador"
	laptop "$home/laptop" "http://127.0.0.1:$port" "$home/mostrador"
	first_message TheGuideLeadsToTheFirstMessage "http://127.0.0.1:$port" "$work/zip.log" "$home/laptop"
	echo "guide: $(wc -l <"$work/zip.sh") commands and 3 steps do so without Docker"
}
