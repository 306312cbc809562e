package security

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/test/ports"
)

const alicePassword = `geheim-a;l="i/c'e`

// commonProperties are those of tools/kafka/server.properties.in that the tests need, and
// StandardAuthorizer: who is no super user needs rights.
const commonProperties = `process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
num.network.threads=1
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=5
group.initial.rebalance.delay.ms=0
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:ANONYMOUS;User:alice;User:gateway
sasl.kerberos.service.name=kafka
`

// configure writes server.properties.
func (b *broker) configure(tokens *issuer) error {
	plain, err := ports.Free()
	if err != nil {
		return err
	}
	controller, err := ports.Free()
	if err != nil {
		return err
	}
	b.plain = fmt.Sprintf("127.0.0.1:%d", plain)
	listeners := []string{fmt.Sprintf("PLAINTEXT://%s", b.plain), fmt.Sprintf("CONTROLLER://127.0.0.1:%d", controller)}
	advertised := listeners[:1:1]
	protocols := []string{"PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"}
	var text strings.Builder
	text.WriteString(commonProperties)
	fmt.Fprintf(&text, "controller.quorum.bootstrap.servers=127.0.0.1:%d\n", controller)
	fmt.Fprintf(&text, "log.dirs=%s\n", b.file("data"))
	fmt.Fprintf(&text, "sasl.oauthbearer.jwks.endpoint.url=%s/jwks\n", tokens.keys.URL)
	fmt.Fprintf(&text, "sasl.oauthbearer.expected.issuer=%s\nsasl.oauthbearer.expected.audience=%s\n", tokens.keys.URL, audience)
	for _, l := range b.listeners {
		listeners = append(listeners, fmt.Sprintf("%s://127.0.0.1:%d", l.name, l.port))
		advertised = append(advertised, fmt.Sprintf("%s://%s", l.name, l.address()))
		protocols = append(protocols, l.name+":"+l.protocol)
		for _, line := range b.properties(l) {
			fmt.Fprintf(&text, "listener.name.%s.%s\n", strings.ToLower(l.name), line)
		}
	}
	fmt.Fprintf(&text, "listeners=%s\n", strings.Join(listeners, ","))
	fmt.Fprintf(&text, "advertised.listeners=%s\n", strings.Join(advertised, ","))
	fmt.Fprintf(&text, "listener.security.protocol.map=%s\n", strings.Join(protocols, ","))
	return os.WriteFile(b.file("server.properties"), []byte(text.String()), 0o600)
}

// properties are those of one listener.
func (b *broker) properties(l *listener) []string {
	lines := l.settings
	if strings.HasSuffix(l.protocol, "SSL") {
		cert := l.cert
		if cert == "" {
			cert = "broker.pem"
		}
		lines = append(lines, "ssl.keystore.type=PEM", "ssl.keystore.location="+b.file(cert))
	}
	if len(l.mechanisms) > 0 {
		lines = append(lines, "sasl.enabled.mechanisms="+strings.Join(l.mechanisms, ","))
	}
	for _, m := range l.mechanisms {
		prefix := strings.ToLower(m) + "."
		lines = append(lines, prefix+"sasl.jaas.config="+b.brokerLogin(m))
		if m == "OAUTHBEARER" {
			lines = append(lines, prefix+"sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler")
		}
		if l.name == "REAUTH" {
			lines = append(lines, prefix+"connections.max.reauth.ms="+fmt.Sprint(reauthEvery.Milliseconds()))
		}
	}
	return lines
}

// brokerLogin is the JAAS text of the broker's side.
func (b *broker) brokerLogin(mechanism string) string {
	const common = "org.apache.kafka.common.security."
	switch mechanism {
	case "PLAIN":
		password := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(alicePassword)
		return common + `plain.PlainLoginModule required user_alice="` + strings.ReplaceAll(password, `\`, `\\`) + `";`
	case "OAUTHBEARER":
		return common + `oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
	case "GSSAPI":
		return `com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true keyTab="` +
			filepath.Join(b.dir, "broker.keytab") + `" principal="kafka/localhost@PENSTOCK.TEST";`
	}
	return common + "scram.ScramLoginModule required;"
}
