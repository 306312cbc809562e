// Package security tests the gateway's logins to a real Apache Kafka with a listener for each
// protocol and mechanism, a real Kerberos KDC and a token issuer. `make test-security` runs it:
// scripts/security.sh starts the KDC, the package starts the rest. By itself, without the folder
// that PENSTOCK_TEST_SECURITY names, it has nothing to test against and says so.
package security

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// kafka is the broker of all tests, and tokens the issuer that it believes.
var (
	kafka  *broker
	tokens *issuer
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir := os.Getenv("PENSTOCK_TEST_SECURITY")
	if dir == "" {
		fmt.Println("PENSTOCK_TEST_SECURITY names no folder: make test-security runs these tests")
		return 0
	}
	var err error
	if tokens, err = newIssuer(); err != nil {
		fmt.Println(err)
		return 1
	}
	defer tokens.close()
	kafka, err = startBroker(dir, tokens)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code := m.Run()
	if err := kafka.stop(); err != nil {
		fmt.Println(err)
		code = 1
	}
	tokens.close()
	if err := goleak.Find(); err != nil {
		fmt.Println(err)
		code = 1
	}
	return code
}
