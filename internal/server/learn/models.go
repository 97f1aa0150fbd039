package learn

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"weak"

	"mostrador/internal/server/classifier"
)

// shared makes the models of every learner of this process.
var shared = models{inUse: map[string]weak.Pointer[classifier.Model]{}}

// models makes models, and remembers those of businesses that nobody has taught
// anything. Where the categories are the same, as most are at first, they share one
// for as long as any of them uses it: nothing changes a model once it is made. Safe
// for concurrent use.
type models struct {
	mu    sync.Mutex
	inUse map[string]weak.Pointer[classifier.Model] // by what they are made of
}

// of returns the model of b. One to be shared is made while all who want one wait:
// likely they want the same.
func (m *models) of(b classifier.Business) (*classifier.Model, error) {
	if len(b.Lessons) > 0 {
		return classifier.TrainBusiness(b)
	}
	key, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("describe business: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if model := m.inUse[string(key)].Value(); model != nil {
		return model, nil
	}
	model, err := classifier.TrainBusiness(b)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(m.inUse, func(_ string, p weak.Pointer[classifier.Model]) bool { return p.Value() == nil })
	m.inUse[string(key)] = weak.Make(model)
	return model, nil
}
