package learn

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"weak"

	"mostrador/internal/server/classifier"
)

// untaught are the models of businesses that nobody has taught anything. Those
// whose categories are the same, as most are at first, share one for as long as any
// of them uses it: nothing changes a model once it is made.
var untaught models

// models makes models and remembers them while they are in use. Safe for concurrent
// use.
type models struct {
	mu    sync.Mutex
	inUse map[string]weak.Pointer[classifier.Model] // by what they are made of
}

// of returns the model of b. Whoever wants one that is being made waits for it.
func (m *models) of(b classifier.Business) (*classifier.Model, error) {
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
	if m.inUse == nil {
		m.inUse = map[string]weak.Pointer[classifier.Model]{}
	}
	maps.DeleteFunc(m.inUse, func(_ string, p weak.Pointer[classifier.Model]) bool { return p.Value() == nil })
	m.inUse[string(key)] = weak.Make(model)
	return model, nil
}

// train makes the model of a business, or finds it.
func train(b classifier.Business) (*classifier.Model, error) {
	if len(b.Lessons) > 0 {
		return classifier.TrainBusiness(b)
	}
	return untaught.of(b)
}
