package rest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/hours"
	"mostrador/internal/server/store"
	"mostrador/internal/ticket"
)

func (s *service) settings() {
	register(s, operation(http.MethodGet, "/ajustes", "ver-ajustes", "ajustes", "Los ajustes del negocio"), auth.RoleAdmin, s.showSettings)
	register(s, operation(http.MethodPatch, "/ajustes", "cambiar-ajustes", "ajustes", "Cambia ajustes del negocio; lo que falta se queda como está"), auth.RoleAdmin, s.changeSettings)
	register(s, operation(http.MethodGet, "/ajustes/limpieza", "probar-limpieza", "ajustes", "Cuánto se borraría hoy con estos días, sin borrar nada"), auth.RoleAdmin, s.countExpired)
}

// Settings are the settings of a business as the panel reads them.
type Settings struct {
	Name         string `json:"negocio"`
	Zone         string `json:"zona_horaria" doc:"Nombre IANA; vacío mientras nadie lo diga."`
	Hours        []Day  `json:"horario" doc:"Los días en que se abre; vacío mientras nadie lo diga."`
	ReceivedText string `json:"aviso_recibido" doc:"Lo que manda «Notificar recibido»."`
	Away         Away   `json:"fuera_de_horario"`
	Window       int    `json:"ventana_horas" doc:"Quien escribe antes de que pasen reabre su ticket resuelto."`
	Keep         Keep   `json:"conservar"`
}

// Day is when a business opens on one day.
type Day struct {
	Day   string `json:"dia" enum:"lunes,martes,miercoles,jueves,viernes,sabado,domingo"`
	Spans []Span `json:"tramos" maxItems:"6"`
}

// Span is from when to when; the end may be 24:00.
type Span struct {
	From string `json:"desde" pattern:"^([01]\\d|2[0-3]):[0-5]\\d$"`
	To   string `json:"hasta" pattern:"^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$"`
}

// Away is the automatic answer outside opening hours.
type Away struct {
	On   bool   `json:"activo"`
	Text string `json:"texto" maxLength:"4096"`
}

// Keep is after how many days things are deleted; 0 is never.
type Keep struct {
	Tickets int `json:"tickets_dias" minimum:"0" maximum:"36500" doc:"Tickets resueltos, enteros."`
	Photos  int `json:"fotos_dias" minimum:"0" maximum:"36500" doc:"Fotos y archivos de tickets resueltos."`
	Log     int `json:"registro_dias" minimum:"0" maximum:"36500"`
}

func (k Keep) days() store.Keep { return store.Keep{Tickets: k.Tickets, Photos: k.Photos, Log: k.Log} }

// days are the names of time.Weekday's days.
var days = []string{"domingo", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado"}

func settingsOf(b store.Settings) Settings {
	v := Settings{
		Name: b.Name, Zone: b.Zone, Hours: []Day{}, ReceivedText: b.ReceivedText, Away: Away{On: b.Away, Text: b.AwayText},
		Window: int(b.JoinWindow / time.Hour), Keep: Keep{Tickets: b.Keep.Tickets, Photos: b.Keep.Photos, Log: b.Keep.Log},
	}
	for _, weekday := range []int{1, 2, 3, 4, 5, 6, 0} {
		if len(b.Hours[weekday]) == 0 {
			continue
		}
		day := Day{Day: days[weekday]}
		for _, span := range b.Hours[weekday] {
			day.Spans = append(day.Spans, Span{From: clock(span[0]), To: clock(span[1])})
		}
		v.Hours = append(v.Hours, day)
	}
	return v
}

// clock is minutes after midnight as people write them.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// minutes is the inverse of clock, for what the patterns let through.
func minutes(clock string) (n int) {
	for _, digit := range clock {
		if digit != ':' {
			n = n*10 + int(digit-'0')
		}
	}
	return n/100*60 + n%100
}

// weekOf puts the spans of each day in their order. A day may be named once.
func weekOf(named []Day) (week hours.Week, err error) {
	for _, day := range named {
		weekday := slices.Index(days, day.Day)
		if weekday < 0 || week[weekday] != nil {
			return week, ticket.NewError(ticket.CodeInvalid, "Un día del horario no existe o está dos veces.")
		}
		for _, span := range day.Spans {
			week[weekday] = append(week[weekday], hours.Span{minutes(span.From), minutes(span.To)})
		}
		slices.SortFunc(week[weekday], func(a, b hours.Span) int { return a[0] - b[0] })
	}
	return week, nil
}

func (s *service) showSettings(ctx context.Context, _ *struct{}) (*body[Settings], error) {
	b, err := s.Store.Business(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	return answer(settingsOf(b.Settings)), nil
}

// settingsChange is what to change; what is not there stays.
type settingsChange struct {
	Body struct {
		Name         *string `json:"negocio,omitempty" maxLength:"100"`
		Zone         *string `json:"zona_horaria,omitempty" maxLength:"64"`
		Hours        *[]Day  `json:"horario,omitempty" maxItems:"7"`
		ReceivedText *string `json:"aviso_recibido,omitempty" maxLength:"4096"`
		Away         *Away   `json:"fuera_de_horario,omitempty"`
		Window       *int    `json:"ventana_horas,omitempty" minimum:"0" maximum:"2160"`
		Keep         *Keep   `json:"conservar,omitempty"`
	}
}

func (s *service) changeSettings(ctx context.Context, in *settingsChange) (*body[Settings], error) {
	var week hours.Week
	if in.Body.Hours != nil {
		var err error
		if week, err = weekOf(*in.Body.Hours); err != nil {
			return nil, err
		}
	}
	id := auth.From(ctx)
	now, err := s.Store.ChangeSettings(ctx, id.Business, id.User, func(b *store.Settings) { in.apply(b, week) })
	if err != nil {
		return nil, fmt.Errorf("change settings: %w", err)
	}
	return answer(settingsOf(now)), nil
}

func (in *settingsChange) apply(b *store.Settings, week hours.Week) {
	c := in.Body
	put(&b.Name, c.Name)
	put(&b.Zone, c.Zone)
	put(&b.ReceivedText, c.ReceivedText)
	if c.Hours != nil {
		b.Hours = week
	}
	if c.Away != nil {
		b.Away, b.AwayText = c.Away.On, c.Away.Text
	}
	if c.Window != nil {
		b.JoinWindow = time.Duration(*c.Window) * time.Hour
	}
	if c.Keep != nil {
		b.Keep = c.Keep.days()
	}
}

// put is an assignment of what is there.
func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// keepQuery is how long things would be kept.
type keepQuery struct {
	Tickets int `query:"tickets_dias" minimum:"0" maximum:"36500"`
	Photos  int `query:"fotos_dias" minimum:"0" maximum:"36500"`
	Log     int `query:"registro_dias" minimum:"0" maximum:"36500"`
}

// Expired is how much would be deleted today.
type Expired struct {
	Tickets int `json:"tickets" doc:"Más de 10000 significa que son más."`
	Photos  int `json:"fotos"`
	Log     int `json:"registro"`
}

func (s *service) countExpired(ctx context.Context, in *keepQuery) (*body[Expired], error) {
	keep := store.Keep{Tickets: in.Tickets, Photos: in.Photos, Log: in.Log}
	if err := keep.Check(); err != nil {
		return nil, err
	}
	r, err := s.Store.CountExpired(ctx, businessOf(ctx), keep)
	if err != nil {
		return nil, fmt.Errorf("count what is old: %w", err)
	}
	return answer(Expired{Tickets: r.Tickets, Photos: r.Photos, Log: r.Log}), nil
}
