package config

import (
	"net/url"
	"strings"
)

// When a language model is asked for a ticket's category.
const (
	UseWhenUnsure = "duda"
	UseAlways     = "siempre"
	UseNever      = "no"
)

// LLM is which language model may be asked, by OpenAI's protocol; without URL,
// none.
type LLM struct {
	URL   string // LLM_URL, up to and with its /v1
	Model string // LLM_MODEL
	Key   string // LLM_KEY, may be empty
	Use   string // LLM_USO: UseWhenUnsure, UseAlways or UseNever
}

// Transcription is who listens to voice notes; without URL, nobody.
type Transcription struct {
	URL   string // TRANSCRIPCION_URL, or else LLM_URL
	Model string // TRANSCRIPCION_MODELO
	Key   string // TRANSCRIPCION_KEY, or else LLM_KEY when the URL is that of the model
}

func (r *reader) llm() LLM {
	c := LLM{URL: r.endpoint("LLM_URL"), Model: r.get("LLM_MODEL"), Key: r.get("LLM_KEY"), Use: r.oneOf("LLM_USO", "duda, siempre o no", UseWhenUnsure, UseAlways, UseNever)}
	if c.URL == "" {
		return LLM{}
	}
	if c.Model == "" {
		r.fail("LLM_MODEL falta: es el nombre del modelo que se pregunta en LLM_URL.")
	}
	return c
}

// transcription needs a model to be on. The key of the language model is not shown
// to another address.
func (r *reader) transcription(m LLM) Transcription {
	c := Transcription{URL: r.endpoint("TRANSCRIPCION_URL"), Model: r.get("TRANSCRIPCION_MODELO"), Key: r.get("TRANSCRIPCION_KEY")}
	if c.Model == "" {
		if c.URL != "" {
			r.fail("TRANSCRIPCION_MODELO falta: es el nombre del modelo que escucha los audios en TRANSCRIPCION_URL.")
		}
		return Transcription{}
	}
	if c.URL == "" {
		if c.URL = m.URL; c.Key == "" {
			c.Key = m.Key
		}
	}
	if c.URL == "" {
		r.fail("TRANSCRIPCION_MODELO necesita TRANSCRIPCION_URL o LLM_URL.")
	}
	return c
}

func (r *reader) endpoint(name string) string {
	text := strings.TrimRight(r.get(name), "/")
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		r.fail(name + " debe ser la dirección de una API como la de OpenAI, por ejemplo http://localhost:11434/v1.")
	}
	return text
}
