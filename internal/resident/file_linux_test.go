package resident

import "testing"

func TestTheProgramsFileLeavesMemoryAndComesBack(t *testing.T) {
	before := residentFile(t)
	if err := GiveBack(); err != nil {
		t.Fatal(err)
	}
	if after := residentFile(t); after >= before {
		t.Errorf("of the program's file %d KiB are in memory, %d were before: they were to be given back", after, before)
	}
}

// residentFile returns how many KiB of the program are in memory.
func residentFile(t *testing.T) (kib int64) {
	t.Helper()
	mappings, err := fileMappings()
	if err != nil {
		t.Fatal(err)
	}
	if len(mappings) == 0 {
		t.Fatal("the program is in no mapping")
	}
	for _, m := range mappings {
		kib += m.resident
	}
	return kib
}
