#!/usr/bin/env bash
# Makes the zips twice and compares every byte, checks their sums as a user would,
# and follows LEEME.txt of the one for this machine until the page is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'kill "${running:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() {
	echo "dist: $*" >&2
	exit 1
}

make -s dist
cp -r dist/zip "$work/first"
# The second time the programs are linked anew, too.
rm -r dist/*-*/
make -s dist
diff -r "$work/first" dist/zip || fail 'the second time the bytes are others'
(cd dist/zip && sha256sum --quiet -c SHA256SUMS) || fail 'the sums are not right'
[ "$(find dist/zip -name '*.zip' | wc -l)" = 7 ] || fail 'not all zips are there'
for bill in dist/zip/*.cdx.json; do
	grep -q '"bomFormat": "CycloneDX"' "$bill" && grep -q 'pkg:golang/modernc.org/sqlite@' "$bill" || fail "$bill is no bill of materials"
done

unzip -q -d "$work" dist/zip/mostrador-bridge-*-linux-"$(go env GOARCH)".zip
cd "$work/mostrador"
grep -q 'GNU GENERAL PUBLIC LICENSE' LICENSE.txt || fail 'the zip has no LICENSE.txt'
grep -q '^go.mau.fi/libsignal ' LICENCIAS.txt && grep -q 'Mozilla Public License' LICENCIAS.txt || fail 'LICENCIAS.txt lacks what is linked'
grep -q 'bridge install' LEEME.txt || fail 'LEEME.txt does not say how to install'
port=$(shuf -i 20000-32000 -n 1)
sed "s|^API_TOKEN=.*|API_TOKEN=$(./bridge token)|; s|^PUERTO_LOCAL=.*|PUERTO_LOCAL=$port|" .env.laptop.example >.env
./bridge background &
running=$!
for _ in $(seq 100); do
	if ./bridge health >/dev/null 2>&1; then break; fi
	sleep 0.2
done
curl -sS "http://127.0.0.1:$port/" | grep 'puente de WhatsApp' >/dev/null || fail 'the page is not there'
kill "$running"
wait "$running" || fail 'the bridge does not stop cleanly'
[ -s registro/puente.log ] || fail 'there is no log'
echo 'dist: 7 zips, twice the same bytes; the sums are right; what is in them starts'
