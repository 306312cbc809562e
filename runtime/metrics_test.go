package runtime

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/penstock-dev/penstock/runtime/internal/config"
)

var metricName = regexp.MustCompile(`fqName: "(penstock_[a-z0-9_]+)"`)

// TestMetricsAreDocumented holds docs/metrics.md against what the gateway registers.
func TestMetricsAreDocumented(t *testing.T) {
	gw, err := New(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	descriptions := make(chan *prometheus.Desc)
	go func() {
		gw.metrics.Registry().Describe(descriptions)
		close(descriptions)
	}()
	var registered []string
	for d := range descriptions {
		if m := metricName.FindStringSubmatch(d.String()); m != nil {
			registered = append(registered, m[1])
		}
	}
	page, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for line := range strings.Lines(string(page)) {
		if name, ok := strings.CutPrefix(line, "| penstock_"); ok {
			documented = append(documented, "penstock_"+strings.Fields(name)[0])
		}
	}
	slices.Sort(registered)
	slices.Sort(documented)
	if !slices.Equal(registered, documented) {
		t.Errorf("registered:\n%s\ndocumented:\n%s", strings.Join(registered, "\n"), strings.Join(documented, "\n"))
	}
	if len(registered) == 0 {
		t.Error("no metric is registered")
	}
}
