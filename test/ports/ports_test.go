package ports

import "testing"

func TestFree(t *testing.T) {
	seen := map[int]bool{}
	for range 100 {
		port, err := Free()
		if err != nil {
			t.Fatal(err)
		}
		if seen[port] || port < first || port >= first+count {
			t.Errorf("got port %d", port)
		}
		seen[port] = true
		if take(port) {
			t.Errorf("port %d is given twice", port)
		}
	}
}
