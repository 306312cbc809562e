package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/penstock-dev/penstock/bench/internal/report"
)

// scenario is one thing to measure.
type scenario struct {
	name, about string
	unit        string // what is counted
	connections int
	request     []byte
	status      int // of a good answer
	units       int // what one answer counts for
	rate        int // messages per second of a stream; 0: requests in a closed loop
	aim         report.Aim
}

const (
	pageSize  = 500
	lineCount = 1000
	// openStreams are served by one process; streamRate is far from what fills two cores.
	openStreams = 1000
	streamRate  = 200
)

func scenarios() []scenario {
	var all []scenario
	for _, connections := range []int{1, 16, 64, 256} {
		s := scenario{
			name: fmt.Sprintf("post-%d", connections), unit: "requests", connections: connections,
			about:   fmt.Sprintf("POST of 256 B, acknowledged by Kafka, %d connections", connections),
			request: post("/events", "application/json", event(1760000000000000000)), status: http.StatusAccepted, units: 1,
			aim: report.Aim{Rate: 0.85},
		}
		if connections == 64 {
			s.aim.CPU = 1.25
		}
		all = append(all, s)
	}
	line := append(event(1760000000000000000), '\n')
	cursor := base64.URLEncoding.EncodeToString([]byte(recordsTopic + "@0#-1"))
	return append(all,
		scenario{
			name: "ndjson", unit: "records", connections: 4, about: "POST of 1,000 lines of 256 B, acknowledged, 4 connections",
			request: post("/lines", "application/x-ndjson", []byte(strings.Repeat(string(line), lineCount))), status: http.StatusOK, units: lineCount,
			aim: report.Aim{Rate: 0.8},
		},
		scenario{
			name: "get", unit: "records", connections: 4, about: "GET of 500 records of 256 B, 4 connections",
			request: get(fmt.Sprintf("/records?limit=%d&cursor=%s", pageSize, cursor), "application/json"), status: http.StatusOK, units: pageSize,
			aim: report.Aim{Rate: 0.8},
		},
		scenario{
			name: "sse", unit: "messages", connections: openStreams, about: "200 records/s of 256 B to 1,000 event streams",
			request: get("/stream", "text/event-stream"), rate: streamRate,
			aim: report.Aim{PerCPUSecond: 0.7, BytesPerConnection: 40 << 10},
		})
}

// event is a message of 256 bytes that bench/specs/bench.yaml allows.
func event(sentAt int64) []byte {
	e := fmt.Appendf(make([]byte, 0, 257), `{"id":"0b6f5f6e-8d2c-4c53-9c7e-2f1a7f0f6b11","sentAt":%d,"device":"sensor-4711","kind":"reading",`+
		`"value":21.5,"labels":{"room":"north","floor":"3"},"note":"`, sentAt)
	for len(e) < 256-len(`"}`) {
		e = append(e, 'x')
	}
	return append(e, `"}`...)
}

func post(path, contentType string, body []byte) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, contentType, len(body), body)
}

func get(path, accept string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bench\r\nAccept: %s\r\n\r\n", path, accept)
}

func scenarioNames() []string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

// selectScenarios picks by name or by what stands before the hyphen; "" is all.
func selectScenarios(names string) ([]scenario, error) {
	all := scenarios()
	if names == "" {
		return all, nil
	}
	var chosen []scenario
	for name := range strings.SplitSeq(names, ",") {
		found := false
		for _, s := range all {
			group, _, _ := strings.Cut(s.name, "-")
			if name == s.name || name == group {
				chosen, found = append(chosen, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown scenario %q: %s", name, strings.Join(scenarioNames(), ", "))
		}
	}
	return chosen, nil
}
