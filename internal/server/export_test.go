package server

import "mostrador/internal/metrics"

// Families are what the server counts.
func Families() []metrics.Desc { return newMeters().registry.Describe() }
