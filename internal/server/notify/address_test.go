package notify_test

import (
	"net/netip"
	"strings"
	"testing"

	"mostrador/internal/server/notify"
	"mostrador/internal/ticket"
)

var message = notify.Message{Title: "Ticket nuevo: 1", Body: "Taller"}

func TestAddressesOfServicesBecomeTheirRequests(t *testing.T) {
	for address, want := range map[string][2]string{
		"telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@mesa,-100": {"https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage", `"chat_id":"@mesa"`},
		"ntfy://ntfy.sh/mesa-1":                               {"https://ntfy.sh", `"topic":"mesa-1"`},
		"ntfy://ana:clave@ntfy.example:8080/mesa?scheme=http": {"http://ntfy.example:8080", `"message":"Taller"`},
		"gotify://avisos.example/sub/Atoken":                  {"https://avisos.example/sub/message", `"priority":5`},
		"discord://token@123":                                 {"https://discord.com/api/webhooks/123/token", `"content":"**Ticket nuevo: 1**\nTaller"`},
		"discord://token@123?thread_id=9":                     {"https://discord.com/api/webhooks/123/token?thread_id=9", `"parse":[]`},
		"slack://hook:T0-B0-xyz@webhook":                      {"https://hooks.slack.com/services/T0/B0/xyz", `"text":"Ticket nuevo: 1\nTaller"`},
		"pushover://shoutrrr:app@user/?devices=uno":           {"https://api.pushover.net/1/messages.json", `"user":"user"`},
		"generic://sms.example/enviar?template=json&messagekey=texto&titlekey=asunto&$para=+5255&clave=1": {"https://sms.example/enviar?clave=1", `"texto":"Taller"`},
		"generic+https://sms.example/enviar":                                                         {"https://sms.example/enviar", "Ticket nuevo: 1\nTaller"},
		"generic://sms.example/enviar?disabletls=yes&@Authorization=Bearer+x":                        {"http://sms.example/enviar", "Ticket nuevo: 1"},
		"smtp://u:p@correo.example:587/?from=a@x.example&to=b@y.example,c@z.example&usestarttls=yes": {"mail", ""},
	} {
		url, _, body, err := notify.Target(address, message)
		if err != nil || url != want[0] || !strings.Contains(body, want[1]) {
			t.Errorf("%s: got %s, %s, %v, want %q", address, url, body, err, want)
		}
	}
}

func TestWhatIsNoAddressIsRefusedWithoutBeingRepeated(t *testing.T) {
	for _, address := range []string{
		"", "hola", "://", "https://x.example/", "file:///etc/passwd", "smtp://", "smtp://u:secreta@correo.example/?to=b@y.example",
		"smtp://u:secreta@correo.example/?from=a@x.example&to=", "smtp://u:secreta@h/?from=a@x&to=b@y&encryption=Nada", "smtp://u:secreta@h/?from=a%0d%0aBcc:x@x&to=b@y",
		"telegram://secreta@telegram", "telegram://telegram?chats=1", "ntfy://ntfy.sh", "gotify://x", "discord://123", "slack://hook:secreta@webhook",
		"slack://xoxb:1-2-3@webhook", "pushover://shoutrrr@user", "ntfy://ntfy.sh/a?secreta=1", "generic://x/%zz", "generic://x/?a=%zz", "teams://x", "ntfy://" + strings.Repeat("x", 2000) + "/a",
	} {
		err := notify.CheckAddress(address)
		if ticket.CodeOf(err) != ticket.CodeInvalid {
			t.Errorf("%q: got %v, want it refused", address, err)
		} else if strings.Contains(err.Error(), "secreta") && !strings.Contains(address, "secreta=1") {
			t.Errorf("%q: got %v, want no secret in it", address, err)
		}
	}
}

func TestAMaskedAddressHoldsNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"smtp://ana:secreta@correo.example:587/?from=a@x&to=b@y": "smtp://correo.example:587/…",
		"telegram://1:secreta@telegram?chats=1":                  "telegram://…",
		"discord://secreta@123":                                  "discord://…",
		"slack://hook:a-b-secreta@webhook":                       "slack://…",
		"gotify://avisos.example/secreta":                        "gotify://avisos.example/…",
		"https://erp.example/gancho?clave=secreta":               "https://erp.example/…",
		"https://fcm.googleapis.com/fcm/send/secreta":            "https://fcm.googleapis.com/…",
		"\x7f": "…",
	} {
		if got := notify.Mask(address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, seed := range []string{"telegram://1:a@telegram?chats=1", "slack://hook:a-b-c@webhook", "smtp://u:p@h:25/?from=a@b&to=c@d", "generic://h/?@a=b&$c=d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		url, _, _, err := notify.Target(address, message)
		if err == nil && url == "" {
			t.Errorf("%q: got neither a target nor an error", address)
		}
		notify.Mask(address)
	})
}

func TestOnlyTheOpenInternetIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "172.15.0.1": true, "172.32.0.1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false, "ff02::1": false,
	} {
		if got := notify.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}
