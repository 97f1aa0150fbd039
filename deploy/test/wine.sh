#!/usr/bin/env bash
# Runs the Windows programs under Wine: the bridge as it ships starts, answers,
# shows its page, lists its queue, says who has its port, is installed, writes its
# log, stops and is removed, from a folder whose name has blanks and accents; and
# the QR code is drawn and served, which takes the demo's simulated WhatsApp.
# Not proven here: that Windows' task scheduler starts the task (Wine keeps little
# more than its name; what is in it has a Go test), the look of the console window, random numbers (see the shim) and Windows'
# own file locks. Needs wine64, gcc-mingw-w64-x86-64-win32, curl, and the programs
# in dist/windows-amd64 (make cross-windows-amd64).
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8 WINEDEBUG=-all

work=$(mktemp -d /var/tmp/mostrador-wine.XXXXXX)
export WINEPREFIX=$work/prefix
cleanup() {
	wineserver -k 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	echo "wine: $*" >&2
	tail -n 20 "$work"/*.log "${folder:-$work}/registro/puente.log" >&2 2>/dev/null || true
	exit 1
}

# Wine 8 lacks the library that Go takes random numbers from; an older function
# stands in for it.
cat >"$work/shim.c" <<'END'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); /* RtlGenRandom, advapi32 */
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
END
x86_64-w64-mingw32-gcc -shared -O2 -o "$work/bcryptprimitives.dll" "$work/shim.c" -ladvapi32
WINEDLLOVERRIDES=mscoree,mshtml= timeout 150 wineboot -i >/dev/null 2>&1 || { echo 'wine: cannot set up' >&2; exit 1; }
wineserver -w # what is still being set up would be in the way
cp "$work/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"

folder="$WINEPREFIX/drive_c/users/José Pérez & Cía/Mostrador"
mkdir -p "$folder"
cp dist/windows-amd64/bridge.exe "$folder/"
port=$(shuf -i 20000-32000 -n 1)
page=http://127.0.0.1:$port
printf 'SERVER_URL=http://127.0.0.1:1\r\nAPI_TOKEN=kq3v7zt2m5x8n4w6\r\nPUERTO_LOCAL=%s\r\nDIRECCION=127.0.0.1\r\n' "$port" >"$folder/.env"

# bridge runs a command of the bridge in its folder, within a time.
bridge() { (cd "$folder" && timeout 60 wine bridge.exe "$@"); }
ask() { curl -sS --max-time 5 "$@"; }
# expect checks that $1 holds $2.
expect() { grep -aqF -- "$2" <<<"$1" || fail "got «$1», want «$2»"; }
# answers waits until the bridge does.
answers() {
	for _ in $(seq 240); do
		if ask "$page/health" 2>/dev/null | grep -q '"cola_pendiente":0'; then return; fi
		sleep 0.25
	done
	fail 'the bridge does not answer'
}

[ -n "$(bridge version)" ] || fail 'no version'
bridge run >"$work/run.log" 2>&1 &
running=$!
answers
expect "$(ask "$page/")" 'puente de WhatsApp'
expect "$(ask -H 'Host: example.com' "$page/")" 'No existe'
expect "$(bridge queue list)" 'MENSAJE'
expect "$(bridge status)" 'En marcha:  sí'
mkdir "$work/other"
cp "$folder/bridge.exe" "$folder/.env" "$work/other/"
expect "$(cd "$work/other" && timeout 60 wine bridge.exe run 2>&1 || true)" 'por otro puente de esta computadora'
expect "$(bridge run 2>&1 || true)" "El puerto $port ya está ocupado"
expect "$(bridge stop)" 'está detenido'
wait "$running" || fail 'the bridge does not stop cleanly'
expect "$(cat "$work/run.log")" 'bridge stopped'

bridge background >"$work/background.log" 2>&1 &
running=$!
answers
# Wine starts its scheduler with the first who asks, who may not wait long enough.
wine net start schedule >/dev/null 2>&1 || true
installing=$(bridge install 2>&1 || true)
[[ $installing == Instalado* ]] || installing=$(bridge install 2>&1 || true)
expect "$installing" 'Instalado como la tarea programada'
expect "$installing" "ya está en marcha: $page/"
expect "$(cat "$WINEPREFIX/drive_c/windows/system32/tasks/Mostrador/puente")" 'puente entre WhatsApp y el servidor'
expect "$(bridge stop)" 'está detenido'
wait "$running" || fail 'the bridge does not stop cleanly in the background'
expect "$(cat "$folder/registro/puente.log")" 'bridge stopped'
[ ! -s "$work/background.log" ] || fail 'the bridge in the background writes to the terminal'
expect "$(bridge uninstall)" 'Se quitó la tarea programada'
expect "$(bridge uninstall 2>&1 || true)" 'no está instalado'
[ ! -e "$WINEPREFIX/drive_c/windows/system32/tasks/Mostrador/puente" ] || fail 'the task is still there'

# The rest of the way to a linked phone, with a WhatsApp that is simulated.
CGO_ENABLED=0 GOOS=windows GOARCH=amd64 go build -trimpath -ldflags=-s -o "$work/demo.exe" ./cmd/demo
(cd "$work" && exec timeout 600 wine demo.exe -sin-telefono -puerto "$((port + 1))" -carpeta 'C:\demo datos') >"$work/demo.log" 2>&1 &
for _ in $(seq 1200); do
	page=$(grep -ao 'Laptop   http://127.0.0.1:[0-9]*' "$work/demo.log" | grep -o 'http.*' || true)
	if [ -n "$page" ] && ask "$page/estado.json" 2>/dev/null | grep -q 'Falta vincular el teléfono'; then break; fi
	sleep 0.25
done
[ -n "$page" ] || fail 'the demo does not start'
expect "$(ask "$page/")" 'Vincule el teléfono del negocio'
[ "$(ask "$page/qr.png" | head -c 8 | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ] || fail 'no QR code is served'
grep -aq '####' "$WINEPREFIX/drive_c/demo datos/laptop.log" || fail 'no QR code is drawn'
echo 'wine: started, answered, listed the queue, showed page and QR code, was installed, logged, stopped and was removed'
