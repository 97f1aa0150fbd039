//go:build !linux

package pgtest

func start(string) (string, error) {
	return "", missingError("PostgreSQL is started by itself only on Linux: set TEST_DATABASE_URL")
}
