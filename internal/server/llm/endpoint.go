package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
)

// endpoint speaks the two requests of OpenAI's protocol that are needed. The
// official client holds all of them, and was measured to make the program 29 MB
// larger and its memory 9 MB, for everybody.
type endpoint struct {
	Endpoint
	client *http.Client
}

func (o Options) endpoint(e Endpoint) endpoint {
	return endpoint{Endpoint: e, client: &http.Client{Transport: guard{o.Transport}}}
}

// question is a request for a chat completion.
type question struct {
	Model    string         `json:"model"`
	Messages []chatMessage  `json:"messages"`
	Format   map[string]any `json:"response_format,omitempty"`
}

type chatMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// newQuestion is made of what the program says and of what is only data.
func newQuestion(prompt, data string) question {
	return question{Messages: []chatMessage{{"system", prompt}, {"user", data}}}
}

// completion is the part of an answer that counts.
type completion struct {
	Choices []struct {
		Message struct {
			Content string `json:"content"`
		} `json:"message"`
	} `json:"choices"`
}

// complete asks for a chat completion.
func (e endpoint) complete(ctx context.Context, q question) (c completion, err error) {
	q.Model = e.Model
	body, err := json.Marshal(q)
	if err != nil {
		return c, fmt.Errorf("write question: %w", err)
	}
	return c, e.post(ctx, "chat/completions", "application/json", bytes.NewReader(body), &c)
}

// transcribe sends a sound under name and returns what is said in it.
func (e endpoint) transcribe(ctx context.Context, name, mime string, audio io.Reader) (string, error) {
	pipe, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() { w.CloseWithError(fillForm(form, e.Model, name, mime, audio)) }()
	defer func() { _ = pipe.Close() }() // ends the writer when the answer came before the end
	var heard struct {
		Text string `json:"text"`
	}
	err := e.post(ctx, "audio/transcriptions", form.FormDataContentType(), pipe, &heard)
	return heard.Text, err
}

func fillForm(form *multipart.Writer, model, name, mime string, audio io.Reader) error {
	if err := form.WriteField("model", model); err != nil {
		return err
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="file"; filename="`+name+`"`) // ours, without a quote
	header.Set("Content-Type", mime)
	part, err := form.CreatePart(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, audio); err != nil {
		return err
	}
	return form.Close()
}

// statusError is an answer with another status than 200.
type statusError struct {
	status int
	header http.Header
}

// Error implements error.
func (r *statusError) Error() string { return fmt.Sprintf("status %d", r.status) }

// post sends body and reads the answer into v. The guard bounds its length.
func (e endpoint) post(ctx context.Context, path, contentType string, body io.Reader, v any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(e.URL, "/")+"/"+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Accept", "application/json")
	if e.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.Key)
	}
	resp, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return &statusError{status: resp.StatusCode, header: resp.Header}
	}
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}
