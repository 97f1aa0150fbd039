package doctor

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mostrador/internal/config"
	"mostrador/internal/disk"
)

// Port finds out whether a program that does not run could listen on address.
func Port(ctx context.Context, address, program, variable string) Finding {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return Fail("No está en marcha, y en "+address+" no se puede escuchar: lo tiene otro programa, o la dirección no es de esta máquina.", "Cierre el otro programa, o cambie "+variable+" y DIRECCION.")
	}
	_ = ln.Close()
	return Warn("No está en marcha; su puerto está libre.", "Arránquelo con «"+program+"», o como se instaló.")
}

// Room on a disk, in bytes, below which it is said, and below which something will
// soon not be stored: some hundred photos, a few.
const (
	littleRoom = 1 << 30
	noRoom     = 100 << 20
)

// Clocks that differ by more than this are said; by more than far, certificates
// and WhatsApp may not work.
const (
	apart = 2 * time.Minute
	far   = time.Hour
)

// soon is how long before its end a certificate is said to end: those that renew
// themselves do so thirty days before.
const soon = 14 * 24 * time.Hour

// Configuration finds what is wrong with the settings.
func Configuration(r config.Report) Finding {
	switch set := countSet(r); {
	case len(r.Problems) > 0 && r.NoFile:
		return Fail(strings.Join(r.Problems, " "), "Aquí no hay archivo .env: ejecute el comando en la carpeta del programa, o copie y edite el ejemplo.")
	case len(r.Problems) > 0:
		return Fail(strings.Join(r.Problems, " "), "Corrija el archivo .env o el entorno; .env.example explica cada variable.")
	case len(r.Warnings) > 0:
		return Warn(strings.Join(r.Warnings, " "), "Corrija o quite esos nombres.")
	default:
		return OK("Correcta: " + Plural(set, "variable puesta", "variables puestas") + ", el resto por omisión.")
	}
}

func countSet(r config.Report) int {
	set := 0
	for _, v := range r.Values {
		if v.From != config.FromDefault {
			set++
		}
	}
	return set
}

// Token finds out whether a token keeps strangers out.
func Token(token string) Finding {
	if weakness := config.TokenWeakness(token); weakness != "" {
		return Fail("API_TOKEN "+weakness, "Haga uno con «server token» o «bridge token» y ponga el mismo en los dos programas.")
	}
	return OK("Está puesto y es difícil de adivinar.")
}

// Room finds out whether there is room below paths; free is disk.Free.
func Room(free func(path string) (int64, error), paths ...string) Finding {
	least, where := int64(-1), ""
	for _, path := range paths {
		n, err := free(path)
		if err != nil {
			return Skip("No se sabe cuánto espacio queda en " + path + ".")
		}
		if least < 0 || n < least {
			least, where = n, path
		}
	}
	found := fmt.Sprintf("Quedan %s libres en el disco de %s.", Size(least), where)
	switch {
	case least < noRoom:
		return Fail(found, "Libere espacio ya: sin él no se guarda nada.")
	case least < littleRoom:
		return Warn(found, "Libere espacio, o acorte lo que se guarda en Ajustes.")
	}
	return OK(found)
}

// Size is a number of bytes for people.
func Size(n int64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// Permissions finds out whether the program can write into its folders, and
// whether others can read the files that hold secrets or conversations.
func Permissions(folders, private []string) Finding {
	for _, folder := range folders {
		if err := tryWriting(disk.Existing(folder)); err != nil {
			return Fail("No se puede escribir en "+folder+".", "Dé permiso de escritura al usuario con el que corre el programa, y revise que sea una carpeta.")
		}
	}
	var open []string
	for _, path := range private {
		if config.OthersMayRead(path) {
			open = append(open, path)
		}
	}
	if len(open) > 0 {
		list := strings.Join(open, " ")
		return Warn("Cualquiera en esta máquina puede leer "+strings.Join(open, ", ")+".", "Quíteles el permiso: chmod 600 "+list)
	}
	return OK("Las carpetas se pueden escribir y lo privado no lo leen otros.")
}

func tryWriting(folder string) error {
	file, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	_ = file.Close()
	return os.Remove(file.Name())
}

// EnvFile is the path of the .env in dir.
func EnvFile(dir string) string { return filepath.Join(dir, ".env") }

// Clock compares this machine's clock with that of who answered a; whose is
// «de la laptop» or «del servidor».
func Clock(a Answer, whose string) Finding {
	if a.Err != nil || !a.dated {
		return Skip("No hay respuesta con la que comparar el reloj.")
	}
	return ClockAhead(a.ahead, whose)
}

// ClockAhead judges how far the other's clock is ahead of ours.
func ClockAhead(ahead time.Duration, whose string) Finding {
	by := ahead.Abs()
	if by < apart {
		return OK("El reloj va como el " + whose + ".")
	}
	word := "atrasado"
	if ahead < 0 {
		word = "adelantado"
	}
	found := fmt.Sprintf("El reloj de esta máquina va %s %s respecto al %s.", Span(by), word, whose)
	do := "Ponga los dos en hora automática."
	if by > far {
		return Fail(found, do+" Con esta diferencia fallan WhatsApp y los certificados.")
	}
	return Warn(found, do)
}

// Span says a duration roughly, in Spanish.
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "menos de un minuto"
	case d < 2*time.Hour:
		return Plural(int(d.Minutes()), "minuto", "minutos")
	case d < 48*time.Hour:
		return Plural(int(d.Hours()), "hora", "horas")
	}
	return Plural(int(d.Hours()/24), "día", "días")
}

// Encryption judges how well what is said to address, which the variable called
// name holds, is protected: a says how a request went.
func Encryption(address, name string, a Answer, now time.Time) Finding {
	if !strings.HasPrefix(address, "https://") {
		if isPrivate(address) {
			return OK("Sin HTTPS, dentro de la red propia.")
		}
		return Warn("La dirección en "+name+" es de internet y no lleva HTTPS: el token y los mensajes se pueden leer por el camino.", "Encienda el perfil https en el servidor y ponga https:// en la dirección.")
	}
	switch {
	case a.Err != nil && (isCertificate(a.Err) || notTLS(a.Err)):
		return Fail(Reason(a.Err, name))
	case a.Certificate == nil:
		return Skip("Nadie contesta en la dirección de " + name + ", y no se ve su certificado.")
	}
	left := a.Certificate.NotAfter.Sub(now)
	if left < soon {
		return Warn("El certificado vence en "+Span(max(left, 0))+".", "Revise por qué no se renueva: los puertos 80 y 443 tienen que estar abiertos hacia Caddy.")
	}
	return OK("El certificado es válido y vence en " + Span(left) + ".")
}

// Age judges the version of the WhatsApp library, a pseudo-version with the day it
// was made in it. WhatsApp does not say for how long it takes one; the bridge
// passes for a newer one by itself when it is refused, which helps for a while.
func Age(version string, now time.Time) Finding {
	const aging, old = 180 * 24 * time.Hour, 365 * 24 * time.Hour
	made, ok := dayOf(version)
	if !ok {
		return Skip("No se sabe de cuándo es la biblioteca de WhatsApp.")
	}
	age := max(now.Sub(made), 0)
	found := "La biblioteca de WhatsApp es de hace " + Span(age) + "."
	switch {
	case age > old:
		return Warn(found, "Instale una versión nueva de Mostrador cuanto antes: WhatsApp deja de aceptar las viejas sin avisar.")
	case age > aging:
		return Warn(found, "Instale una versión nueva de Mostrador pronto: WhatsApp deja de aceptar las viejas.")
	}
	return OK(found)
}

// dayOf is the day in a pseudo-version such as v0.0.0-20260821141805-33cfac511629.
func dayOf(version string) (time.Time, bool) {
	parts := strings.Split(version, "-")
	if len(parts) < 3 {
		return time.Time{}, false
	}
	stamp := parts[len(parts)-2]
	if i := strings.LastIndexByte(stamp, '.'); i >= 0 {
		stamp = stamp[i+1:]
	}
	day, err := time.Parse("20060102150405", stamp)
	return day, err == nil
}
