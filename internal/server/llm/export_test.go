package llm

// Chosen is for the fuzz test.
var Chosen = chosen
