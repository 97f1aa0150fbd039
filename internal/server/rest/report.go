package rest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/hours"
	"mostrador/internal/server/store"
)

func (s *service) report() {
	register(s, operation(http.MethodGet, "/informe", "informe", "informe", "Los tickets que llegaron en los últimos días: cuántos, cuándo y de qué"), auth.RoleReader, s.showReport)
}

// ZoneWish is the time zone of somebody whose business may not have chosen one.
type ZoneWish struct {
	Zone string `query:"zona" maxLength:"64" doc:"Nombre IANA de la zona horaria de los días y las horas; vale si el negocio no ha elegido la suya. Sin ninguna es UTC."`
}

// zone is the business's time zone, or else the one wished for.
func (s *service) zone(ctx context.Context, wish ZoneWish) (*time.Location, error) {
	b, err := s.Store.Business(ctx, businessOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("load settings: %w", err)
	}
	zone, err := hours.Zone(cmp.Or(b.Zone, wish.Zone))
	if err != nil {
		return nil, fmt.Errorf("find time zone: %w", err)
	}
	return zone, nil
}

type reportQuery struct {
	Days int `query:"dias" minimum:"1" maximum:"92" default:"30" doc:"Cuántos días, el de hoy incluido."`
	ZoneWish
}

// Report is what came in during some days. Tickets that were joined to others are
// not counted.
type Report struct {
	Zone       string           `json:"zona" doc:"La zona horaria de los días y las horas."`
	Days       []ReportDay      `json:"dias" doc:"Todos los días, también los que no tienen ninguno."`
	Hours      [24]int64        `json:"horas" doc:"Cuántos llegaron a cada hora del día, de todos los días juntos."`
	Categories []ReportCategory `json:"categorias" doc:"De la que más tiene a la que menos."`

	Tickets  int64 `json:"tickets"`
	Before   int64 `json:"antes" doc:"Cuántos llegaron justo antes, en el mismo tiempo."`
	Answered int64 `json:"contestados" doc:"De ellos, los que ya contestó una persona."`
	Resolved int64 `json:"resueltos" doc:"De ellos, los que ya están resueltos."`
	// Seconds; nil when nobody was answered.
	FirstAnswer *int64 `json:"primera_respuesta_segundos,omitempty" doc:"Lo que la mitad de los contestados esperó como mucho; falta si no hay ninguno."`
}

// ReportDay is a day of the calendar.
type ReportDay struct {
	Day     string `json:"dia" format:"date"`
	Tickets int64  `json:"tickets"`
}

// ReportCategory is what came in of one category.
type ReportCategory struct {
	Category string `json:"categoria" doc:"Vacía: sin clasificar."`
	Tickets  int64  `json:"tickets"`
}

func (s *service) showReport(ctx context.Context, in *reportQuery) (*body[Report], error) {
	zone, err := s.zone(ctx, in.ZoneWish)
	if err != nil {
		return nil, err
	}
	now := s.Now().In(zone)
	tally, err := s.Store.Tally(ctx, businessOf(ctx), hours.DayStart(now, in.Days-1), now.Add(time.Millisecond)) // with what comes right now
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return answer(reportOf(tally, now, in.Days)), nil
}

// reportOf makes days, and hours of the day, of the tally of so many days until
// now, in now's zone.
func reportOf(t store.Tally, now time.Time, days int) Report {
	r := Report{Zone: now.Location().String(), Days: make([]ReportDay, days), Categories: []ReportCategory{}, Before: t.Before}
	for i := range r.Days {
		r.Days[i].Day = hours.DayStart(now, days-1-i).Format(time.DateOnly)
	}
	categories := map[string]int64{}
	for _, slot := range t.Slots {
		at := slot.At.In(now.Location())
		if day, found := slices.BinarySearchFunc(r.Days, at.Format(time.DateOnly), func(d ReportDay, day string) int { return cmp.Compare(d.Day, day) }); found {
			r.Days[day].Tickets += slot.Tickets
		}
		r.Hours[at.Hour()] += slot.Tickets
		categories[slot.Category] += slot.Tickets
		r.Tickets += slot.Tickets
		r.Answered += slot.Answered
		r.Resolved += slot.Resolved
	}
	for name, tickets := range categories {
		r.Categories = append(r.Categories, ReportCategory{name, tickets})
	}
	slices.SortFunc(r.Categories, func(a, b ReportCategory) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Category, b.Category))
	})
	if r.Answered > 0 {
		r.FirstAnswer = new(int64(t.FirstAnswer / time.Second))
	}
	return r
}
