package security

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/test/testdata"
)

// FuzzIdentity: a keytab or a ticket cache that is only half there is an error, whatever the
// library does with it.
func FuzzIdentity(f *testing.F) {
	for _, text := range []string{testdata.CCACHE_TEST, testdata.KEYTAB_TESTUSER1_TEST_GOKRB5} {
		data, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		keys, cache := keytab.New(), new(credentials.CCache)
		_ = undamaged(func() error { return keys.Unmarshal(data) })
		if checkCache(data) == nil && undamaged(func() error { return cache.Unmarshal(data) }) == nil {
			id := identity{cache: cache, realm: cache.GetClientRealm()}
			id.ticket()
		}
	})
}

// FuzzReadToken: a token is one that can be sent, and no error repeats an answer.
func FuzzReadToken(f *testing.F) {
	f.Add(200, `{"access_token":"a.b.c","token_type":"Bearer","expires_in":"60"}`)
	f.Add(200, `{"access_token":"geheim geheim","token_type":"Bearer"}`)
	f.Add(400, `{"error":"geheim"}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		token, err := readToken(&http.Response{StatusCode: status, Header: http.Header{}}, []byte(body), time.Now())
		switch {
		case err == nil && !isToken(token.text):
			t.Errorf("got the token %q", token.text)
		case err != nil && (len(err.Error()) > 200 || strings.ContainsAny(err.Error(), "\r\n")):
			t.Errorf("got %q", err)
		}
	})
}
