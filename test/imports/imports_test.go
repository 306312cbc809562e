// Package imports holds the import rules of the repository, as a test. docs/design.md says why
// each stands; the messages below repeat it in short.
package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/penstock-dev/penstock/"

// rule says what the packages below a folder may import beside the standard library and beside
// packages of the same folder. The first rule whose folder matches applies.
type rule struct {
	folder string
	may    []string // module-relative folders, or import path prefixes
	why    string
}

var rules = []rule{
	{"specs", nil, "specs holds documents only"},
	{"schema/spelling", nil, "spelling compares words and knows nothing of who misspelt them"},
	{
		"schema",
		[]string{"github.com/santhosh-tekuri/jsonschema/v5"},
		"schema is the one source of configuration rules; generator, runtime and editors share it",
	},
	{"templates", nil, "templates hold no logic"},
	{"runtime/endpoint", nil, "the vocabulary of generator and runtime imports nothing"},
	{"runtime/jaas", nil, "a leaf that generator and runtime share"},
	{"runtime/expr/internal/bounds", nil, "bounds counts and knows nothing of what is counted"},
	{"runtime/expr/internal/syntax", nil, "syntax reads text and knows nothing of values"},
	{"runtime/expr/internal/value", []string{"runtime/expr/internal/bounds"}, "values know nothing of the text that computes them"},
	{"runtime/expr/internal/shape", []string{"runtime/expr/internal/value"}, "shapes are of values"},
	{
		"runtime/expr/internal/jsonpath",
		[]string{"runtime/expr/internal/bounds", "runtime/expr/internal/value"},
		"a path is followed through values",
	},
	{
		"runtime/expr/internal/method",
		[]string{"runtime/expr/internal/bounds", "runtime/expr/internal/shape", "runtime/expr/internal/value"},
		"methods work on values and do not see the text that calls them",
	},
	{"runtime/expr", []string{"schema/spelling"}, "a leaf that generator and runtime share"},
	{"runtime/internal/core", nil, "core is imported by everything in runtime and imports the standard library only"},
	{"runtime/internal/scan", nil, "scan reads bytes, for validators and for the web"},
	{
		"runtime/internal/validate",
		[]string{
			"runtime/endpoint", "runtime/internal/core", "runtime/internal/scan", "github.com/santhosh-tekuri/jsonschema/v5",
		},
		"a validator knows schemas and bytes, not who asks",
	},
	{"generator/internal/declared", []string{
		"generator/internal/document", "generator/internal/report", "schema", "runtime/endpoint", "runtime/expr",
	}, "what a document declares is read before anything is merged or judged"},
	{"generator/internal/security", []string{
		"generator/internal/declared", "generator/internal/document", "generator/internal/model", "generator/internal/report",
		"runtime/endpoint",
	}, "security requirements are read from what is declared"},
	{"generator/internal/payload", []string{
		"generator/internal/declared", "generator/internal/document", "generator/internal/model", "generator/internal/report",
		"runtime/endpoint",
	}, "messages are read from what is declared, whatever is in force for an operation"},
	{"generator/internal/effective", []string{
		"generator/internal/declared", "generator/internal/document", "generator/internal/model", "generator/internal/report",
		"generator/internal/security", "schema", "runtime/endpoint",
	}, "annotations are merged before they are judged"},
	{"generator", []string{
		"schema", "templates", "runtime/endpoint", "runtime/expr", "runtime/jaas",
		"github.com/getkin/kin-openapi", "github.com/oapi-codegen/oapi-codegen/v2", "github.com/oapi-codegen/runtime",
		"github.com/santhosh-tekuri/jsonschema/v5", "go.yaml.in/yaml", "golang.org/x/tools/imports", "golang.org/x/mod",
	}, "the generator decides and knows nothing of Echo, Kafka or the running gateway"},
	{
		"runtime/internal/kafka",
		[]string{
			"runtime/endpoint", "runtime/internal/core", "runtime/internal/cursor", "runtime/internal/qos",
			"runtime/internal/security", "github.com/twmb/franz-go", "golang.org/x/sync",
		},
		"Kafka-facing packages know the seam (qos), not the web",
	},
	{"runtime/internal/security", []string{
		"runtime/internal", "runtime/jaas", "github.com/twmb/franz-go", "software.sslmate.com/src/go-pkcs12",
		"github.com/pavlo-v-chernykh/keystore-go/v4", "github.com/youmark/pkcs8", "golang.org/x/sync",
		"github.com/jcmturner/gokrb5/v8", "github.com/aws/aws-sdk-go-v2",
	}, "security configures Kafka clients"},
	{"runtime/internal/entrypoints", []string{
		"runtime/endpoint", "runtime/internal/core", "runtime/internal/exchange", "runtime/internal/qos", "runtime/internal/scan", "runtime/internal/web",
		"github.com/labstack/echo/v4", "github.com/coder/websocket",
	}, "an entrypoint sees qos.Stream and qos.Sink and never which reader is behind them"},
	{"runtime/internal/override", []string{
		"schema", "runtime/endpoint", "runtime/expr", "runtime/jaas", "runtime/internal/core", "runtime/internal/exchange",
		"runtime/internal/kafka/cluster", "runtime/internal/qos", "runtime/internal/scope", "runtime/internal/topics",
	}, "override decides about configuration and knows neither the web nor the clients of Kafka"},
	{"runtime", []string{
		"schema", "runtime", "github.com/labstack/echo/v4",
		"github.com/coder/websocket", "github.com/knadh/koanf", "go.yaml.in/yaml", "github.com/prometheus/client_golang",
		"golang.org/x/sync", "golang.org/x/time", "golang.org/x/net", "golang.org/x/crypto/bcrypt", "github.com/go-jose/go-jose/v4",
	}, "the runtime serves requests; only runtime/internal/kafka speaks to Kafka"},
	{"generated", []string{
		"generated", "runtime", "runtime/endpoint", "github.com/labstack/echo/v4", "github.com/oapi-codegen/runtime",
	}, "generated code is thin: types, names, descriptors and one constructor"},
}

// only lists packages that just these folders may import.
var only = map[string][]string{
	"github.com/twmb/franz-go/pkg/kfake": {"cmd/penstock", "test", "bench"},
	"github.com/penstock-dev/penstock/generator": {
		"generator", "cmd/penstock", "test", "bench",
	},
	"github.com/penstock-dev/penstock/generated": {"generated", "cmd/gateway", "test", "bench"},
}

// unrestricted folders wire things up and are imported by nobody.
var unrestricted = []string{"cmd", "bench", "test", "docs", "tools"}

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestImportTable(t *testing.T) {
	standard := list(t, "std")
	std := make(map[string]bool, len(standard))
	for _, p := range standard {
		std[p.ImportPath] = true
	}
	for _, p := range list(t, module+"...") {
		folder := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if std[imported] || imported == "C" {
				continue
			}
			for _, wrong := range check(folder, imported) {
				t.Error(wrong)
			}
		}
	}
}

// check returns what is wrong with one import, with the reason; nothing when it may stand.
func check(folder, imported string) []string {
	var wrong []string
	for prefix, folders := range only {
		if under(imported, prefix) && !underAny(folder, folders) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: only %s may", folder, imported, strings.Join(folders, ", ")))
		}
	}
	if underAny(folder, unrestricted) {
		return wrong
	}
	own := strings.TrimPrefix(imported, module)
	if own != imported && underAny(own, unrestricted) {
		wrong = append(wrong, fmt.Sprintf("%s imports %s: nothing may import programs and tests", folder, imported))
	}
	for _, r := range rules {
		if !under(folder, r.folder) {
			continue
		}
		if under(own, r.folder) || underAny(own, r.may) || underAny(imported, r.may) {
			return wrong
		}
		return append(wrong, fmt.Sprintf("%s imports %s: %s", folder, imported, r.why))
	}
	return append(wrong, folder+" has no rule in the import table: add one")
}

// TestTableRefuses proves that the table can fail.
func TestTableRefuses(t *testing.T) {
	for _, c := range [][2]string{
		{"runtime/endpoint", module + "schema"},
		{"generator/internal/ir", "github.com/labstack/echo/v4"},
		{"generator/internal/effective", module + "generator/internal/judge"},
		{"runtime/internal/kafka/hub", module + "runtime/internal/web"},
		{"runtime/internal/web", "github.com/santhosh-tekuri/jsonschema/v5"},
		{"runtime/internal/entrypoints/sse", "github.com/twmb/franz-go/pkg/kgo"},
		{"generated/orders", "github.com/twmb/franz-go/pkg/kgo"},
		{"runtime/internal/override", module + "runtime/internal/web"},
		{"runtime/expr", module + "runtime/internal/core"},
		{"runtime/expr/internal/syntax", module + "runtime/expr"},
		{"runtime/expr/internal/method", module + "runtime/expr/internal/syntax"},
		{"runtime", module + "generated/orders"},
		{"runtime", "github.com/twmb/franz-go/pkg/kfake"},
		{"schema", module + "cmd/penstock"},
	} {
		if len(check(c[0], c[1])) == 0 {
			t.Errorf("%s may import %s, but must not", c[0], c[1])
		}
	}
}

func under(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

func underAny(path string, folders []string) bool {
	for _, f := range folders {
		if under(path, f) {
			return true
		}
	}
	return false
}

func list(t *testing.T, pattern string) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Standard", pattern).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pattern, err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
