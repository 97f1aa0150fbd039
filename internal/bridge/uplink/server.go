package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"mostrador/internal/bridge/queue"
	"mostrador/internal/httpx"
	"mostrador/internal/wire"
)

const (
	// answerTime is what the server has to answer, beyond the time a body takes.
	answerTime = 5 * time.Second
	// uploadRate, in bytes a second, is the slowest line on which a file is given the
	// time it takes, up to wire.UploadTime: a quarter of a Mbit/s.
	uploadRate = 32 << 10
	// maxAnswer is as much of an answer as is read.
	maxAnswer = 64 << 10
	// maxDetail is as much of a server's sentence as is kept, in runes.
	maxDetail = 300
)

// verdict is what an answer means for a message.
type verdict int

const (
	unreachable verdict = iota // no answer, a 5xx or nothing a server of ours would say
	lockedOut                  // 401, 403, 404, 400 and 422 of somebody before the server: a setting is wrong, the message is not
	refuse                     // 400, 422 of the server itself
	barred                     // 413 of somebody before the server: a limit there is wrong, the message is not
	tooLarge                   // 413
	accept
)

// outcome is one answer of the server, or the lack of one.
type outcome struct {
	verdict  verdict
	code     int    // HTTP status, 0 without an answer
	reason   string // Spanish sentence, empty when accepted
	timedOut bool   // the call had begun: the line may be too slow for it
	pending  bool   // accepted without the file, which follows
	err      error  // for the log
}

// server is the other end of the wire.
type server struct {
	client *http.Client
	url    string
	bearer string
	heard  func(at time.Time) // told the server's clock at each answer; nil: nobody is

	now      func() time.Time
	answered func(answer string, took time.Duration)
}

// traceKey is the context's key of the trace that goes along with a call.
type traceKey struct{}

// traced says which message the calls with ctx are about: by the short name that
// «bridge queue» shows.
func traced(ctx context.Context, item *queue.Item) context.Context {
	return context.WithValue(ctx, traceKey{}, item.Ref())
}

func newServer(client *http.Client, url, token string) server {
	if client == nil {
		client = &http.Client{Transport: straight()}
	}
	direct := *client
	// A redirect would turn the message into a GET or give the token to others.
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return server{client: &direct, url: url, bearer: "Bearer " + token, now: time.Now, answered: func(string, time.Duration) {}}
}

// straight is the way to the server. The proxy variables are for the way to
// WhatsApp; the server is usually in the same building.
func straight() *http.Transport {
	t := &http.Transport{
		// A server that is not there is known before a file's time is over.
		DialContext:         (&net.Dialer{Timeout: answerTime}).DialContext,
		MaxIdleConnsPerHost: deliverers + fetchers + 1, IdleConnTimeout: time.Minute,
		Protocols: new(http.Protocols),
	}
	// A call of HTTP/1.1 that gets no answer takes its connection with it. HTTP/2
	// keeps a connection that died without a word, for every call that follows.
	t.Protocols.SetHTTP1(true)
	return t
}

// post delivers a message in answerTime, plus, if patient, the time its body
// takes on a slow line.
func (s server) post(ctx context.Context, message wire.Webhook, patient bool) outcome {
	return s.send(ctx, wire.PathWebhook, message, patient)
}

// report delivers a receipt in answerTime.
func (s server) report(ctx context.Context, receipt wire.Receipt) outcome {
	return s.send(ctx, wire.PathReceipt, receipt, false)
}

func (s server) send(ctx context.Context, path string, payload any, patient bool) outcome {
	body, err := json.Marshal(payload)
	if err != nil {
		return outcome{verdict: refuse, reason: "El mensaje no se puede escribir como JSON.", err: err}
	}
	limit := answerTime
	if patient {
		limit += min(time.Duration(len(body))*time.Second/uploadRate, wire.UploadTime)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := s.request(ctx, path, body)
	if err != nil {
		return outcome{reason: "SERVER_URL no es una dirección válida.", err: err}
	}
	began := s.now()
	code, answer, err := s.do(req)
	s.answered(answerOf(code), s.now().Sub(began))
	if err != nil {
		return silence(err)
	}
	return judge(code, answer)
}

func (s server) request(ctx context.Context, path string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", s.bearer)
	req.Header.Set("Content-Type", "application/json")
	if trace, ok := ctx.Value(traceKey{}).(string); ok {
		req.Header.Set(httpx.TraceHeader, trace)
	}
	return req, nil
}

// errUnwell is what alive says of a server that answers with a 5xx.
var errUnwell = errors.New("server is not well")

// alive asks the server whether it is there, without the token, and returns why
// not.
func (s server) alive(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+wire.PathHealth, http.NoBody)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	code, _, err := s.do(req)
	if err == nil && code >= http.StatusInternalServerError {
		return errUnwell
	}
	return err
}

func (s server) do(req *http.Request) (code int, answer []byte, err error) {
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil && s.heard != nil {
		s.heard(at)
	}
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("read answer: %w", err)
	}
	return resp.StatusCode, answer, nil
}

// misset says which setting is wrong, if the answer is about one and not about
// the message.
func misset(code int, answer []byte) string {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "El servidor rechaza el token: ponga el mismo API_TOKEN en los dos programas. Los mensajes esperan."
	case http.StatusNotFound:
		return "En SERVER_URL hay otro programa, o la dirección está incompleta. Los mensajes esperan."
	case http.StatusBadRequest:
		if plainToSecure.Match(answer) {
			return reasonSecure
		}
	}
	return ""
}

// plainToSecure is what Go's, nginx's and Apache's HTTPS ports say to HTTP.
var plainToSecure = regexp.MustCompile(`(?i)HTTP request (was sent )?to (an )?HTTPS|plain HTTP to an SSL`)

// reasonBarred is what to do about a proxy that lets no large message through.
const reasonBarred = "Un proxy delante del servidor no deja pasar archivos de este tamaño: suba su límite (en nginx, client_max_body_size). Los archivos esperan."

// reasonTurnedAway is what to do about something else that turns messages away.
const reasonTurnedAway = "Algo delante del servidor, como un proxy o un firewall, rechaza los mensajes (error %d): revise su configuración. Los mensajes esperan."

// judge is the outcome of an answer.
func judge(code int, answer []byte) outcome {
	out := outcome{code: code, reason: detail(answer), err: fmt.Errorf("server answered %d", code)}
	switch {
	case code >= 200 && code < 300:
		var reply wire.WebhookReply
		// A hotel's login page also answers 200.
		if json.Unmarshal(answer, &reply) != nil || reply.Status != "ok" {
			out.reason = "En la dirección del servidor contesta otro programa."
			return out
		}
		return outcome{verdict: accept, code: code}
	case misset(code, answer) != "":
		out.verdict, out.reason = lockedOut, misset(code, answer)
	case turnedAway(code, answer):
		out.verdict, out.reason = lockedOut, fmt.Sprintf(reasonTurnedAway, code)
	case isRefusal(code):
		out.verdict = refuse
	case code == http.StatusRequestEntityTooLarge && !isProblem(answer):
		out.verdict, out.reason = barred, reasonBarred
	case code == http.StatusRequestEntityTooLarge:
		out.verdict = tooLarge
	case code == http.StatusTooManyRequests: // soon over: the next try is
		out.reason = "El servidor recibió de aquí demasiados tokens equivocados y pide esperar. Si no pasa solo, ponga el mismo API_TOKEN en los dos programas. Los mensajes esperan."
	}
	if out.reason == "" {
		out.reason = fmt.Sprintf("El servidor contestó con el error %d.", code)
	}
	return out
}

// problem is what is read of a problem document (RFC 9457); empty when an answer
// is none.
type problem struct {
	Detail string `json:"detail"`
	Code   string `json:"codigo"`
}

func problemOf(answer []byte) problem {
	var p problem
	if json.Unmarshal(answer, &p) != nil {
		return problem{}
	}
	return p
}

func isRefusal(code int) bool {
	return code == http.StatusBadRequest || code == http.StatusUnprocessableEntity
}

// turnedAway reports whether somebody else than the server refused: the server,
// and the original, do it with a JSON object, of which answer may be the
// beginning, a proxy in HTML.
func turnedAway(code int, answer []byte) bool {
	return isRefusal(code) && !bytes.HasPrefix(bytes.TrimSpace(answer), []byte("{"))
}

// isProblem reports whether the server itself can have given answer.
func isProblem(answer []byte) bool { return problemOf(answer) != problem{} }

// detail is the sentence of a problem document, "" without one.
func detail(answer []byte) string {
	text := []rune(strings.TrimSpace(strings.ToValidUTF8(problemOf(answer).Detail, "")))
	return string(text[:min(len(text), maxDetail)])
}
