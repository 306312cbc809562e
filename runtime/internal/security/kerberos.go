package security

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/kerberos"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// kerberosFailedFor is how long a failed login is remembered here: logins that waited for their
// turn meanwhile do not ask the KDC again.
const kerberosFailedFor = time.Second

// kerberosLogin is GSSAPI with Kerberos (RFC 4752). Clients of a configuration share one Kerberos
// client, which has one ticket for the KDC and one for each broker.
func kerberosLogin(e jaas.Entry) (opener, error) {
	options, err := readKerberos(e)
	if err != nil {
		return nil, err
	}
	return func(log *slog.Logger) (sasl.Mechanism, error) {
		identity, err := watch("security.sasl.saslJaasConfig", options.files(), options.load)
		if err != nil {
			return nil, err
		}
		return &gssapi{service: options.service, identity: identity, log: log, turn: make(chan struct{}, 1)}, nil
	}, nil
}

// CheckKeyTab reads the keytab of a login with Kerberos, for tools that check documents on machines where
// Kerberos is not set up. Other logins have none. An error holds nothing of what is in the file.
func (c Config) CheckKeyTab() error {
	if c.Mechanism != "GSSAPI" {
		return nil
	}
	options, err := readKerberos(c.Login)
	if err == nil && options.keyTab != "" {
		_, err = readKeys(options.keyTab)
	}
	if err != nil {
		return fmt.Errorf("security.sasl.saslJaasConfig: %w", err)
	}
	return nil
}

// gssapi is the mechanism. One login at a time uses the Kerberos client, which is made anew when
// its files change.
type gssapi struct {
	service  string
	identity *watched[*identity]
	log      *slog.Logger
	turn     chan struct{} // holds a value while a login, or the end, has its turn

	// The following are the turn's.
	client *client.Client // nil until the first login
	of     *identity      // that the client is made of
	closed bool
	failed error
	until  time.Time // failed is remembered until then
}

var _ sasl.ClosingMechanism = (*gssapi)(nil)

// Name implements sasl.Mechanism.
func (*gssapi) Name() string { return "GSSAPI" }

// Authenticate implements sasl.Mechanism: it asks the KDC for a ticket for the broker, if there
// is none. The library gives up on a KDC after 5 s; until then ctx has no effect.
func (g *gssapi) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	switch {
	case g.closed:
		return nil, nil, errors.New("the login was closed")
	case time.Now().Before(g.until):
		return nil, nil, g.failed
	}
	session, first, err := g.authenticate(ctx, host)
	if err != nil {
		g.failed, g.until = fmt.Errorf("kerberos: %w", err), time.Now().Add(kerberosFailedFor)
		return nil, nil, g.failed
	}
	return session, first, nil
}

func (g *gssapi) authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	if now := g.identity.get(g.log); now != g.of {
		g.end()
		made, err := now.client()
		if err != nil {
			return nil, nil, err
		}
		g.client, g.of = made, now
	}
	if err := g.of.lasts(time.Now()); err != nil {
		return nil, nil, err
	}
	auth := kerberos.Auth{Client: g.client, Service: g.service, PersistAfterAuth: true}
	return auth.AsMechanism().Authenticate(ctx, host)
}

// end stops what renews tickets and forgets them.
func (g *gssapi) end() {
	if g.client != nil {
		g.client.Destroy()
		g.client, g.of = nil, nil
	}
}

// Close implements sasl.ClosingMechanism. It waits for the login that has its turn.
func (g *gssapi) Close() {
	g.turn <- struct{}{}
	defer func() { <-g.turn }()
	g.closed = true
	g.end()
}

// kerberosOptions are the options of Krb5LoginModule, and where krb5.conf is.
type kerberosOptions struct {
	service, principal string
	keyTab             string // path, or ""
	ticketCache        string // path, or ""
	config             string // path
}

func readKerberos(e jaas.Entry) (kerberosOptions, error) {
	o := kerberosOptions{service: option(e, "serviceName"), principal: option(e, "principal"), config: krb5Config()}
	flags := map[string]bool{"isInitiator": true}
	for _, name := range []string{"useKeyTab", "useTicketCache", "renewTGT", "isInitiator", "storeKey", "doNotPrompt", "refreshKrb5Config", "debug"} {
		switch strings.ToLower(option(e, name)) {
		case "true":
			flags[name] = true
		case "false":
			flags[name] = false
		case "":
		default:
			return o, errors.New(name + " is neither true nor false")
		}
	}
	var err error
	switch {
	case flags["useKeyTab"] && flags["useTicketCache"]:
		err = errors.New("useKeyTab and useTicketCache exclude each other: a keytab lasts, a ticket cache ends")
	case !flags["useKeyTab"] && !flags["useTicketCache"]:
		err = errors.New("neither useKeyTab nor useTicketCache is true")
	case flags["useKeyTab"] && (option(e, "keyTab") == "" || o.principal == ""):
		err = errors.New("useKeyTab needs keyTab and principal")
	case flags["renewTGT"]:
		err = errors.New("tickets of a cache are not renewed: use a keytab, or let kinit -R renew the cache")
	case !flags["isInitiator"]:
		err = errors.New("isInitiator is false, but a client begins")
	case flags["useKeyTab"]:
		o.keyTab = strings.TrimPrefix(option(e, "keyTab"), "FILE:")
	default:
		o.ticketCache, err = cacheFile(option(e, "ticketCache"))
	}
	return o, err
}

func (o kerberosOptions) files() []string { return []string{o.config, o.keyTab + o.ticketCache} }
