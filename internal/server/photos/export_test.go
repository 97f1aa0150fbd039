package photos

// Files lets tests put another disk under a Folder.
type Files = files

// File is a file of Files.
type File = file

// OpenOn returns a Folder that can only be written to, on other files.
func OpenOn(f Files) *Folder { return &Folder{disk: f} }
