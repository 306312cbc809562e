package security

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
)

// krb5Config is where Kerberos is configured.
func krb5Config() string {
	if path := os.Getenv("KRB5_CONFIG"); path != "" {
		return path
	}
	return "/etc/krb5.conf"
}

// cacheFile gives the path of a ticket cache, as MIT Kerberos names caches; "" is its default.
func cacheFile(name string) (string, error) {
	if name == "" {
		name = os.Getenv("KRB5CCNAME")
	}
	if name == "" {
		name = "/tmp/krb5cc_" + strconv.Itoa(os.Getuid())
	}
	kind, path, typed := strings.Cut(name, ":")
	switch {
	case !typed:
		return name, nil
	case kind == "FILE":
		return path, nil
	}
	return "", errors.New("ticketCache, or $KRB5CCNAME, is no file: write FILE:/path, and fill it with kinit -c")
}

// identity is who logs in, as files say it.
type identity struct {
	config *config.Config
	keys   *keytab.Keytab      // nil with a cache
	cache  *credentials.CCache // nil with a keytab
	user   string
	realm  string
}

// load reads the files. An error holds nothing of what is in them.
func (o kerberosOptions) load() (*identity, error) {
	conf, err := config.Load(o.config)
	if err != nil {
		return nil, fmt.Errorf("the configuration of Kerberos: %w", err)
	}
	id := &identity{config: conf}
	var named bool
	if id.user, id.realm, named = strings.Cut(o.principal, "@"); !named {
		id.realm = conf.LibDefaults.DefaultRealm
	}
	if o.keyTab != "" {
		return id, id.loadKeys(o.keyTab)
	}
	return id, id.loadCache(o.ticketCache, o.principal != "")
}

func readKeys(path string) (*keytab.Keytab, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("keyTab: %w", err)
	}
	keys := keytab.New()
	if undamaged(func() error { return keys.Unmarshal(data) }) != nil { // its errors show keys
		return nil, errors.New("keyTab is no keytab, or damaged")
	}
	return keys, nil
}

func (id *identity) loadKeys(path string) (err error) {
	if id.keys, err = readKeys(path); err != nil {
		return err
	}
	for _, e := range id.keys.Entries {
		if e.Principal.Realm == id.realm && slices.Equal(e.Principal.Components, strings.Split(id.user, "/")) {
			return nil
		}
	}
	return errors.New("keyTab has no key of the principal: klist -k shows what it has")
}

func (id *identity) loadCache(path string, named bool) error {
	data, err := readFile(path)
	if err != nil {
		return fmt.Errorf("ticketCache: %w", err)
	}
	id.cache = new(credentials.CCache)
	if checkCache(data) != nil || undamaged(func() error { return id.cache.Unmarshal(data) }) != nil {
		return errors.New("ticketCache is no ticket cache, or damaged")
	}
	user, realm := id.cache.GetClientPrincipalName().PrincipalNameString(), id.cache.GetClientRealm()
	if named && (user != id.user || realm != id.realm) {
		return errors.New("ticketCache is another principal's: klist -c shows whose")
	}
	id.user, id.realm = user, realm
	if id.ticket() == nil {
		return errors.New("ticketCache has no ticket for the KDC: fill it with kinit")
	}
	return nil
}

// undamaged runs a parser of the library, which reads past the end of short data.
func undamaged(parse func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the data is too short")
		}
	}()
	return parse()
}

// ticket is the cache's ticket for the KDC, nil when there is none.
func (id *identity) ticket() *credentials.Credential {
	for _, c := range id.cache.GetEntries() {
		if slices.Equal(c.Server.PrincipalName.NameString, []string{"krbtgt", id.realm}) {
			return c
		}
	}
	return nil
}

// lasts says why an identity is of no use any more.
func (id *identity) lasts(now time.Time) error {
	if id.cache == nil {
		return nil
	}
	if end := id.ticket().EndTime; now.After(end) {
		return fmt.Errorf("the ticket in ticketCache expired at %s: renew it with kinit", end.UTC().Format(time.RFC3339))
	}
	return nil
}

// client makes the library's client. FAST is off: many KDCs answer it with an error.
func (id *identity) client() (*client.Client, error) {
	if id.cache != nil {
		return client.NewFromCCache(id.cache, id.config, client.DisablePAFXFAST(true))
	}
	return client.NewWithKeytab(id.user, id.realm, id.keys, id.config, client.DisablePAFXFAST(true)), nil
}
