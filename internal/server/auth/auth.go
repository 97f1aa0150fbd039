// Package auth says who is asking: a person with a session, a program with a
// token, or nobody.
//
// Its one rule: no secret is kept or compared in clear; the database holds only
// hashes of passwords, session tokens and bridge tokens.
package auth
