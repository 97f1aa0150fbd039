package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/bridge"
	"mostrador/internal/wasim"
	"mostrador/internal/wire"
)

// picture is a JPEG as far as anybody here looks.
var picture = append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), bytes.Repeat([]byte{7}, 2000)...)

func TestACustomerWritesAndGetsAnAnswer(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.pair(wa)
	ana := wa.NewCustomer(wasim.Profile{Name: "Ana"})

	id := ana.SendText("mi lap no prende")
	m := server.wait(t, "the text", func(m wire.Webhook) bool { return m.ID == id })
	if m.Content != "mi lap no prende" || m.Image != nil || m.Phone != ana.Phone() || m.Name != "Ana" {
		t.Errorf("got %+v, want the text of Ana", m)
	}
	if raw := server.raw[0]; !strings.Contains(raw, `"remitente":"`) || !strings.Contains(raw, `"contenido":"mi lap`) || !strings.Contains(raw, `"imagen":null`) {
		t.Errorf("got %s, want the three keys of the original", raw)
	}
	id = ana.SendImage(picture, "así está")
	m = server.wait(t, "the picture", func(m wire.Webhook) bool { return m.ID == id && m.Image != nil })
	if !bytes.Equal(m.Image, picture) || m.Content != "así está" || m.Kind != "imagen" {
		t.Errorf("got %d bytes with %q, want the picture with its caption", len(m.Image), m.Content)
	}

	status, body := p.call(http.MethodPost, wire.PathSend, fmt.Sprintf(`{"numero":%q,"texto":"Hola, recibimos tu equipo.","id":"3EB0AAAAAAAAAAAAAAAA"}`, m.Sender))
	if status != http.StatusOK || strings.TrimSpace(body) != `{"ok":true,"mensaje":"Enviado correctamente","id":"3EB0AAAAAAAAAAAAAAAA"}` {
		t.Fatalf("send: got %d %s, want success", status, body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := ana.Wait(ctx, func(r wasim.Received) bool { return r.Text == "Hola, recibimos tu equipo." }); err != nil {
		t.Errorf("Ana's phone: %v", err)
	}
	server.waitReceipt(t, "the two grey ticks", func(r wire.Receipt) bool {
		return r.State == wire.ReceiptDelivered && slices.Contains(r.IDs, "3EB0AAAAAAAAAAAAAAAA")
	})
	p.queued(0)
}

func TestNothingIsLostBetweenTwoLivesOfTheBridge(t *testing.T) {
	const each = 10
	wa, server, dir := simulator(t), newTicketServer(t), t.TempDir()
	p := start(t, wa, dir, server.url)
	p.pair(wa)
	server.answerWith(http.StatusServiceUnavailable)
	ana := wa.NewCustomer(wasim.Profile{})
	before, meanwhile := numbered("antes", each), numbered("durante", each)
	for _, text := range before {
		ana.SendText(text)
	}
	p.queued(each)
	if err := p.stop(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	for _, text := range meanwhile {
		ana.SendText(text)
	}
	server.answerWith(0)

	p = start(t, wa, dir, server.url)
	p.connected()
	server.wait(t, "the last text", func(m wire.Webhook) bool { return m.Content == meanwhile[each-1] })
	if got, want := server.texts(), slices.Concat(before, meanwhile); !slices.Equal(got, want) {
		t.Errorf("got %q, want every message once and in order", got)
	}
	p.queued(0)
}

func TestAServerThatRefusesTheTokenKeepsMessagesAndIsNamedOnThePage(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.pair(wa)
	server.answerWith(http.StatusUnauthorized)
	wa.NewCustomer(wasim.Profile{}).SendText("hola")
	got := until(p, "/estado.json", func(v map[string]any) bool {
		text, _ := v["servidor"].(string)
		return strings.Contains(text, "API_TOKEN") && v["esperan"] == 1.0 // a beat may be refused before
	})
	if got["titulo"] != "Conectado" {
		t.Errorf("got %v, want one message waiting while WhatsApp is connected", got)
	}
	p.says("server turns messages away")
}

func TestTheTerminalShowsTheCodeAndWhereToFindHelp(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.pair(wa)
	p.says("Listo: WhatsApp está vinculado")
	if err := p.stop(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	out := p.out.String()
	for _, want := range []string{"Dispositivos vinculados", "######", p.url + "/"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q", want)
		}
	}
	logged := 0
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "{") {
			logged++
			if !json.Valid([]byte(line)) {
				t.Errorf("got log line %s, want JSON", line)
			}
		}
	}
	if logged == 0 || !strings.Contains(out, "bridge stopped") {
		t.Errorf("got %d log lines, want the program's life in them", logged)
	}
}

func TestTheLogHoldsNoSecretsAndNoContents(t *testing.T) {
	wa, server := simulator(t), newTicketServer(t)
	p := start(t, wa, t.TempDir(), server.url)
	p.pair(wa)
	ana := wa.NewCustomer(wasim.Profile{Name: "Ana Inventada"})
	id := ana.SendText("texto privado")
	m := server.wait(t, "the text", func(m wire.Webhook) bool { return m.ID == id })
	p.call(http.MethodPost, wire.PathSend, fmt.Sprintf(`{"numero":%q,"texto":"respuesta privada"}`, m.Sender))
	if err := p.stop(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	for _, secret := range []string{token, "privad", ana.Phone(), ana.LID(), "Inventada"} {
		if strings.Contains(p.out.String(), secret) {
			t.Errorf("the output holds %q", secret)
		}
	}
}

// run runs a bridge that is expected not to start and returns what it says.
func run(t *testing.T, o bridge.Options) string {
	t.Helper()
	var out, errOut buffer
	o.Stdout, o.Stderr = &out, &errOut
	if o.Getenv == nil {
		o.Getenv = environment(nil)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := bridge.Run(ctx, o); err == nil {
		t.Errorf("got no error; output %s", out.String())
	}
	if got := strings.Count(strings.TrimSpace(errOut.String()), "\n"); got > 5 {
		t.Errorf("got %s, want a few plain lines", errOut.String())
	}
	return errOut.String()
}

func TestWhatKeepsTheBridgeFromStartingIsSaidPlainly(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() { // a program that has nothing to say to a bridge
		for conn, err := ln.Accept(); err == nil; conn, err = ln.Accept() {
			_ = conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	with := func(change map[string]string) func(string) string {
		values := settings("http://127.0.0.1:1")
		for name, value := range change {
			values[name] = value
		}
		return environment(values)
	}
	fileFor := func(name string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, test := range map[string]struct {
		options bridge.Options
		want    string
	}{
		"no configuration": {bridge.Options{Dir: t.TempDir()}, "API_TOKEN falta."},
		"port taken":       {bridge.Options{Dir: t.TempDir(), Getenv: with(map[string]string{"PUERTO_LOCAL": port})}, "El puerto " + port + " ya está ocupado"},
		"foreign address":  {bridge.Options{Dir: t.TempDir(), Getenv: with(map[string]string{"DIRECCION": "192.0.2.1"})}, "revise DIRECCION"},
		"queue unusable":   {bridge.Options{Dir: fileFor("cola_mensajes"), Getenv: with(nil)}, "carpeta de la cola"},
		"session unusable": {bridge.Options{Dir: fileFor("sesion_wa"), Getenv: with(nil)}, "carpeta de la sesión"},
		"unknown command":  {bridge.Options{Dir: t.TempDir(), Args: []string{"volar"}}, `No existe el comando "volar"`},
		"too much":         {bridge.Options{Dir: t.TempDir(), Args: []string{"token", "2"}}, "Sobra algo"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := run(t, test.options); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
		})
	}
}

func TestASecondBridgeInTheSameFolderDoesNotStart(t *testing.T) {
	wa, server, dir := simulator(t), newTicketServer(t), t.TempDir()
	start(t, wa, dir, server.url)
	if got := run(t, bridge.Options{Dir: dir, Getenv: environment(settings(server.url))}); !strings.Contains(got, "Otro programa bridge") {
		t.Errorf("got %q, want the reason", got)
	}
}
