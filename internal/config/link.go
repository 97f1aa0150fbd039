package config

// LinkMode is ENLACE: which way the server's calls take to the bridge.
type LinkMode string

// Values of LinkMode.
const (
	LinkAuto    LinkMode = "auto"    // in the link that the bridge opens, and without one at its address
	LinkDirect  LinkMode = "directo" // at the bridge's address only, as in the original
	LinkReverse LinkMode = "inverso" // in the link only: the bridge needs no open port
)

func (r *reader) link(name string) LinkMode {
	return LinkMode(r.oneOf(name, "auto, directo o inverso", string(LinkAuto), string(LinkDirect), string(LinkReverse)))
}

// bridgeHost is where a bridge listens: with only a link nobody calls it but
// this machine's own browser.
func (r *reader) bridgeHost(mode LinkMode) string {
	host := r.get("DIRECCION")
	if host == "" && mode == LinkReverse {
		return "127.0.0.1"
	}
	return host
}
