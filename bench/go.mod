module mostrador/bench

go 1.26.0

require (
	github.com/rs/zerolog v1.35.1
	mostrador v0.0.0
)

require (
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/rs/xid v1.6.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace mostrador => ../
