package security

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"

	"github.com/penstock-dev/penstock/runtime/jaas"
)

// maxRefusal bounds what is repeated of a broker's answer, in bytes.
const maxRefusal = 512

// bearerLogin is OAUTHBEARER (RFC 7628) with the token that stands in access_token.
func bearerLogin(e jaas.Entry) (sasl.Mechanism, error) {
	auth := oauth.Auth{Token: option(e, "access_token"), Extensions: make(map[string]string)}
	if strings.ContainsFunc(auth.Token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, errors.New("access_token has characters that no token has")
	}
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
		auth.Extensions[name] = o.Value()
	}
	return bearer{auth.AsMechanism()}, nil
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
