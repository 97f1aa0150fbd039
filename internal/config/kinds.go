package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (r *reader) port(name string) string {
	text := r.get(name)
	if n, err := strconv.ParseUint(text, 10, 16); err != nil {
		r.fail(fmt.Sprintf("%s debe ser un puerto de 1 a 65535 (0: uno libre), no %q.", name, text))
	} else {
		text = strconv.FormatUint(n, 10)
	}
	return text
}

func (r *reader) bytes(name string) int64 {
	text := r.get(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		r.fail(fmt.Sprintf("%s debe ser un número de bytes mayor que cero, no %q.", name, text))
	}
	return n
}

func (r *reader) count(name string) int {
	text := r.get(name)
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		r.fail(fmt.Sprintf("%s debe ser un número de 0 a 65535, no %q.", name, text))
	}
	return int(n)
}

func (r *reader) flag(name string) bool {
	switch text := strings.ToLower(r.get(name)); text {
	case "on", "1", "true", "si", "sí":
		return true
	case "off", "0", "false", "no":
		return false
	default:
		r.fail(fmt.Sprintf("%s debe ser on u off, no %q.", name, text))
		return false
	}
}

func (r *reader) silence(name string) time.Duration {
	text := strings.ToLower(r.get(name))
	if text == "off" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d != 0 && d < shortestSilence {
		r.fail(fmt.Sprintf("%s debe ser un tiempo de 2m o más, como 5m o 1h (0: sin avisos), no %q.", name, text))
	}
	return d
}

func (r *reader) logLevel(name string) string {
	return r.oneOf(name, "debug, info, warn o error", "debug", "info", "warn", "error")
}

// oneOf is one of the words, which list names for people.
func (r *reader) oneOf(name, list string, words ...string) string {
	text := strings.ToLower(r.get(name))
	if !slices.Contains(words, text) {
		r.fail(fmt.Sprintf("%s debe ser %s, no %q.", name, list, text))
	}
	return text
}

func (r *reader) path(name string) string {
	text := r.get(name)
	if filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(r.dir, text)
}

func (r *reader) database(name string) string {
	text := r.get(name)
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		return text
	}
	if strings.Contains(text, "://") {
		r.fail(name + " debe ser postgres://… o la ruta de un archivo SQLite.")
	}
	return r.path(name)
}

func (r *reader) serverURL(name string) string {
	text := strings.TrimRight(r.get(name), "/")
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		r.fail(name + " debe ser la dirección del servidor, por ejemplo http://192.168.1.10:8523.")
		return ""
	}
	return text
}

func (r *reader) bridgeURL() string {
	host, port := r.get("IP_LAPTOP"), r.port("PUERTO_LAPTOP")
	if host == "" {
		return ""
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	if parsed, err := url.Parse(u.String()); err != nil || parsed.Hostname() != host {
		r.fail(fmt.Sprintf("IP_LAPTOP debe ser una dirección IP o un nombre de equipo, sin http:// ni puerto, no %q.", host))
	}
	return u.String()
}

func (r *reader) networks(name string) []netip.Prefix {
	var networks []netip.Prefix
	for text := range strings.SplitSeq(r.get(name), ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			r.fail(fmt.Sprintf("%s debe ser una lista de direcciones IP o redes como 127.0.0.1, 10.0.0.0/8, no %q.", name, text))
			continue
		}
		networks = append(networks, network.Masked())
	}
	return networks
}

func (r *reader) origins(name string) []string {
	var origins []string
	for text := range strings.SplitSeq(r.get(name), ",") {
		text = strings.TrimRight(strings.TrimSpace(text), "/")
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if text != "*" && (err != nil || u.Scheme == "" || u.Host == "" || u.Path != "") {
			r.fail(fmt.Sprintf("%s debe ser * o una lista de direcciones como https://panel.ejemplo.com, no %q.", name, text))
		}
		origins = append(origins, text)
	}
	return origins
}
