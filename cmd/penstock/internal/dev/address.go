package dev

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/penstock-dev/penstock/generator"
)

// chooseAddresses fixes the addresses for the whole session: port 0 becomes a free one, and one
// that is taken too where the user did not insist on it.
func (s *session) chooseAddresses(ctx context.Context) error {
	for _, a := range []struct {
		flag    string
		address *string
	}{{"listen", &s.Listen}, {"admin-listen", &s.Admin}, {"kafka-listen", &s.Kafka}} {
		chosen, err := choose(ctx, *a.address)
		if errors.Is(err, syscall.EADDRINUSE) && !s.Fixed[a.flag] {
			host, _, _ := net.SplitHostPort(*a.address)
			if chosen, err = choose(ctx, net.JoinHostPort(host, "0")); err == nil {
				s.console.Say("%s is taken, using %s", *a.address, chosen)
			}
		}
		if err != nil {
			return fmt.Errorf("--%s: %w", a.flag, err)
		}
		*a.address = chosen
	}
	return nil
}

// choose finds the port of an address by listening there for a moment.
func choose(ctx context.Context, address string) (string, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", errors.Join(err, ln.Close())
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return net.JoinHostPort(host, port), errors.Join(err, ln.Close())
}

// redirect gives the variables that make a gateway use the embedded Kafka instead of the brokers
// that the documents name.
func redirect(explanations []generator.Explanation, broker string) ([]string, error) {
	var variables []string
	seen := map[string]bool{}
	for _, e := range explanations {
		for _, op := range e.Operations {
			name := valueOf(op, "/name", "default")
			at := "PENSTOCK_APIS__" + strings.ToUpper(e.API) + "__ENDPOINTS__" + variableName(name)
			if seen[at] {
				continue
			}
			seen[at] = true
			if strings.ContainsFunc(name, func(r rune) bool { return !inVariable(r) }) {
				return nil, fmt.Errorf("endpoint %q of api %q cannot be redirected to the embedded Kafka: no variable can name it", name, e.API)
			}
			variables = append(variables, at+"__CONFIGURATION__BOOTSTRAPSERVERS="+broker)
			if valueOf(op, "/sharedConfigurationOverride/security/protocol", "PLAINTEXT") != "PLAINTEXT" {
				variables = append(variables, at+"__SHAREDCONFIGURATIONOVERRIDE__SECURITY__PROTOCOL=PLAINTEXT")
			}
		}
	}
	return variables, nil
}

// inVariable reports whether a letter of a name has a place in a variable's.
func inVariable(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-/", r)
}

// variableName is a name as variables write it.
func variableName(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "/", "_").Replace(name))
}

// valueOf is an effective text of an operation.
func valueOf(op generator.ExplainedOperation, pointer, otherwise string) string {
	for _, v := range op.Values {
		if v.Pointer == pointer {
			return strings.Trim(v.Value, `"`)
		}
	}
	return otherwise
}
