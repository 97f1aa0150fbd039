# Part of images.sh: the profile «https» with the real Caddy, built from its source,
# in a container with the rights that docker-compose.yml gives it. The name is
# localhost, for which Caddy makes a certificate itself: that it gets one from the
# internet and renews it is not proven.

CADDY=v2.11.9

# caddy_image stands in for the public one: the program, its folders and command.
caddy_image() {
	local program=$PWD/bin/tools/caddy-$CADDY tree=$work/tree
	from_proxy "$program" github.com/caddyserver/caddy/v2/cmd/caddy "$CADDY"
	mkdir -p "$tree"/{usr/bin,data,config,srv,tmp,etc/caddy}
	chmod 755 "$tree"
	cp "$program" "$tree/usr/bin/caddy"
	base "$tree" "$(image_of docker.io/library/caddy)" --change 'ENV PATH=/usr/bin' --change 'ENV XDG_CONFIG_HOME=/config' --change 'ENV XDG_DATA_HOME=/data' \
		--change 'WORKDIR /srv' --change 'CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]'
}

# bound fails unless Caddy has the one right it needs, and nothing to write to.
bound() {
	local pid
	pid=$(pod inspect --format '{{.State.Pid}}' "$1")
	[ "$(awk '/^CapEff:/{print $2}' "/proc/$pid/status")" = 0000000000000400 ] || fail 'Caddy has other capabilities than NET_BIND_SERVICE'
	[ "$(awk '/^NoNewPrivs:/{print $2}' "/proc/$pid/status")" = 1 ] || fail 'Caddy may gain privileges'
	awk '$2 == "/" && $4 ~ /^ro(,|$)/ {ok = 1} END {exit !ok}' "/proc/$pid/mounts" || fail "Caddy's root file system can be written"
}

# outside is an address of this machine that is not in Docker's networks.
outside() { hostname -I | tr ' ' '\n' | grep -v '^172\.\(1[6-9]\|2[0-9]\|3[01]\)\.' | grep -m 1 '\.' || fail 'this machine has no address outside 172.16.0.0/12'; }

try_https() {
	local root=$work/raiz.crt tls plain panel from caddy
	caddy_image
	project < <(block DEPLOY.md https.sh | sed 's/^DOMINIO=.*/DOMINIO=localhost/')
	tls=$(free_port) plain=$(free_port)
	# Only the ports outside are others; everything else is the compose file's.
	printf 'services:\n  https:\n    ports: !override ["127.0.0.1:%s:443", "127.0.0.1:%s:80"]\n' "$tls" "$plain" >"$work/proyecto/docker-compose.override.yml"
	up
	compose logs --no-log-prefix server >"$work/https.log" 2>&1
	caddy=$(compose ps -q https)
	bound "$caddy"
	panel=https://localhost:$tls
	for _ in $(seq 60); do
		pod cp "$caddy:/data/caddy/pki/authorities/local/root.crt" "$root" 2>/dev/null && curl -sS --cacert "$root" "$panel/health" >/dev/null 2>&1 && break
		sleep 0.5
	done
	curl -sS --cacert "$root" -D "$work/headers" -o "$work/page" "$panel/entrar"
	grep -q '<title>' "$work/page" || fail 'the panel is not there over HTTPS'
	grep -qi '^strict-transport-security: max-age=31536000' "$work/headers" || fail 'browsers are not told to stay with HTTPS'
	curl -sS -o /dev/null -D "$work/redirect" -H 'Host: localhost' "http://127.0.0.1:$plain/"
	grep -qi '^location: https://localhost/' "$work/redirect" || fail 'HTTP does not lead to HTTPS'

	# Somebody outside who claims to be somebody else.
	from=$(outside)
	curl -sS --cacert "$root" --interface "$from" --resolve "localhost:443:$(address_of https)" -c "$work/cookies" -H 'X-Forwarded-For: 203.0.113.9' -H 'Content-Type: application/json' \
		-d "{\"usuario\":\"$(shown usuario "$work/https.log")\",\"clave\":\"$(shown clave "$work/https.log")\"}" https://localhost/entrar >/dev/null
	grep -q '	/	TRUE	' "$work/cookies" || fail "the session's cookie may leave HTTPS"
	curl -sS --cacert "$root" -b "$work/cookies" "$panel/api/v1/auditoria" >"$work/audit"
	if grep -q '203\.0\.113\.9' "$work/audit"; then fail 'the audit log believes a made-up address'; fi
	grep -qF "\"$from\"" "$work/audit" || { cat "$work/audit" >&2; fail "the audit log does not say $from"; }

	laptop "$work/https-laptop" "$panel" "$work/proyecto"
	SSL_CERT_FILE=$root first_message AMessageAndItsAnswerComeThroughHTTPS "$panel" "$work/https.log" "$work/https-laptop"
	compose down -v >/dev/null 2>&1
	echo 'https: panel, redirect, HSTS, the address in the audit log, live panels and the link of the laptop, through a confined Caddy'
}
