package security

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

// What is wrong with a store.
const (
	loads      = ``
	noPair     = `there is no private key with a certificate in it`
	several    = `the PKCS12 store holds several keys: keep one, or use JKS or PEM`
	noKey      = `there is no private key in it`
	isKeyStore = `the PKCS12 store is a key store: a trust store holds trusted certificates only`
	jceks      = `the store is JCEKS, which is not read: convert it to PKCS12 with keytool -importkeystore`
	noTrust    = `there is no trusted certificate in it`
	noMAC      = `the PKCS12 store has no checksum (MAC), without which its key is not read`
	unmarked   = `the PKCS12 store has a certificate that is not marked as trusted: import it with keytool -importcert`
)

// stores says what comes of each as key store and as trust store.
var stores = map[string]struct{ key, trust string }{
	"chain.jks":            {loads, noTrust},
	"chain.p12":            {loads, isKeyStore},
	"j17-JCEKS.ks":         {jceks, jceks},
	"j17-JCEKS.ts":         {jceks, jceks},
	"j17-JKS-keypass.ks":   {loads, noTrust},
	"j17-JKS-mixed.ks":     {loads, loads},
	"j17-JKS-one.ks":       {loads, noTrust},
	"j17-JKS.ks":           {loads, noTrust},
	"j17-JKS.ts":           {noKey, loads},
	"j17-PKCS12-ed.ks":     {loads, isKeyStore},
	"j17-PKCS12-legacy.ks": {loads, isKeyStore},
	"j17-PKCS12-legacy.ts": {noPair, loads},
	"j17-PKCS12-mixed.ks":  {several, isKeyStore},
	"j17-PKCS12-nopass.ts": {noMAC, loads},
	"j17-PKCS12-one.ks":    {loads, isKeyStore},
	"j17-PKCS12-seckey.ks": {noPair, isKeyStore},
	"j17-PKCS12.ks":        {several, isKeyStore},
	"j17-PKCS12.ts":        {noPair, loads},
	"j25-JKS-keypass.ks":   {loads, noTrust},
	"j25-JKS-mixed.ks":     {loads, loads},
	"j25-JKS-one.ks":       {loads, noTrust},
	"j25-JKS.ks":           {loads, noTrust},
	"j25-JKS.ts":           {noKey, loads},
	"j25-PKCS12-ed.ks":     {loads, isKeyStore},
	"j25-PKCS12-legacy.ks": {loads, isKeyStore},
	"j25-PKCS12-legacy.ts": {noPair, loads},
	"j25-PKCS12-mixed.ks":  {several, isKeyStore},
	"j25-PKCS12-nopass.ts": {noMAC, loads},
	"j25-PKCS12-one.ks":    {loads, isKeyStore},
	"j25-PKCS12-seckey.ks": {noPair, isKeyStore},
	"j25-PKCS12-uni.ks":    {loads, isKeyStore},
	"j25-PKCS12.ks":        {several, isKeyStore},
	"j25-PKCS12.ts":        {noPair, loads},
	"ossl-certsonly.p12":   {noPair, unmarked},
	"ossl-empty.p12":       {loads, isKeyStore},
	"ossl-legacy.p12":      {loads, isKeyStore},
	"ossl-nomac.p12":       {noMAC, isKeyStore},
	"ossl3.p12":            {loads, isKeyStore},
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "stores", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEveryStore opens each store as key store and as trust store.
func TestEveryStore(t *testing.T) {
	entries, err := os.ReadDir("testdata/stores")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, "k-") || strings.HasPrefix(name, "leaf") || name == "ca.crt" {
			continue
		}
		password, keyPassword := "changeit", ""
		switch {
		case strings.Contains(name, "keypass"):
			keyPassword = "otherpass"
		case strings.Contains(name, "uni"):
			password = "pässwörd€"
		case strings.Contains(name, "empty"):
			password = ""
		}
		want, ok := stores[name]
		if !ok {
			t.Errorf("%s is not in the table", name)
		}
		location := filepath.Join("testdata", "stores", name)
		key := KeyStore{Type: "JKS", Location: location, Password: core.NewSecret(password), KeyPassword: core.NewSecret(keyPassword)}
		pairs, err := key.certificates()
		same(t, name+" as key store", err, want.key)
		if err == nil && (len(pairs) == 0 || pairs[0].PrivateKey == nil) {
			t.Errorf("%s: no key", name)
		}
		trust := TrustStore{Type: "PKCS12", Location: location, Password: core.NewSecret(password)}
		pool, err := trust.pool()
		same(t, name+" as trust store", err, want.trust)
		if err == nil && pool == nil {
			t.Errorf("%s: no authorities", name)
		}
	}
}

// TestInline reads stores from base64, and finds the chain of a key.
func TestInline(t *testing.T) {
	trust := TrustStore{Password: core.NewSecret("changeit"), Certificates: base64.StdEncoding.EncodeToString(read(t, "j25-PKCS12.ts"))}
	if pool, err := trust.pool(); err != nil || pool == nil {
		t.Errorf("trust store: got %v, %v", pool, err)
	}
	for name, links := range map[string]int{"chain.jks": 2, "chain.p12": 2, "ossl3.p12": 2, "j17-JKS-mixed.ks": 1, "j17-PKCS12-one.ks": 1} {
		key := KeyStore{Password: core.NewSecret("changeit"), Key: core.NewSecret(base64.StdEncoding.EncodeToString(read(t, name)))}
		pairs, err := key.certificates()
		if err != nil || len(pairs[0].Certificate) != links {
			t.Errorf("%s: got %v, %v, want a chain of %d", name, pairs, err, links)
		}
	}
}

func TestPasswords(t *testing.T) {
	const bad = "geheim"
	for _, tt := range []struct{ name, password, keyPassword, key, trust string }{
		{"j25-JKS-mixed.ks", bad, "", "the password is wrong, or the store was damaged", "the password is wrong, or the store was damaged"},
		{"j25-JKS-mixed.ks", "", "", "password is missing: a JKS store is checked with it", "password is missing: a JKS store is checked with it"},
		{"j25-JKS-keypass.ks", "changeit", "", `alias "one": the key password is wrong`, noTrust},
		{"j25-JKS-keypass.ks", "changeit", bad, `alias "one": the key password is wrong`, noTrust},
		{"j25-PKCS12.ts", bad, "", "the password is wrong", "the password is wrong"},
		{"j25-PKCS12.ts", "", "", "the store needs a password", "the store needs a password"},
		{"j25-PKCS12-one.ks", bad, "", "the password is wrong", "the password is wrong"},
		{"j25-PKCS12-one.ks", "changeit", bad, "keyPassword differs from password, but a PKCS12 store has one password for both", isKeyStore},
	} {
		location := filepath.Join("testdata", "stores", tt.name)
		key := KeyStore{Location: location, Password: core.NewSecret(tt.password), KeyPassword: core.NewSecret(tt.keyPassword)}
		_, err := key.certificates()
		same(t, tt.name+" as key store", err, tt.key)
		trust := TrustStore{Location: location, Password: core.NewSecret(tt.password)}
		_, err = trust.pool()
		same(t, tt.name+" as trust store", err, tt.trust)
	}
}

func TestEncryptedKeys(t *testing.T) {
	const refused = "the key is encrypted in a way that is not read (%): convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc"
	for name, want := range map[string]string{
		"k-aes128-sha1.pem": loads, "k-aes256.pem": loads, "k-des3.pem": loads, "k-scrypt.pem": loads, "k-trad-aes.pem": loads,
		"k-ec.pem":        "tls: private key type does not match public key type",
		"k-ed.pem":        "tls: private key type does not match public key type",
		"k-sha512.pem":    strings.Replace(refused, "%", "unsupported hash function", 1),
		"k-v1-3des.pem":   strings.Replace(refused, "%", "only PBES2 supported", 1),
		"k-v1-md5des.pem": strings.Replace(refused, "%", "only PBES2 supported", 1),
	} {
		s := KeyStore{Key: core.NewSecret(string(read(t, name))), KeyPassword: core.NewSecret("changeit"), CertificateChain: string(read(t, "leaf.crt"))}
		_, err := s.certificates()
		same(t, name, err, want)
		s.KeyPassword = core.NewSecret("")
		_, err = s.certificates()
		same(t, name+" without password", err, "the key is encrypted: keyPassword is missing")
		if s.KeyPassword = core.NewSecret("geheim"); want == loads {
			_, err = s.certificates()
			same(t, name+" with a wrong password", err, "the key password is wrong")
		}
	}
}

// TestKeyFileWithInlineChain: the file of a PEM key store may hold the key alone.
func TestKeyFileWithInlineChain(t *testing.T) {
	s := KeyStore{Type: "PEM", Location: filepath.Join("testdata", "stores", "k-aes256.pem"), KeyPassword: core.NewSecret("changeit"), CertificateChain: string(read(t, "leaf.crt"))}
	pairs, err := s.certificates()
	if err != nil || len(pairs) != 1 || len(pairs[0].Certificate) != 1 {
		t.Errorf("got %v, %v", pairs, err)
	}
	s = KeyStore{Location: filepath.Join("testdata", "stores", "j17-JKS-one.ks"), Password: core.NewSecret("changeit"), CertificateChain: string(read(t, "leaf.crt"))}
	_, err = s.certificates()
	same(t, "a store with a chain beside it", err, "certificateChain goes with a PEM key: a store has its own")
}

func TestExpired(t *testing.T) {
	cert, key := pairUntil(t, "penstock", time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC))
	s := KeyStore{Key: core.NewSecret(key), CertificateChain: cert}
	_, err := s.certificates()
	same(t, "expired", err, `the certificate of "CN=penstock" expired at 2020-02-03T04:05:06Z`)
}

// same compares an error with its text; "" is none.
func same(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
