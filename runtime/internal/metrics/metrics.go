// Package metrics counts what the gateway does, for Prometheus. docs/metrics.md lists every
// metric; a test compares.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/entrypoints"
)

// durations are the bucket limits of request durations, in seconds.
var durations = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Metrics is a registry of its own and the counters of the web side. It implements
// entrypoints.Metrics. Safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	records  *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	streams  *prometheus.GaugeVec
	info     *prometheus.GaugeVec

	mu  sync.Mutex // held while an operation is added
	ops atomic.Pointer[map[opKey]*counters]
}

var _ entrypoints.Metrics = (*Metrics)(nil)

// opKey finds the counters of an operation without building a label.
type opKey struct {
	op   *entrypoints.Operation
	kind endpoint.Kind
}

// counters are the ones of an operation and entrypoint, looked up once. A direction that the
// entrypoint does not have is nil.
type counters struct {
	in, out *flow
	streams prometheus.Gauge
}

// flow counts the records of one direction.
type flow struct{ records, bytes prometheus.Counter }

func (f *flow) add(records, bytes int) {
	if f != nil {
		f.records.Add(float64(records))
		f.bytes.Add(float64(bytes))
	}
}

func (m *Metrics) flow(labels []string) *flow {
	return &flow{records: m.records.WithLabelValues(labels...), bytes: m.bytes.WithLabelValues(labels...)}
}

// New makes the registry with the metrics of process and Go runtime.
func New(version string) *Metrics {
	labels := []string{"api", "operation", "entrypoint"}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "penstock_requests_total", Help: "Requests that were answered, by HTTP status; a stream counts when it ends.",
		}, append(labels, "code")),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "penstock_request_duration_seconds", Help: "Time from the header of a request to the end of its answer; streams are not counted.",
			Buckets: durations,
		}, labels),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "penstock_records_total", Help: "Records by direction: in from web clients to Kafka, out from Kafka to web clients.",
		}, append(labels, "direction")),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "penstock_record_bytes_total", Help: "Bytes of record values by direction.",
		}, append(labels, "direction")),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "penstock_open_streams", Help: "Streams that are open now; NDJSON bodies and waiting http-get requests are streams too.",
		}, labels),
		info: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "penstock_build_info", Help: "1, labelled with the version of the gateway.",
		}, []string{"version"}),
	}
	m.ops.Store(&map[opKey]*counters{})
	m.info.WithLabelValues(version).Set(1)
	m.registry.MustRegister(
		m.requests, m.duration, m.records, m.bytes, m.streams, m.info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Register adds a collector, as the one of the Kafka side.
func (m *Metrics) Register(c prometheus.Collector) error { return m.registry.Register(c) }

// Registry is where all metrics are gathered.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Add makes the counters of an operation and one of its entrypoints, so that they read 0 before
// the first request. Operations that were not added are not counted.
func (m *Metrics) Add(op *entrypoints.Operation, kind endpoint.Kind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.ops.Load()
	ops := make(map[opKey]*counters, len(old)+1)
	for k, c := range old {
		ops[k] = c
	}
	labels := []string{op.API, op.Name, string(kind)}
	c := &counters{}
	if op.Publish != nil && kind != endpoint.HTTPGet && kind != endpoint.SSE {
		c.in = m.flow(append(labels[:3:3], "in"))
	}
	if op.Subscribe != nil && kind != endpoint.HTTPPost {
		c.out = m.flow(append(labels[:3:3], "out"))
	}
	c.streams = m.streams.WithLabelValues(labels...)
	ops[opKey{op, kind}] = c
	m.ops.Store(&ops)
}

func (m *Metrics) counters(op *entrypoints.Operation, kind endpoint.Kind) *counters {
	return (*m.ops.Load())[opKey{op, kind}]
}

// Published implements entrypoints.Metrics.
func (m *Metrics) Published(op *entrypoints.Operation, kind endpoint.Kind, records, bytes int) {
	if c := m.counters(op, kind); c != nil {
		c.in.add(records, bytes)
	}
}

// Delivered implements entrypoints.Metrics.
func (m *Metrics) Delivered(op *entrypoints.Operation, kind endpoint.Kind, records, bytes int) {
	if c := m.counters(op, kind); c != nil {
		c.out.add(records, bytes)
	}
}

// StreamOpened implements entrypoints.Metrics.
func (m *Metrics) StreamOpened(op *entrypoints.Operation, kind endpoint.Kind) {
	if c := m.counters(op, kind); c != nil {
		c.streams.Inc()
	}
}

// StreamClosed implements entrypoints.Metrics.
func (m *Metrics) StreamClosed(op *entrypoints.Operation, kind endpoint.Kind) {
	if c := m.counters(op, kind); c != nil {
		c.streams.Dec()
	}
}

// Requests counts the requests of one entrypoint.
type Requests struct {
	byCode   *prometheus.CounterVec
	duration prometheus.Observer // nil: a stream

	codes sync.Map // int to prometheus.Counter
}

// Requests gives the request counter of an operation and one of its entrypoints. timed is false
// for streams.
func (m *Metrics) Requests(op *entrypoints.Operation, kind endpoint.Kind, timed bool) *Requests {
	labels := prometheus.Labels{"api": op.API, "operation": op.Name, "entrypoint": string(kind)}
	r := &Requests{byCode: m.requests.MustCurryWith(labels)}
	if timed {
		r.duration = m.duration.With(labels)
	}
	return r
}

// Done counts a request that took a time and was answered with an HTTP status.
func (r *Requests) Done(status int, took time.Duration) {
	counter, ok := r.codes.Load(status)
	if !ok {
		counter, _ = r.codes.LoadOrStore(status, r.byCode.WithLabelValues(strconv.Itoa(status)))
	}
	counter.(prometheus.Counter).Inc() //nolint:forcetypeassert // the map holds nothing else
	if r.duration != nil {
		r.duration.Observe(took.Seconds())
	}
}
