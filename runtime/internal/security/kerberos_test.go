package security

import (
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/test/testdata"
)

const (
	kerberosModule = "com.sun.security.auth.module.Krb5LoginModule required "
	// krb5Conf names a KDC that nobody listens for.
	krb5Conf = "[libdefaults]\n default_realm = TEST.GOKRB5\n udp_preference_limit = 1\n[realms]\n TEST.GOKRB5 = {\n  kdc = 127.0.0.1:1\n }\n"
)

// krb5 makes the configuration of Kerberos for a test, and files beside it.
func krb5(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cache, err := hex.DecodeString(testdata.CCACHE_TEST)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"krb5.conf": krb5Conf, "keytab": keysOf(t, "gateway/host"), "cache": string(cache), "short": "\x05\x02\x00\x00\x00\x40geheim", "empty": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("KRB5_CONFIG", filepath.Join(dir, "krb5.conf"))
	return dir
}

// keysOf is a keytab with a key of a principal.
func keysOf(t *testing.T, principal string) string {
	t.Helper()
	keys := keytab.New()
	if err := keys.AddEntry(principal, "TEST.GOKRB5", "geheim", time.Now(), 1, 18); err != nil {
		t.Fatal(err)
	}
	data, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestKerberosRefuses(t *testing.T) {
	dir := krb5(t)
	t.Setenv("KRB5CCNAME", "KEYRING:session")
	keyed := func(options string) string { return "useKeyTab=true serviceName=kafka " + options }
	cached := func(options string) string { return "useTicketCache=true serviceName=kafka " + options }
	for _, tt := range []struct{ options, want string }{
		{keyed(`keyTab="DIR/keytab" principal="gateway/host@TEST.GOKRB5"`), ""},
		{keyed(`keyTab="FILE:DIR/keytab" principal="gateway/host" storeKey=true`), ""},
		{keyed(`keyTab="DIR/keytab" principal="gateway/host" useTicketCache=True`), "useKeyTab and useTicketCache exclude each other: a keytab lasts, a ticket cache ends"},
		{keyed(`keyTab="DIR/keytab"`), "useKeyTab needs keyTab and principal"},
		{keyed(`keyTab="DIR/keytab" principal=gateway`), "keyTab has no key of the principal: klist -k shows what it has"},
		{keyed(`keyTab="DIR/keytab" principal="gateway/host@ELSEWHERE"`), "keyTab has no key of the principal: klist -k shows what it has"},
		{keyed(`keyTab="DIR/absent" principal=gateway`), "keyTab: open DIR/absent: no such file or directory"},
		{keyed(`keyTab="DIR/short" principal=gateway`), "keyTab is no keytab, or damaged"},
		{keyed(`keyTab="DIR/krb5.conf" principal=gateway`), "keyTab is no keytab, or damaged"},
		{keyed(`keyTab="DIR/keytab" principal=gateway isInitiator=false`), "isInitiator is false, but a client begins"},
		{keyed(`keyTab="DIR/keytab" principal=gateway storeKey=yes`), "storeKey is neither true nor false"},
		{"serviceName=kafka useKeyTab=false", "neither useKeyTab nor useTicketCache is true"},
		{cached(`ticketCache="DIR/cache"`), ""},
		{cached(`ticketCache="DIR/cache" principal="testuser1@TEST.GOKRB5"`), ""},
		{cached(`ticketCache="DIR/cache" principal=gateway`), "ticketCache is another principal's: klist -c shows whose"},
		{cached(`ticketCache="DIR/absent"`), "ticketCache: open DIR/absent: no such file or directory"},
		{cached(`ticketCache="DIR/short"`), "ticketCache is no ticket cache, or damaged"},
		{cached(`ticketCache="DIR/empty"`), "ticketCache is no ticket cache, or damaged"},
		{cached(`ticketCache="KCM:0"`), "ticketCache, or $KRB5CCNAME, is no file: write FILE:/path, and fill it with kinit -c"},
		{cached(``), "ticketCache, or $KRB5CCNAME, is no file: write FILE:/path, and fill it with kinit -c"},
		{cached(`ticketCache="DIR/cache" renewTGT=true`), "tickets of a cache are not renewed: use a keytab, or let kinit -R renew the cache"},
	} {
		options, want := tt.options, tt.want
		c, err := login(t, "SASL_SSL", "GSSAPI", kerberosModule+strings.ReplaceAll(options, "DIR", dir)+";")
		if err == nil {
			_, err = c.SASL(slog.New(slog.DiscardHandler))
		}
		if want != "" {
			want = "security.sasl.saslJaasConfig: " + strings.ReplaceAll(want, "DIR", dir)
		}
		same(t, options, err, want)
	}
}

func TestKerberosWithoutConfiguration(t *testing.T) {
	dir := krb5(t)
	t.Setenv("KRB5_CONFIG", filepath.Join(dir, "absent"))
	c, err := login(t, "SASL_SSL", "GSSAPI", kerberosModule+`useKeyTab=true keyTab="`+dir+`/keytab" principal=gateway serviceName=kafka;`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.SASL(slog.New(slog.DiscardHandler))
	if err == nil || !strings.HasPrefix(err.Error(), "security.sasl.saslJaasConfig: the configuration of Kerberos: ") {
		t.Errorf("got %v", err)
	}
}

// TestTicketCacheFile: Java's default is the one of MIT Kerberos.
func TestTicketCacheFile(t *testing.T) {
	t.Setenv("KRB5CCNAME", "")
	if path, err := cacheFile(""); err != nil || !strings.HasPrefix(path, "/tmp/krb5cc_") {
		t.Errorf("got %q, %v", path, err)
	}
	t.Setenv("KRB5CCNAME", "FILE:/somewhere/cache")
	if path, err := cacheFile(""); err != nil || path != "/somewhere/cache" {
		t.Errorf("got %q, %v", path, err)
	}
}

func TestExpiredTicketIsNotSent(t *testing.T) {
	dir := krb5(t)
	c, err := login(t, "SASL_SSL", "GSSAPI", kerberosModule+`useTicketCache=true ticketCache="`+dir+`/cache" serviceName=kafka;`)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = open(t, c).Authenticate(t.Context(), "kafka:9092")
	same(t, "expired", err, "kerberos: the ticket in ticketCache expired at 2017-07-13T05:25:34Z: renew it with kinit")
}

// TestKeytabIsRotated: a keytab that was replaced is used for the next login, and a failure is remembered.
func TestKeytabIsRotated(t *testing.T) {
	dir := krb5(t)
	c, err := login(t, "SASL_SSL", "GSSAPI", kerberosModule+`useKeyTab=true keyTab="`+dir+`/keytab" principal="gateway/host" serviceName=kafka;`)
	if err != nil {
		t.Fatal(err)
	}
	g, ok := open(t, c).(*gssapi)
	if !ok || g.Name() != "GSSAPI" {
		t.Fatal("it is another mechanism")
	}
	try := func() error {
		g.identity.next, g.until = time.Time{}, time.Time{}
		_, _, err := g.Authenticate(t.Context(), "kafka:9092")
		if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1: connect: connection refused") {
			t.Fatalf("got %v, want that there is no KDC", err)
		}
		return err
	}
	failed := try()
	if _, _, again := g.Authenticate(t.Context(), "kafka:9092"); again == nil || again.Error() != failed.Error() {
		t.Errorf("got %v, want the remembered %v", again, failed)
	}
	first := g.client
	if _ = try(); g.client != first {
		t.Error("each login has a client of its own")
	}
	replace(t, filepath.Join(dir, "keytab"), keysOf(t, "somebody"))
	if _ = try(); g.client != first {
		t.Error("a keytab without the principal is used")
	}
	replace(t, filepath.Join(dir, "keytab"), keysOf(t, "gateway/host")+"\x00\x00\x00\x00")
	if _ = try(); g.client == first {
		t.Error("the old keytab is still used")
	}
	g.Close()
	_, _, err = g.Authenticate(t.Context(), "kafka:9092")
	same(t, "closed", err, "the login was closed")
}
