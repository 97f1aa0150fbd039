package metrics

import "golang.org/x/sys/windows"

// FreeBytes returns how much an ordinary user may still write below path, if that
// can be known.
func FreeBytes(path string) (free int64, known bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	var available uint64
	if err := windows.GetDiskFreeSpaceEx(name, &available, nil, nil); err != nil {
		return 0, false
	}
	return int64(available), true
}
