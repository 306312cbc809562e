package runtime

import (
	"io"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

// LoadConfig reads the configuration of a gateway: defaults, then the YAML file at path ("" for
// none), then the PENSTOCK_* variables among environ, which has the form of os.Environ. The
// error joins every problem, each with the file's line or the variable's name.
func LoadConfig(path string, environ []string) (Config, error) { return config.Load(path, environ) }

// WriteSettings lists every setting with its variable, default and meaning, for a --help.
func WriteSettings(w io.Writer) error { return config.Describe(w) }
