package main

import (
	"time"

	"mostrador/internal/wasim"
)

// line is something a simulated customer does, after waiting since their line
// before. Exactly one of the fields after wait is set, but for paint, which may
// have text as its caption.
type line struct {
	wait  time.Duration
	text  string
	paint func(canvas) // sends a picture
	place bool         // sends a location
	react string       // puts this emoji on the last message received
	fix   string       // edits the last text sent into this one
}

// role is one customer: what they write by themselves, and what they answer to
// the first, second… message they receive.
type role struct {
	profile wasim.Profile
	lines   []line
	answers []line
}

// cast is who writes during the demo's first minute. The numbers are from
// ranges that are not in service.
func cast() []role {
	return []role{
		{
			profile: wasim.Profile{Name: "Lucía", Phone: "5215555550101", Addressing: wasim.ByPhone},
			lines: []line{
				{wait: 2 * time.Second, text: "hola buenas tardes"},
				{wait: 3 * time.Second, text: "se me cayó el celular y la pantalla quedó así 😢 todavía prende"},
				{wait: 3 * time.Second, paint: brokenScreen},
				{wait: 20 * time.Second, text: "¿más o menos cuánto sale el cambio de pantalla?"},
			},
			answers: []line{
				{wait: 4 * time.Second, text: "¡Qué rápido! Muchas gracias 🙏"},
				{wait: 5 * time.Second, text: "Perfecto, paso mañana temprano"},
				{wait: 3 * time.Second, react: "👍"},
			},
		},
		{
			profile: wasim.Profile{Name: "Martín", Phone: "5491155550102", Addressing: wasim.ByLID},
			lines: []line{
				{wait: 7 * time.Second, paint: blueScreen, text: "Me sale esta pantalla azul cada vez que abro la compu, ¿qué será?"},
				{wait: 12 * time.Second, text: "ah y está re lenta, tarda 10 minutos en arancar"},
				{wait: 4 * time.Second, fix: "ah y está re lenta, tarda 10 minutos en arrancar"},
			},
			answers: []line{
				{wait: 3 * time.Second, text: "Genial, quedo atento entonces"},
				{wait: 4 * time.Second, react: "❤️"},
			},
		},
		{
			profile: wasim.Profile{Name: "Carmen", Phone: "34600555103", Addressing: wasim.ByPhone},
			lines: []line{
				{wait: 13 * time.Second, text: "Buenos días, la impresora de la oficina se traga el papel y parpadea en rojo"},
				{wait: 4 * time.Second, paint: jammedPrinter, text: "así está ahora mismo"},
				{wait: 15 * time.Second, text: "¿Podéis venir hoy? Tenemos que imprimir unas facturas"},
			},
			answers: []line{
				{wait: 4 * time.Second, text: "Estupendo, estamos aquí hasta las 18:00"},
				{wait: 3 * time.Second, place: true},
			},
		},
		{
			profile: wasim.Profile{Name: "Andrés", Phone: "573005550104", Addressing: wasim.LIDOnly},
			lines: []line{
				{wait: 22 * time.Second, text: "q más, se fue el internet en el local"},
				{wait: 3 * time.Second, paint: router},
				{wait: 3 * time.Second, text: "el módem quedó con esa luz roja, ya lo reinicié"},
			},
			answers: []line{{wait: 3 * time.Second, text: "listo, mil gracias"}},
		},
		{
			profile: wasim.Profile{Name: "Javiera", Phone: "56955550105", Addressing: wasim.ByLID},
			lines: []line{
				{wait: 34 * time.Second, text: "Hola, ¿ya está listo mi notebook? Lo dejé el lunes, no prendía"},
				{wait: 16 * time.Second, text: "era por la batería creo"},
			},
			answers: []line{{wait: 4 * time.Second, text: "Ya, gracias. Me avisan no más 😊"}},
		},
		{
			profile: wasim.Profile{Name: "Rosa", Phone: "51955550106", Addressing: wasim.ByPhone},
			lines: []line{
				{wait: 44 * time.Second, text: "Señores buenas, quisiera cotizar una limpieza de virus para 3 laptops"},
				{wait: 12 * time.Second, text: "es para mi colegio, necesito boleta"},
			},
			answers: []line{{wait: 5 * time.Second, text: "Muy amables, espero su mensaje"}},
		},
	}
}
