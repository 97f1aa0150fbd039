package checkup

// Hurried is what the database's address becomes.
var Hurried = hurried
