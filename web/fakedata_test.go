package web_test

import (
	"fmt"
	"maps"
	"time"
)

// hostile is what a customer may call themselves, write or name a file. Were it
// ever markup, pwned would be set.
const (
	hostileName = `<img src=x onerror="window.pwned=1">`
	hostileText = `<script>window.pwned=1</script> javascript:window.pwned=1 https://ejemplo.example/a?b=1&c=<b>`
	hostileFile = "\"><svg onload=window.pwned=1>\u202egpj.exe"
)

func ticket(id int, name, text string, fields object) object {
	age := time.Duration(20-id) * 17 * time.Minute
	made := time.Now().Add(-age).UTC().Format(time.RFC3339)
	t := object{
		"id": id, "cliente": "5214772758198@s.whatsapp.net", "descripcion": text, "titulo": text, "estado": "pendiente",
		"categoria": "Pantalla", "fecha": made, "actualizado": made, "foto_path": nil, "telefono": "+52 477 275 8198",
		"numero_oculto": false, "nombre": name, "grupo": false, "prioridad": "normal", "fuente": "reglas", "confianza": 0.7,
		"palabras": []string{"pantalla"}, "sin_leer": 0, "primera_respuesta": nil, "resuelto": nil, "aviso": nil,
	}
	maps.Copy(t, fields)
	return t
}

func message(id int, direction, kind, text string) object {
	at := time.Now().Add(time.Duration(id-2000) * time.Minute).UTC().Format(time.RFC3339)
	return object{
		"id": id, "direccion": direction, "tipo": kind, "texto": text, "texto_original": "", "autor": "", "wa_id": "",
		"responde_a": "", "desde_telefono": false, "entrega": "", "motivo": "", "fecha": at, "editado": nil, "borrado": nil,
		"archivos": []object{},
	}
}

func with(m, fields object) object {
	maps.Copy(m, fields)
	return m
}

func file(url any, name, mime string) object {
	state := "guardado"
	if url == nil {
		state = "no_disponible"
	}
	return object{"url": url, "nombre": name, "mime": mime, "tamano": 48_213, "estado": state, "motivo": ""}
}

// fill gives the fake a lively counter; ticket 9 is the hostile one.
func (f *fake) fill() {
	f.tickets = []object{
		ticket(12, "Ana Torres", "Buenas tardes, mi laptop no prende desde ayer, se quedó en una pantalla negra y hace un ruido raro", object{"foto_path": "/fotos/laptop.png", "sin_leer": 3, "prioridad": "urgente", "categoria": "No enciende"}),
		ticket(11, "", "La pantalla tiene una raya", object{"foto_path": "/fotos/pantalla.png", "numero_oculto": true, "telefono": "", "estado": "en_proceso", "sin_leer": 1}),
		ticket(10, "Taller Núñez e Hijos", "¿Ya está lista la impresora? La necesito para el lunes", object{"estado": "esperando_cliente", "categoria": "Impresora", "prioridad": "alta", "aviso": object{"estado": "leido", "fecha": now(), "motivo": ""}}),
		ticket(9, hostileName, hostileText, object{"foto_path": "/fotos/celular.png", "categoria": `"><script>pwned=1</script>`, "palabras": []string{hostileName}}),
		ticket(8, "Luis", "", object{"foto_path": "/fotos/falta.png", "categoria": ""}),
		ticket(7, "Vecinos Torre B", "No hay internet en todo el edificio", object{"grupo": true, "telefono": "", "categoria": "Red", "prioridad": "baja"}),
		ticket(6, "María José de la Concepción Hernández y Fernández de Córdoba", "Gracias!", object{"estado": "resuelto", "por_decidir": 2, "aviso": object{"id": 30, "estado": "fallo", "fecha": now(), "motivo": "El número ya no está en WhatsApp."}}),
	}
	f.messages[12] = conversation()
	f.messages[6] = replies()
	f.messages[9] = []object{
		with(message(1, "entrada", "texto", hostileText), object{"wa_id": "X1", "autor": hostileName}),
		with(message(2, "entrada", "documento", hostileName), object{"responde_a": "X1", "archivos": []object{file("/fotos/archivo.bin", hostileFile, "text/html")}}),
		with(message(3, "entrada", "texto", hostileText), object{"editado": now(), "texto_original": hostileText}),
		with(message(4, "evento", "reaccion", hostileName), object{"responde_a": "X1"}),
		with(message(5, "entrada", "imagen", ""), object{"archivos": []object{file("javascript:window.pwned=1", "x", "image/png")}}),
	}
}

// replies has an answer in every state.
func replies() []object {
	out := func(id int, state, text, reason string) object {
		return with(message(id, "salida", "texto", text), object{"wa_id": fmt.Sprint("R", id), "entrega": state, "motivo": reason})
	}
	return []object{
		message(21, "entrada", "texto", "¿Ya está mi equipo?"),
		out(22, "leido", "Buenos días", ""),
		out(23, "entregado", "Lo estamos revisando", ""),
		out(24, "enviado", "Mañana le avisamos", ""),
		out(25, "descartado", "Pase hoy a las 5", "Lo descartó Ana."),
		out(30, "fallo", "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto.", "El número ya no está en WhatsApp."),
		out(31, "por_confirmar", "Su equipo está listo, puede pasar hoy", "WhatsApp desconectado. Escanee el código QR."),
		out(32, "limitado", "¿Le queda bien mañana?", "WhatsApp limita por ahora los mensajes a personas que no han escrito antes."),
		out(33, "en_cola", "Gracias por su paciencia", "La laptop no está al alcance: revise que esté encendida, en la red y con el puente abierto."),
	}
}

// conversation has every kind of message there is.
func conversation() []object {
	return []object{
		with(message(1, "entrada", "texto", "Hola, buenas tardes"), object{"wa_id": "A1"}),
		with(message(2, "entrada", "imagen", "Mi laptop no prende, miren"), object{"wa_id": "A2", "archivos": []object{file("/fotos/laptop.png", "IMG-1.png", "image/png")}}),
		with(message(3, "salida", "texto", "Hola, recibimos tu equipo. Estamos trabajando en el diagnóstico. Te avisaremos pronto."), object{"wa_id": "B1", "entrega": "leido"}),
		with(message(4, "entrada", "nota_de_voz", ""), object{"wa_id": "A3", "archivos": []object{file("/fotos/voz.ogg", "", "audio/ogg")}}),
		with(message(5, "entrada", "documento", "La factura"), object{"archivos": []object{file("/fotos/factura.pdf", "factura.pdf", "application/pdf")}}),
		with(message(6, "salida", "texto", "¿Es esta de la foto? https://ejemplo.example/soporte"), object{"wa_id": "B2", "responde_a": "A2", "entrega": "entregado", "desde_telefono": true}),
		with(message(7, "evento", "reaccion", "👍"), object{"responde_a": "B2"}),
		with(message(8, "entrada", "texto", "Sí, la gris, modelo 2021"), object{"wa_id": "A4", "editado": now(), "texto_original": "Si la gris"}),
		with(message(9, "entrada", "texto", "Número de cuenta 1234"), object{"wa_id": "A5", "borrado": now()}),
		message(10, "nota", "texto", "Falta revisar el cargador"),
		with(message(11, "entrada", "imagen", "Otra foto"), object{"archivos": []object{file(nil, "", "image/jpeg")}}),
		message(12, "entrada", "ilegible", ""),
		with(message(13, "entrada", "imagen", ""), object{"archivos": []object{file("/fotos/cargador.png", "", "image/png")}}),
		message(14, "evento", "otro", "Ana cambió el estado a En proceso"),
		with(message(15, "salida", "texto", "Te llamamos mañana"), object{"entrega": "fallo", "motivo": "WhatsApp rechazó el mensaje."}),
		with(message(16, "salida", "texto", "Tu equipo está listo"), object{"entrega": "en_cola"}),
		message(17, "entrada", "ubicacion", "Av. Juárez 12, León\nhttps://maps.ejemplo.example/?q=21.1,-101.6"),
	}
}
