package config_test

import (
	"maps"
	"strings"
	"testing"

	"mostrador/internal/config"
)

func TestAModelIsOffUntilItsAddressIsThere(t *testing.T) {
	const ollama = "http://localhost:11434/v1"
	for name, c := range map[string]struct {
		env   map[string]string
		llm   config.LLM
		audio config.Transcription
	}{
		"nothing": {nil, config.LLM{}, config.Transcription{}},
		"a model without key": {
			map[string]string{"LLM_URL": ollama + "/", "LLM_MODEL": "qwen3", "LLM_USO": "SIEMPRE"},
			config.LLM{URL: ollama, Model: "qwen3", Use: "siempre"}, config.Transcription{},
		},
		"one address for both": {
			map[string]string{"LLM_URL": "https://api.openai.com/v1", "LLM_MODEL": "m", "LLM_KEY": "k", "TRANSCRIPCION_MODELO": "whisper-1"},
			config.LLM{URL: "https://api.openai.com/v1", Model: "m", Key: "k", Use: "duda"},
			config.Transcription{URL: "https://api.openai.com/v1", Model: "whisper-1", Key: "k"},
		},
		"the key stays with its address": {
			map[string]string{"LLM_URL": ollama, "LLM_MODEL": "m", "LLM_KEY": "k", "LLM_USO": "no", "TRANSCRIPCION_URL": "http://otra:8000/v1", "TRANSCRIPCION_MODELO": "w"},
			config.LLM{URL: ollama, Model: "m", Key: "k", Use: "no"}, config.Transcription{URL: "http://otra:8000/v1", Model: "w"},
		},
		"transcriptions alone": {
			map[string]string{"TRANSCRIPCION_URL": "http://otra:8000/v1", "TRANSCRIPCION_MODELO": "w", "TRANSCRIPCION_KEY": "k"},
			config.LLM{}, config.Transcription{URL: "http://otra:8000/v1", Model: "w", Key: "k"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{"API_TOKEN": goodToken}
			maps.Copy(all, c.env)
			got, err := config.LoadServer(env(all), t.TempDir())
			if err != nil || got.LLM != c.llm || got.Transcription != c.audio {
				t.Errorf("got %+v, %+v, %v; want %+v, %+v", got.LLM, got.Transcription, err, c.llm, c.audio)
			}
		})
	}
}

func TestAHalfConfiguredModelIsRefusedByName(t *testing.T) {
	for name, values := range map[string]map[string]string{
		"LLM_MODEL":            {"LLM_URL": "http://x/v1"},
		"LLM_URL":              {"LLM_URL": "localhost:11434", "LLM_MODEL": "m"},
		"LLM_USO":              {"LLM_URL": "http://x/v1", "LLM_MODEL": "m", "LLM_USO": "a veces"},
		"TRANSCRIPCION_URL":    {"TRANSCRIPCION_URL": "ftp://x", "TRANSCRIPCION_MODELO": "w"},
		"TRANSCRIPCION_MODELO": {"TRANSCRIPCION_URL": "http://x/v1"},
	} {
		values["API_TOKEN"], values["LLM_KEY"] = goodToken, "sk-secreta"
		_, err := config.LoadServer(env(values), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "sk-secreta") {
			t.Errorf("got %v, want a refusal that names %s and no key", err, name)
		}
	}
	if _, err := config.LoadServer(env(map[string]string{"API_TOKEN": goodToken, "TRANSCRIPCION_MODELO": "w"}), t.TempDir()); err == nil {
		t.Error("transcriptions without an address: got no error")
	}
}
