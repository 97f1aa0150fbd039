package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

const (
	envFile = ".env"
	// maxSecretFile is how much of a file that NAME_FILE names is read, in bytes:
	// more than any password or address, far less than a wrong file.
	maxSecretFile = 16 << 10
	// mountedSecrets is where container engines put secrets; they choose the
	// permissions, and nobody else is in there.
	mountedSecrets = "/run/secrets/"
)

// reader looks variables up and collects what is wrong with them.
type reader struct {
	program  Program
	dir      string
	getenv   Getenv
	file     map[string]string // what .env sets
	noFile   bool
	seen     map[string]found // what was looked up, by name
	problems []string
	warnings []string
}

// found is a variable's text and where it comes from.
type found struct{ text, from string }

func newReader(program Program, getenv Getenv, dir string) *reader {
	r := &reader{program: program, dir: dir, getenv: getenv, seen: map[string]found{}}
	text, err := os.ReadFile(filepath.Join(dir, envFile))
	if r.noFile = errors.Is(err, fs.ErrNotExist); r.noFile {
		if _, err := os.Stat(filepath.Join(dir, envFile+".txt")); err == nil {
			r.warn("Hay un archivo .env.txt y ningún .env: Windows esconde el final de los nombres; cámbiele el nombre a .env.")
		}
		return r
	}
	if err == nil && r.failOpen(text) {
		return r
	}
	if err == nil {
		r.file, err = parse(text)
		r.warnExpanded(text)
		r.warnEscaped(text)
	}
	if err != nil {
		r.fail("No se puede leer el archivo .env: revise que cada línea sea NOMBRE=valor, que esté guardado como UTF-8 y que se pueda abrir.")
	}
	return r
}

// parse reads a .env, also with the mark that Windows editors put first.
func parse(text []byte) (map[string]string, error) {
	vars, err := godotenv.UnmarshalBytes(bytes.TrimPrefix(text, []byte("\uFEFF")))
	if err != nil {
		return nil, fmt.Errorf("parse .env: %w", err)
	}
	return vars, nil
}

// warnExpanded says whose values are not what somebody wrote: in a .env, $NAME
// stands for another variable, which a password with a $ in it is not meant to.
func (r *reader) warnExpanded(text []byte) {
	const dollar = "\uE000" // means nothing to whoever reads a .env
	literal, err := parse(bytes.ReplaceAll(text, []byte("$"), []byte(dollar)))
	if err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(literal)) {
		written := strings.ReplaceAll(literal[name], dollar, "$")
		if read := r.file[name]; read != written && read != strings.ReplaceAll(written, `\$`, "$") {
			r.warn(printable(name) + " lleva un $ en .env, que ahí es el principio de otra variable: escriba el valor entre comillas simples.")
		}
	}
}

// escape is a backslash with what it is about in double quotes.
var escape = regexp.MustCompile(`(?s)\\.`)

// warnEscaped says whose values lost a backslash that somebody wrote, as a path of
// Windows does: in double quotes only \", \$ and \\ are what they look like.
func (r *reader) warnEscaped(text []byte) {
	const backslash = "\uE001" // means nothing to whoever reads a .env
	literal, err := parse(escape.ReplaceAllFunc(text, func(pair []byte) []byte {
		if strings.ContainsRune(`"$\`, rune(pair[1])) {
			return pair
		}
		return append([]byte(backslash), pair[1:]...)
	}))
	if err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(literal)) {
		if r.file[name] != strings.ReplaceAll(literal[name], backslash, `\`) {
			r.warn(printable(name) + ` lleva una \ entre comillas dobles en .env, que ahí no se lee como está escrita: use comillas simples o ninguna.`)
		}
	}
}

// open is a line whose value ends with a backslash and its quote, which goes on
// until another quote, however many lines later.
var open = regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*[=:][ \t]*(?:"[^"\n]*\\"|'[^'\n]*\\')[ \t\r]*(?:#.*)?$`)

// failOpen refuses a .env in which variables would be lost in another's value, and
// reports whether it did.
func (r *reader) failOpen(text []byte) bool {
	lines := open.FindAllSubmatch(text, -1)
	for _, line := range lines {
		r.fail(string(line[1]) + ` termina en \ delante de la comilla en .env, que así no se cierra y se lleva las líneas siguientes: quite esa \ o las comillas.`)
	}
	return len(lines) > 0
}

// get is the text of a variable, its default if nobody sets it.
func (r *reader) get(name string) string { return r.find(variable(name)).text }

func (r *reader) find(v Variable) found {
	f, ok := r.seen[v.Name]
	if !ok {
		f = r.lookUp(v)
		r.seen[v.Name] = f
	}
	return f
}

func (r *reader) lookUp(v Variable) found {
	f := r.direct(v.Name)
	if v.InFile() {
		if path := r.direct(v.Name + fileSuffix); path.text != "" {
			if f.text != "" {
				r.fail(fmt.Sprintf("%s y %s están las dos: deje una.", v.Name, v.Name+fileSuffix))
				return f
			}
			return found{r.secret(v.Name+fileSuffix, path.text), FromFile + " " + path.text}
		}
	}
	if f.text == "" {
		f = found{v.Default, FromDefault}
	}
	return f
}

// direct is what the environment or .env says; the environment wins.
func (r *reader) direct(name string) found {
	if text := strings.TrimSpace(r.getenv(name)); text != "" {
		return found{text, FromEnvironment}
	}
	return found{strings.TrimSpace(r.file[name]), FromDotEnv}
}

// secret reads the file that the variable called name points to.
func (r *reader) secret(name, path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	text, err := readSecret(path)
	switch {
	case err != nil:
		r.fail(fmt.Sprintf("%s: no se puede leer el archivo %s.", name, path))
	case len(text) > maxSecretFile:
		r.fail(fmt.Sprintf("%s: el archivo %s es demasiado grande para ser un secreto.", name, path))
		return ""
	case strings.TrimSpace(text) == "":
		r.fail(fmt.Sprintf("%s: el archivo %s está vacío.", name, path))
	case !strings.HasPrefix(path, mountedSecrets) && OthersMayRead(path):
		r.warn(fmt.Sprintf("%s: cualquiera en esta máquina puede leer %s; quíteles el permiso con chmod 600.", name, path))
	}
	return strings.TrimSpace(text)
}

// readSecret returns at most a byte more than a secret may have. What is no
// regular file is not opened: it could keep the program waiting.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("stat secret: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open secret: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return string(bytes.TrimPrefix(text, []byte("\uFEFF"))), nil
}

// OthersMayRead reports whether every user of this machine may read the file.
// Windows keeps that elsewhere than in the mode; there it is never said.
func OthersMayRead(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode()&0o004 != 0
}

func (r *reader) fail(sentence string) { r.problems = append(r.problems, sentence) }

func (r *reader) warn(sentence string) { r.warnings = append(r.warnings, sentence) }
