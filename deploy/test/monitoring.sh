# Part of images.sh: the profile «monitoring» with a real Prometheus, Debian's, in a
# container with the rights, mounts and configuration of docker-compose.yml. Grafana
# is not started: there is no way to build it here.

# prometheus_image stands in for the public one: the program with what it is linked
# to, a shell, an ordinary user and its folder.
prometheus_image() {
	local tree=$work/tree
	mkdir -p "$tree"/{bin,etc/prometheus,prometheus,tmp}
	chmod 755 "$tree"
	cp /bin/busybox "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	cp "$(command -v prometheus)" "$tree/bin/prometheus"
	ldd "$tree/bin/prometheus" | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$tree$(dirname "$library")"
		cp -L "$library" "$tree$library"
	done
	chown 65534:65534 "$tree/prometheus"
	base "$tree" "$(image_of docker.io/prom/prometheus)" --change 'USER 65534' --change 'WORKDIR /prometheus' --change 'ENTRYPOINT ["/bin/prometheus"]'
}

# query asks Prometheus.
query() { curl -sS --max-time 10 "http://$(address_of prometheus):9090/api/v1/$1"; }

try_monitoring() {
	local rules
	prometheus_image
	project <<END
DIRECCION=127.0.0.1
COMPOSE_PROFILES=puente,monitoring
METRICAS_TOKEN=$token-metricas
END
	echo '- targets: ["puente:9000"]' >"$work/proyecto/deploy/prometheus/laptops/laptop.yml"
	# Ports that may be taken here; and no test reaches the real WhatsApp.
	printf 'services:\n  prometheus:\n    ports: !override []\n  puente:\n    environment: {HTTPS_PROXY: "http://127.0.0.1:1"}\n' >"$work/proyecto/docker-compose.override.yml"
	up server puente prometheus
	confined "$(compose ps -q prometheus)" 65534
	for _ in $(seq 90); do
		[ "$(query targets | grep -o '"health":"up"' | wc -l)" = 2 ] && break
		sleep 1
	done
	[ "$(query targets | grep -o '"health":"up"' | wc -l)" = 2 ] || { query targets >&2; fail 'Prometheus does not read both programs'; }
	rules=$(grep -c '^ *- alert:' deploy/prometheus/alerts.yml)
	[ "$(query rules | grep -o '"type":"alerting"' | wc -l)" = "$rules" ] || fail "Prometheus has not loaded the $rules alerts"
	compose down -v >/dev/null 2>&1
	echo "monitoring: a confined Prometheus reads both programs and has loaded $rules alerts"
}
