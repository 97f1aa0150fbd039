package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostrador/internal/wasim"
)

// logOf returns the lines of a program's log.
func logOf(t *testing.T, d *demo, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(string(text)))
}

// traceOf returns the trace of the last line that holds part, "" without one.
func traceOf(t *testing.T, lines []string, part string) (trace string) {
	t.Helper()
	for _, line := range lines {
		var entry struct{ Trace string }
		if strings.Contains(line, part) && json.Unmarshal([]byte(line), &entry) == nil && entry.Trace != "" {
			trace = entry.Trace
		}
	}
	return trace
}

// TestTheLogsTellOfAMessagesWayAndNothingAboutItsWriter takes a text, a picture,
// an edit and an answer all the way, with a phone, a name and words that can be
// looked for.
func TestTheLogsTellOfAMessagesWayAndNothingAboutItsWriter(t *testing.T) {
	p, d := rehearseAt(t, "info")
	const name, words, answer = "Zacarías Plantado", "se descompuso el xilófono", "recogemos su xilófono mañana"
	writer := d.sim.NewCustomer(wasim.Profile{Name: name, Phone: "5215555559876"})
	first := writer.SendText(words)
	id := p.ticketOf(name)
	picture, err := photo(brokenScreen)
	if err != nil {
		t.Fatal(err)
	}
	writer.SendImage(picture, words+" así")
	eventually(t, "the picture", func() bool { return p.tickets()[name].Photo != nil })
	writer.Edit(first, words+" ayer")
	p.say(id, answer, http.StatusOK, late)
	p.reaches(id, answer, "entregado")
	writer.SendText(words + " otra vez")
	eventually(t, "everything", func() bool { return len(p.conversation(id)) >= 4 })

	laptop, server := logOf(t, d, "laptop"), logOf(t, d, "servidor")
	for program, lines := range map[string][]string{"laptop": laptop, "servidor": server} {
		for _, line := range lines {
			for _, secret := range []string{"5559876", "5555559876", writer.LID(), "Zacar", "Plantado", "xil", d.token, panelPassword} {
				if strings.Contains(line, secret) {
					t.Errorf("%s logged %q: %s", program, secret, line)
				}
			}
			if strings.Contains(line, `"level":"debug"`) {
				t.Errorf("%s logged at debug: %s", program, line)
			}
		}
	}
	delivered := traceOf(t, laptop, `"message delivered"`)
	if got := traceOf(t, server, `"trace":"`+delivered+`"`); delivered == "" || got != delivered {
		t.Errorf("a delivery is %q for the laptop and %q for the server, want one name", delivered, got)
	}
	sent := traceOf(t, server, `"reply sent"`)
	if got := traceOf(t, laptop, `"path":"/enviar-mensaje"`); sent == "" || got != sent {
		t.Errorf("a reply is %q for the server and %q for the laptop, want one name", sent, got)
	}
}
