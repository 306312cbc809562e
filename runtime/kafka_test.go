package runtime

import (
	"reflect"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/kafka"
)

// TestLabelsSayNothingOfLogins: whoever reads the metrics cannot try passwords against a hash in them.
func TestLabelsSayNothingOfLogins(t *testing.T) {
	one := func(name, brokers, key string) kafka.ClusterStats {
		return kafka.ClusterStats{Name: name, Brokers: brokers, Key: key}
	}
	a, b := "kafka-a:9092", "kafka-b:9092"
	got := clusterLabels([]kafka.ClusterStats{one("default", a, "k1"), one("default", a, "k2"), one("default", a, "k3"), one("default", b, "k4"), one("other", a, "k5")})
	want := []string{"adf9e899", "adf9e899-2", "adf9e899-3", "04bc2552", "adf9e899"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if other := clusterLabels([]kafka.ClusterStats{one("default", a, "another password")}); other[0] != got[0] {
		t.Errorf("another login of the same brokers is %s, want %s", other[0], got[0])
	}
}
