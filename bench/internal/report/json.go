package report

import (
	"encoding/json"
	"io"
)

type jsonResult struct {
	Scenario    string           `json:"scenario"`
	About       string           `json:"about"`
	Unit        string           `json:"unit"`
	Contestants []jsonContestant `json:"contestants"`
	Broker      float64          `json:"brokerCores"`
	Foreign     float64          `json:"foreignCores"`
	Void        []string         `json:"void,omitempty"`
	Missed      []string         `json:"missed,omitempty"`
}

type jsonContestant struct {
	Name               string  `json:"name"`
	Done               int     `json:"done"`
	Failed             int     `json:"failed"`
	Rate               float64 `json:"perSecond"`
	RateRatio          float64 `json:"perSecondRatio"`
	CPU                float64 `json:"cpuMicroseconds"`
	CPURatio           float64 `json:"cpuRatio"`
	PerCPUSecond       float64 `json:"perCPUSecond"`
	PerCPUSecondRatio  float64 `json:"perCPUSecondRatio"`
	P50                float64 `json:"p50Milliseconds"`
	P99                float64 `json:"p99Milliseconds"`
	Memory             int64   `json:"memoryBytes"`
	BytesPerConnection int64   `json:"bytesPerConnection,omitempty"`
}

// JSON prints a result as one line of JSON.
func JSON(w io.Writer, r *Result) error {
	out := jsonResult{
		Scenario: r.Scenario, About: r.About, Unit: r.Unit,
		Broker: r.Broker, Foreign: r.Foreign, Void: r.Void(), Missed: r.Missed(),
	}
	for i, f := range r.Contestants {
		ratio := r.Ratio(i)
		out.Contestants = append(out.Contestants, jsonContestant{
			Name: f.Name, Done: f.Done, Failed: f.Failed, Rate: f.Rate(), RateRatio: ratio.Rate,
			CPU: microseconds(f.CPUPer()), CPURatio: ratio.CPU,
			PerCPUSecond: f.PerCPUSecond(), PerCPUSecondRatio: ratio.PerCPUSecond,
			P50: milliseconds(f.Latency.Quantile(0.5)), P99: milliseconds(f.Latency.Quantile(0.99)),
			Memory: f.Memory, BytesPerConnection: f.BytesPerConnection,
		})
	}
	return json.NewEncoder(w).Encode(out)
}
