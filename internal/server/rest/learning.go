package rest

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mostrador/internal/server/auth"
	"mostrador/internal/server/store"
)

// Classifier is how a business's classifier stands.
type Classifier struct {
	Template  string   `json:"plantilla"`
	Threshold float64  `json:"confianza_minima" doc:"Por debajo, un ticket queda sin clasificar."`
	Learning  bool     `json:"aprende" doc:"Si las correcciones enseñan algo."`
	Ignored   *Ignored `json:"correcciones_ignoradas" doc:"Nulo si todas cuentan."`
	Taught    int      `json:"correcciones" doc:"De cuántas correcciones aprende ahora."`
	Current   bool     `json:"al_dia" doc:"Falso mientras aprende de lo último."`
	Accuracy  Accuracy `json:"acierto"`
}

// Ignored is when people corrected in vain.
type Ignored struct {
	From  *time.Time `json:"desde" doc:"Nulo: desde el principio."`
	Until time.Time  `json:"hasta"`
}

// Accuracy is how often the classifier was right lately.
type Accuracy struct {
	Right int    `json:"aciertos"`
	Of    int    `json:"de" doc:"Los últimos tickets, 50 como mucho, que una persona atendió después de que un programa los clasificó."`
	Said  int    `json:"dichos_por_personas" doc:"De ellos, los que alguien corrigió o confirmó; los demás se atendieron sin tocar la categoría."`
	Each  []bool `json:"cada_uno" doc:"Si acertó, el más nuevo primero."`
}

func (s *service) learning() {
	register(s, operation(http.MethodGet, "/clasificador", "ver-clasificador", "categorias", "Cómo está el clasificador y cuánto acierta"), auth.RoleReader, s.showClassifier)
	register(s, operation(http.MethodPatch, "/clasificador", "cambiar-clasificador", "categorias", "Cambia la confianza mínima y de qué aprende"), auth.RoleAdmin, s.changeClassifier)
}

func (s *service) showClassifier(ctx context.Context, _ *struct{}) (*body[Classifier], error) {
	business := businessOf(ctx)
	lessons, err := s.Store.Lessons(ctx, business)
	if err != nil {
		return nil, fmt.Errorf("load lessons: %w", err)
	}
	accuracy, err := s.Store.Accuracy(ctx, business)
	if err != nil {
		return nil, fmt.Errorf("load accuracy: %w", err)
	}
	current, err := s.Learn.Current(ctx, business)
	if err != nil {
		return nil, fmt.Errorf("look at model: %w", err)
	}
	v := Classifier{
		Template: lessons.Template, Threshold: lessons.Threshold, Learning: lessons.Enabled, Taught: len(lessons.Taught), Current: current,
		Accuracy: Accuracy{Of: len(accuracy.Right), Said: accuracy.Said, Each: accuracy.Right},
	}
	if !lessons.IgnoredUntil.IsZero() {
		v.Ignored = &Ignored{From: moment(lessons.IgnoredFrom), Until: lessons.IgnoredUntil}
	}
	for _, right := range accuracy.Right {
		if right {
			v.Accuracy.Right++
		}
	}
	return answer(v), nil
}

// classifierChange is what to change; what is not there stays.
type classifierChange struct {
	Body struct {
		Threshold *float64 `json:"confianza_minima,omitempty" minimum:"0" maximum:"1"`
		Learning  *bool    `json:"aprende,omitempty"`
		// Forget and Remember undo each other.
		Forget     *time.Time `json:"olvidar_desde,omitempty" doc:"Lo corregido desde entonces hasta ahora deja de contar."`
		ForgetAll  bool       `json:"olvidar_todo,omitempty" doc:"Vuelve al modelo de fábrica: nada de lo corregido hasta ahora cuenta."`
		RememberIt bool       `json:"recordar_todo,omitempty" doc:"Vuelve a contar todo lo corregido."`
	}
}

func (s *service) changeClassifier(ctx context.Context, in *classifierChange) (*body[Classifier], error) {
	now := s.Now()
	_, err := s.Store.SetLearning(ctx, businessOf(ctx), func(l *store.Learning) {
		put(&l.Threshold, in.Body.Threshold)
		put(&l.Enabled, in.Body.Learning)
		switch {
		case in.Body.RememberIt:
			l.IgnoredFrom, l.IgnoredUntil = time.Time{}, time.Time{}
		case in.Body.ForgetAll:
			l.IgnoredFrom, l.IgnoredUntil = time.Time{}, now
		case in.Body.Forget != nil:
			l.IgnoredFrom, l.IgnoredUntil = *in.Body.Forget, now
		}
	})
	if err != nil {
		return nil, fmt.Errorf("set learning: %w", err)
	}
	s.Learn.Wake()
	return s.showClassifier(ctx, nil)
}
