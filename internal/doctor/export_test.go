package doctor

// CleanLog is what of a log comes along in a bundle.
func CleanLog(secrets []string, log string) string { return newCleaner(secrets).log(log) }
