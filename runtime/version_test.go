package runtime

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	const path = "github.com/penstock-dev/penstock"
	project := debug.Module{Path: "example.com/shop", Version: "v7.0.0"}
	for _, test := range []struct {
		name, linked string
		info         *debug.BuildInfo
		want         string
	}{
		{"the linker's", "v1.0.0-3-gabc", &debug.BuildInfo{Deps: []*debug.Module{{Path: path, Version: "v1.0.0"}}}, "v1.0.0-3-gabc"},
		{"of a project", "dev", &debug.BuildInfo{Main: project, Deps: []*debug.Module{{Path: "x", Version: "v2.0.0"}, {Path: path, Version: "v1.0.0"}}}, "v1.0.0"},
		{"of a project with a replace", "dev", &debug.BuildInfo{Main: project, Deps: []*debug.Module{{Path: path, Version: "v0.0.0", Replace: &debug.Module{Path: "/src"}}}}, "dev"},
		{"of a checkout", "dev", &debug.BuildInfo{Main: debug.Module{Path: path, Version: "(devel)"}}, "dev"},
		{"unknown", "dev", nil, "dev"},
	} {
		if got := versionOf(test.linked, test.info); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
