package proc

import (
	"os"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	cpu, err := parseStat("4711 (a b) c) S 1 4711 4711 0 -1 4194560 1 2 3 4 150 25 9 9 20 0 8 0 100 1 2\n")
	if cpu != 1750*time.Millisecond || err != nil {
		t.Errorf("process: %v, %v", cpu, err)
	}
	busy, err := parseBusy("cpu  100 20 30 4000 500 6 7 8 90 9\ncpu0 1 1 1 1\n")
	if busy != 1710*time.Millisecond || err != nil {
		t.Errorf("system: %v, %v", busy, err)
	}
	for _, text := range []string{"", "1 (x) S 1"} {
		if _, err := parseStat(text); err == nil {
			t.Errorf("stat %q is read", text)
		}
	}
	if _, err := parseBusy("intr 1"); err == nil {
		t.Error("a line that is not the cpu's is read")
	}
}

func TestOwnUsage(t *testing.T) {
	before, err := CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	// A busy machine may give little time to this process: the loop ends by what it used.
	for began := time.Now(); time.Since(began) < 30*time.Second; {
		after, err := CPU(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if after >= before+2*tick {
			break
		}
	}
	if after, err := CPU(os.Getpid()); err != nil || after < before+2*tick {
		t.Errorf("%v used before a loop, %v after it, %v", before, after, err)
	}
	if m, err := Memory(os.Getpid()); m < 1<<20 || err != nil {
		t.Errorf("memory %d, %v", m, err)
	}
}
