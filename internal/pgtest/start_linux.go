package pgtest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// start makes a cluster below a temporary folder and runs it until this process
// ends. The kernel ends the server with us, however we end; the server's own
// child then removes the folder.
func start(bin string) (string, error) {
	// A unix socket's path holds at most 107 bytes, so the name is short.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return "", err
	}
	who, err := owner(dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	//nolint:gosec // bin is a folder of this machine's packages
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "test", "--auth=trust", "-E", "UTF8", "--no-locale", "-N")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	// The shell waits for postgres and cleans up; both get SIGINT when we are
	// gone, on which postgres shuts down at once and the shell goes on.
	script := `trap : INT; "$0" -D "$1" -h "" -k "$2" -F -c max_connections=200 -c shared_buffers=32MB -c full_page_writes=off >"$2/log" 2>&1 &
p=$!; wait $p; kill -QUIT $p 2>/dev/null; wait $p; rm -rf "$2"`
	//nolint:gosec // as above, and the script is fixed
	server := exec.Command("/bin/sh", "-c", script, filepath.Join(bin, "postgres"), data, dir)
	server.Dir, server.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGINT, Setpgid: true}
	exited := make(chan error, 1)
	started := make(chan error)
	go func() {
		// The signal comes when the thread that started the process ends, not
		// the process, so the thread has to stay.
		runtime.LockOSThread()
		err := server.Start()
		started <- err
		if err == nil {
			exited <- fmt.Errorf("%w, see %s", server.Wait(), filepath.Join(dir, "log"))
		}
	}()
	if err := <-started; err != nil {
		return "", fmt.Errorf("start postgres: %w", err)
	}
	address := "postgres://test@/postgres?host=" + url.QueryEscape(dir)
	return address, await(address, exited)
}

// owner hands dir to an account that PostgreSQL agrees to run as: root it
// refuses. nil is our own account.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, missingError("root without an account postgres or nobody: set TEST_DATABASE_URL")
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("account of postgres: %w", err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("account of postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}
