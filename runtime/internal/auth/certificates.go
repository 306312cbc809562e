package auth

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
)

// certificates lets clients in by the certificate that the listener has verified.
type certificates struct{ allowed []string }

// verify finds the certificate of a request's connection. Certificates that are not on the list
// are 403: their owner is known.
func (s *certificates) verify(r request) (proof, error) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || len(r.TLS.PeerCertificates) == 0 {
		return proof{}, errAbsent
	}
	cert := r.TLS.PeerCertificates[0]
	if time.Now().After(cert.NotAfter) { // the connection has lasted longer
		return proof{}, refusal("the certificate has expired")
	}
	names := namesOf(cert)
	if len(names) == 0 {
		return proof{}, refusal("the certificate has no name")
	}
	subject, ok := s.admits(names)
	if !ok {
		return proof{}, core.NewError(core.CodeForbidden, "the certificate is not one that may call")
	}
	return proof{
		identity: exchange.Identity{Subject: subject, Claims: certificateClaims(subject, cert), Expires: cert.NotAfter},
		ambient:  true, // browsers add certificates by themselves
	}, nil
}

// nameOf writes a distinguished name by RFC 2253; "" for one that cannot be read. pkix.Name would do
// for show only: it forgets the order of the parts and all common names but one, so that names of
// several owners are one text.
func nameOf(der []byte) string {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &name); err != nil || len(rest) > 0 {
		return ""
	}
	return name.String()
}

// namesOf lists everything that a certificate is called: its subject (RFC 2253), and the names of
// its subject alternative name with their kind before them.
func namesOf(cert *x509.Certificate) []string {
	var names []string
	if subject := nameOf(cert.RawSubject); subject != "" {
		names = append(names, subject)
	}
	for _, uri := range cert.URIs {
		names = append(names, "uri:"+uri.String())
	}
	for _, name := range cert.DNSNames {
		names = append(names, "dns:"+name)
	}
	for _, address := range cert.EmailAddresses {
		names = append(names, "email:"+address)
	}
	return names
}

// admits finds the first name that is on the list: as it is, or by a pattern with * at its end. It
// is the subject of the caller: another name may be the same in certificates of other callers.
func (s *certificates) admits(names []string) (name string, ok bool) {
	for _, name := range names {
		for _, pattern := range s.allowed {
			prefix, wild := strings.CutSuffix(pattern, "*")
			if name == pattern || wild && strings.HasPrefix(name, prefix) {
				return name, true
			}
		}
	}
	return "", false
}

func certificateClaims(subject string, cert *x509.Certificate) map[string]any {
	uris := make([]any, len(cert.URIs))
	for i, uri := range cert.URIs {
		uris[i] = uri.String()
	}
	return map[string]any{
		"sub": subject, "subject": nameOf(cert.RawSubject), "issuer": nameOf(cert.RawIssuer), "serial": cert.SerialNumber.Text(16),
		"dns": texts(cert.DNSNames), "emails": texts(cert.EmailAddresses), "uris": uris,
	}
}

func texts(names []string) []any {
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = name
	}
	return out
}
