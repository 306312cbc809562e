package security

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/penstock-dev/penstock/test/harness"
	"github.com/penstock-dev/penstock/test/ports"
)

// listener is one way to the broker. Clients go through its proxy.
type listener struct {
	name       string
	protocol   string
	mechanisms []string
	cert       string   // of TLS: "" is the one for 127.0.0.1 and localhost
	settings   []string // beside what the protocol and the mechanisms need
	host       string   // advertised; "" is 127.0.0.1

	port  int
	proxy *proxy
}

// address is where clients connect.
func (l *listener) address() string {
	return net.JoinHostPort(l.host, fmt.Sprint(l.proxy.Addr().(*net.TCPAddr).Port))
}

// mechanisms of the listeners, each on SASL_PLAINTEXT and on SASL_SSL.
var mechanisms = []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"}

// broker is an Apache Kafka of one node, and the files of the tests.
type broker struct {
	dir       string // of the KDC's files and of libs
	home      string
	trusted   *authority
	listeners map[string]*listener
	plain     string // the administrator's address, without a proxy
	java      *exec.Cmd
	log       *os.File
}

func startBroker(dir string, tokens *issuer) (*broker, error) {
	home, err := os.MkdirTemp("", "kafka")
	if err != nil {
		return nil, err
	}
	b := &broker{dir: dir, home: home, listeners: make(map[string]*listener)}
	for _, step := range []func() error{b.certify, b.listen, func() error { return b.configure(tokens) }, b.format, b.boot, b.populate} {
		if err := step(); err != nil {
			return nil, errors.Join(err, b.stop())
		}
	}
	return b, nil
}

func (b *broker) file(name string) string { return filepath.Join(b.home, name) }

// certify makes an authority and the broker's stores: PEM files with key and certificate.
func (b *broker) certify() error {
	var err error
	if b.trusted, err = newAuthority("Penstock test"); err != nil {
		return err
	}
	if err := os.WriteFile(b.file("ca.pem"), []byte(b.trusted.pem()), 0o600); err != nil {
		return err
	}
	for name, hosts := range map[string][]string{"broker.pem": {"127.0.0.1", "localhost"}, "elsewhere.pem": {"kafka.invalid"}, "rotated.pem": {"127.0.0.1", "localhost"}} {
		if err := b.store(b.trusted, name, hosts...); err != nil {
			return err
		}
	}
	return nil
}

func (b *broker) store(by *authority, name string, hosts ...string) error {
	cert, key, err := by.issue("broker", hosts...)
	if err != nil {
		return err
	}
	return os.WriteFile(b.file(name), []byte(key+cert), 0o600)
}

// listen chooses ports and starts the proxies.
func (b *broker) listen() error {
	mutual := []string{"ssl.client.auth=required", "ssl.truststore.type=PEM", "ssl.truststore.location=" + b.file("ca.pem")}
	all := []*listener{
		{name: "SSL", protocol: "SSL"},
		{name: "MTLS", protocol: "SSL", settings: mutual},
		{name: "ELSEWHERE", protocol: "SSL", cert: "elsewhere.pem"},
		{name: "ROTATED", protocol: "SSL", cert: "rotated.pem"},
		{name: "REAUTH", protocol: "SASL_PLAINTEXT", mechanisms: mechanisms, host: "localhost"},
	}
	for _, mechanism := range mechanisms {
		for _, protocol := range []string{"SASL_PLAINTEXT", "SASL_SSL"} {
			l := &listener{name: protocol + "_" + strings.ReplaceAll(mechanism, "-", "_"), protocol: protocol, mechanisms: []string{mechanism}}
			if mechanism == "GSSAPI" {
				l.host = "localhost" // as the KDC knows the broker
			}
			all = append(all, l)
		}
	}
	for _, l := range all {
		if l.host == "" {
			l.host = "127.0.0.1"
		}
		var err error
		if l.port, err = ports.Free(); err != nil {
			return err
		}
		if l.proxy, err = newProxy(fmt.Sprintf("127.0.0.1:%d", l.port)); err != nil {
			return err
		}
		b.listeners[l.name] = l
	}
	return nil
}

// kafka runs a class of Kafka to its end.
func (b *broker) kafka(args ...string) error {
	out, err := b.command(args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", args[0], err, out)
	}
	return nil
}

func (b *broker) command(args ...string) *exec.Cmd {
	options := []string{
		"-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(b.dir, "libs", "*"),
		"-Dlog4j2.configurationFile=" + filepath.Join("..", "..", "tools", "kafka", "log4j2.yaml"),
		"-Djava.security.krb5.conf=" + filepath.Join(b.dir, "krb5.conf"),
		"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + tokens.keys.URL + "/jwks",
	}
	return exec.Command("java", append(options, args...)...)
}

func (b *broker) format() error {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return err
	}
	id[0] &= 0x3f // an id does not begin with "-"
	return b.kafka("kafka.tools.StorageTool", "format", "--standalone", "-t", base64.RawURLEncoding.EncodeToString(id), "-c", b.file("server.properties"))
}

func (b *broker) boot() error {
	var err error
	if b.log, err = os.Create(b.file("kafka.log")); err != nil {
		return err
	}
	b.java = b.command("kafka.Kafka", b.file("server.properties"))
	b.java.Stdout, b.java.Stderr = b.log, b.log
	if err := b.java.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(2 * harness.Patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if conn, err := net.Dial("tcp", b.plain); err == nil {
			return conn.Close()
		}
		if errors.Is(b.java.Process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			break
		}
	}
	text, _ := os.ReadFile(b.log.Name())
	return fmt.Errorf("the broker did not start; its log:\n%s", text[max(0, len(text)-8000):])
}

// populate makes the topics, the users of SCRAM and the rights of client certificates.
func (b *broker) populate() error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.plain))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	ctx, cancel := context.WithTimeout(context.Background(), harness.Patience)
	defer cancel()
	for _, m := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} {
		if _, err := admin.AlterUserSCRAMs(ctx, nil, []kadm.UpsertSCRAM{{User: "alice", Mechanism: m, Iterations: 4096, Password: alicePassword}}); err != nil {
			return err
		}
	}
	acls := kadm.NewACLs().Allow("User:CN=orders,O=Penstock").AllowHosts("*").
		ResourcePatternType(kadm.ACLPatternLiteral).Topics("orders", "*").Groups("*").Operations(kadm.OpAll)
	results, err := admin.CreateACLs(ctx, acls)
	for _, r := range results {
		err = errors.Join(err, r.Err)
	}
	if err != nil {
		return err
	}
	// Last: brokers learn what changed in its order, so they know the users and rights by then.
	return harness.CreateTopics(ctx, admin, 1, "orders", "stock.berlin", "stock.lyon")
}

// stop ends the broker and removes its files.
func (b *broker) stop() error {
	if b.java != nil && b.java.Process != nil {
		_ = b.java.Process.Kill() // its data is thrown away
		_ = b.java.Wait()         // says that it was killed
	}
	for _, l := range b.listeners {
		if l.proxy != nil {
			l.proxy.close()
		}
	}
	if b.log != nil {
		_ = b.log.Close()
	}
	return os.RemoveAll(b.home)
}
