// Package cluster knows one Kafka cluster with one set of credentials: how to connect to it,
// whether it answers, and where its partitions start and end. Every other package of kafka
// makes its clients here.
package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/security"
)

// Target is an evaluated client configuration: brokers and security of an endpoint object.
type Target struct {
	Name     string // of the endpoint, for logs
	Brokers  []string
	Security security.Config

	key string
}

// ParseTarget reads the parts of an endpoint object (schema/endpoint.json) that decide which client
// serves it. The object's inherit switch has been applied: security stands in
// sharedConfigurationOverride.
func ParseTarget(object endpoint.JSON) (Target, error) {
	var o struct {
		Name          string `json:"name"`
		Configuration struct {
			BootstrapServers string `json:"bootstrapServers"`
		} `json:"configuration"`
		Shared struct {
			Security json.RawMessage `json:"security"`
		} `json:"sharedConfigurationOverride"`
	}
	if err := json.Unmarshal([]byte(object), &o); err != nil {
		return Target{}, fmt.Errorf("endpoint: %w", err)
	}
	brokers, err := parseBrokers(o.Configuration.BootstrapServers)
	if err != nil {
		return Target{}, err
	}
	sec, err := security.Parse(o.Shared.Security)
	if err != nil {
		return Target{}, err
	}
	t := Target{Name: o.Name, Brokers: brokers, Security: sec}
	t.key, err = hashKey(brokers, o.Shared.Security)
	return t, err
}

// Key identifies the whole client configuration: equal targets share their clients. It is a
// hash, safe for logs.
func (t Target) Key() string { return t.key }

// parseBrokers splits a comma-separated list of host:port.
func parseBrokers(text string) ([]string, error) {
	var brokers []string
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		host, port, err := net.SplitHostPort(part)
		if err != nil || host == "" {
			return nil, fmt.Errorf("configuration.bootstrapServers: %q is not host:port", part)
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("configuration.bootstrapServers: port of %q is not in 1 to 65535", part)
		}
		brokers = append(brokers, part)
	}
	if len(brokers) == 0 {
		return nil, errors.New("configuration.bootstrapServers is empty")
	}
	return brokers, nil
}

// hashKey hashes brokers and security; the order of members in the text does not count.
func hashKey(brokers []string, sec json.RawMessage) (string, error) {
	var value any
	if len(sec) > 0 {
		if err := json.Unmarshal(sec, &value); err != nil {
			return "", fmt.Errorf("security: %w", err)
		}
	}
	text, err := json.Marshal([]any{brokers, value})
	if err != nil {
		return "", fmt.Errorf("security: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}
