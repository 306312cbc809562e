package runtime

import "runtime/debug"

// Version of this build, as the linker sets it (-X); "dev" for a build without one.
var Version = "dev"

// version is the one that the gateway tells: the linker's, else that of this module in the program.
func version() string {
	info, _ := debug.ReadBuildInfo()
	return versionOf(Version, info)
}

// versionOf finds the module among what a program requires. One that is replaced, or that is the
// program's own, has no version of its own.
func versionOf(linked string, info *debug.BuildInfo) string {
	if linked != "dev" || info == nil {
		return linked
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/penstock-dev/penstock" && dep.Replace == nil {
			return dep.Version
		}
	}
	return linked
}
