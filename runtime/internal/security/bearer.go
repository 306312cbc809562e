package security

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// maxRefusal bounds what is repeated of a broker's answer, in bytes.
const maxRefusal = 512

// bearerLogin is OAUTHBEARER (RFC 7628) with the token that stands in access_token, or with
// tokens that an authorization server gives.
func bearerLogin(e jaas.Entry) (opener, error) {
	extensions, err := readExtensions(e)
	if err != nil {
		return nil, err
	}
	if option(e, "access_token") == "" {
		return fetchedLogin(e, extensions)
	}
	auth := oauth.Auth{Token: option(e, "access_token"), Extensions: extensions}
	if !isToken(auth.Token) {
		return nil, errors.New("access_token has characters that no token has")
	}
	end, ends := expiry(auth.Token)
	return ready(bearer{oauth.Oauth(func(context.Context) (oauth.Auth, error) {
		if ends && !time.Now().Before(end) {
			return oauth.Auth{}, fmt.Errorf("access_token expired at %s", end.UTC().Format(time.RFC3339))
		}
		return auth, nil
	})}), nil
}

// fetchedLogin logs in with tokens of a source.
func fetchedLogin(e jaas.Entry, extensions map[string]string) (opener, error) {
	server, err := readTokenServer(e)
	if err != nil {
		return nil, err
	}
	return func(log *slog.Logger) (sasl.Mechanism, error) {
		fetch, err := server.open(log)
		if err != nil {
			return nil, err
		}
		source := newTokenSource(fetch)
		return closingBearer{bearer{oauth.Oauth(func(ctx context.Context) (oauth.Auth, error) {
			text, err := source.token(ctx)
			return oauth.Auth{Token: text, Extensions: extensions}, err
		})}, source}, nil
	}, nil
}

// closingBearer ends what fetches tokens.
type closingBearer struct {
	bearer
	source *tokenSource
}

var _ sasl.ClosingMechanism = closingBearer{}

// Close implements sasl.ClosingMechanism.
func (b closingBearer) Close() { b.source.close() }

// readExtensions gives the options extension_<name>, which the broker gets beside the token.
func readExtensions(e jaas.Entry) (map[string]string, error) {
	extensions := make(map[string]string)
	for _, o := range e.Options {
		name, ok := strings.CutPrefix(o.Name, "extension_")
		if !ok {
			continue
		}
		if name == "auth" || strings.ContainsFunc(name, isNotLetter) {
			return nil, errors.New("the name of an extension has letters only, and is not \"auth\" (RFC 7628, 3.1)")
		}
		if o.Value() == "" || strings.ContainsFunc(o.Value(), isNotExtension) {
			return nil, errors.New("the value of an extension is visible ASCII text (RFC 7628, 3.1)")
		}
		extensions[name] = o.Value()
	}
	return extensions, nil
}

// isToken says whether a text may stand after "Bearer" (RFC 6750, 2.1, and a little more).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' })
}

func isNotLetter(c rune) bool { return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') }

func isNotExtension(c rune) bool { return (c < ' ' || c > '~') && c != '\t' && c != '\r' && c != '\n' }

// bearer reports why a broker refuses a token; the library says only that there was an answer.
type bearer struct{ sasl.Mechanism }

// Authenticate implements sasl.Mechanism.
func (b bearer) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := b.Mechanism.Authenticate(ctx, host)
	return bearerSession{session}, first, err
}

type bearerSession struct{ sasl.Session }

// Challenge implements sasl.Session: a broker that takes the token answers nothing.
func (s bearerSession) Challenge(answer []byte) (bool, []byte, error) {
	if len(answer) > 0 {
		return false, nil, fmt.Errorf("%w: the broker refuses the token: %q",
			kerr.SaslAuthenticationFailed, answer[:min(len(answer), maxRefusal)])
	}
	return s.Session.Challenge(answer)
}
