package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// folder makes a folder of secrets with one that is not in it beside.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "secrets")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "..", "outside"), "planted")
	return dir
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func TestGet(t *testing.T) {
	dir := folder(t)
	write(t, filepath.Join(dir, "plain"), " planted\r\n")
	write(t, filepath.Join(dir, "two"), "planted\n\n")
	write(t, filepath.Join(dir, "empty"), "")
	write(t, filepath.Join(dir, "lines"), "# a=no\nuser = ann\r\npassword=a=b \n[section]\npassword=planted")
	write(t, filepath.Join(dir, "json"), `{"user":"ann","pin":1234567890123456789,"nested":{"a":1}}`)
	write(t, filepath.Join(dir, "broken"), `{"user":"ann"`)
	if err := os.MkdirAll(filepath.Join(dir, "..2026", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "..2026", "token"), "planted")
	link(t, "..2026", filepath.Join(dir, "..data"))
	link(t, "..data/token", filepath.Join(dir, "token"))
	s := New(dir)
	s.lookup = func(name string) (string, bool) {
		value, ok := map[string]string{"SET": "planted", "EMPTY": ""}[name]
		return value, ok
	}
	for uri, want := range map[string]string{
		"/env/SET": "planted", "/env/EMPTY": "", "/file/plain": " planted", "/file/two": "planted\n", "/file/empty": "",
		"/file/lines:user": " ann", "/file/lines:password": "planted", "/file/json:user": "ann",
		"/file/json:pin": "1234567890123456789", "/file/token": "planted",
	} {
		if got, err := s.Get(uri); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", uri, got, err, want)
		}
	}
	for uri, want := range map[string]string{
		"/env/NONE":         `the variable "NONE" is not set`,
		"/file/none":        `the secret file "none" cannot be read: no such file or directory`,
		"/file/..2026":      `"/file/..2026" names no secret: write /env/NAME, /file/NAME or /file/NAME:key`,
		"/file/lines:none":  `the secret file "lines" has no key "none"`,
		"/file/lines:# a":   `the secret file "lines" has no key "# a"`,
		"/file/json:nested": `the secret file "json" has no key "nested"`,
		"/file/broken:user": `the secret file "broken" has no key "user"`,
		"/file/plain:":      `"/file/plain:" names no secret: write /env/NAME, /file/NAME or /file/NAME:key`,
	} {
		if got, err := s.Get(uri); got != "" || err == nil || err.Error() != want {
			t.Errorf("%s: got %q, %v, want %s", uri, got, err, want)
		}
	}
}

// TestNothingOutsideIsRead is the attack "path escape in secrets".
func TestNothingOutsideIsRead(t *testing.T) {
	dir := folder(t)
	outside := filepath.Join(dir, "..", "outside")
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sub", "file"), "planted")
	link(t, outside, filepath.Join(dir, "absolute"))
	link(t, "../outside", filepath.Join(dir, "relative"))
	link(t, "..", filepath.Join(dir, "up"))
	link(t, "relative", filepath.Join(dir, "twice"))
	write(t, filepath.Join(dir, "large"), strings.Repeat("x", maxFile+1))
	s := New(dir)
	for uri, want := range map[string]string{
		"/file/../outside":       "names no secret",
		"/file/..":               "names no secret",
		"/file/.":                "names no secret",
		"/file/":                 "names no secret",
		"/file/" + outside:       "names no secret",
		"/file/sub/file":         "names no secret",
		"/file/sub/../../x":      "names no secret",
		`/file/..\outside`:       "names no secret",
		"/file/plain\x00":        "names no secret",
		"/env/":                  "names no secret",
		"/vault/x":               "names no secret",
		"outside":                "names no secret",
		"":                       "names no secret",
		"/file/absolute":         `the secret file "absolute" cannot be read: path escapes from parent`,
		"/file/relative":         `the secret file "relative" cannot be read: path escapes from parent`,
		"/file/twice":            `the secret file "twice" cannot be read: path escapes from parent`,
		"/file/up":               `the secret file "up" cannot be read: path escapes from parent`,
		"/file/up:../outside":    `the secret file "up" cannot be read: path escapes from parent`,
		"/file/sub":              `the secret "sub" is no file`,
		"/file/large":            `the secret file "large" is larger than 1048576 bytes`,
		"/file/large:x":          `the secret file "large" is larger than 1048576 bytes`,
		"/file/relative:planted": `the secret file "relative" cannot be read: path escapes from parent`,
	} {
		got, err := s.Get(uri)
		if got != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v, want %s", uri, got, err, want)
		}
		if err != nil && strings.HasPrefix(want, "the ") && err.Error() != want {
			t.Errorf("%q: got %v, want %s", uri, err, want)
		}
	}
	if _, err := New(filepath.Join(dir, "none")).Get("/file/x"); err == nil ||
		err.Error() != `the secret file "x" cannot be read: no such file or directory` {
		t.Errorf("a folder that is missing: got %v", err)
	}
}

// TestChangedFile moves the clock, so that nothing waits.
func TestChangedFile(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "token")
	s := New(dir)
	clock := time.Now()
	s.now = func() time.Time { return clock }
	want := func(step, text, problem string) {
		t.Helper()
		got, err := s.Get("/file/token")
		if got != text || (err == nil) != (problem == "") || err != nil && err.Error() != problem {
			t.Errorf("%s: got %q, %v", step, got, err)
		}
	}
	missing := `the secret file "token" cannot be read: no such file or directory`
	want("before it is there", "", missing)
	write(t, path, "one")
	want("within a second", "", missing)
	clock = clock.Add(checkEvery)
	want("after a second", "one", "")
	write(t, path, "three")
	want("changed, within a second", "one", "")
	clock = clock.Add(checkEvery)
	want("changed, after a second", "three", "")
	write(t, path+".new", "seven")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(checkEvery)
	want("replaced", "seven", "")
	clock = clock.Add(checkEvery)
	want("not changed", "seven", "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(checkEvery)
	want("removed", "", missing)
}

func TestConcurrentUse(t *testing.T) {
	dir := folder(t)
	write(t, filepath.Join(dir, "token"), "planted")
	s := New(dir)
	var mu sync.Mutex
	clock := time.Now()
	s.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		clock = clock.Add(checkEvery / 4)
		return clock
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if got, err := s.Get("/file/token"); got != "planted" || err != nil {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	group.Wait()
}
