package security

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// trustedPKCS12 gives the certificates of a trust store. Each must be marked as trusted, as
// Java's tools do, and there must be no key beside them.
func trustedPKCS12(data []byte, password string) ([]*x509.Certificate, error) {
	certs, err := pkcs12.DecodeTrustStore(data, password)
	if err != nil && strings.HasSuffix(err.Error(), "no MAC in data") {
		certs, err = pkcs12.DecodeTrustStore(data, "") // made without a password: as Java does
	}
	if err != nil {
		return nil, unreadablePKCS12(err, password)
	}
	if len(certs) == 0 {
		return nil, errors.New("there is no trusted certificate in it")
	}
	return certs, nil
}

// pairPKCS12 gives the only key with its chain.
func pairPKCS12(data []byte, password, keyPassword string) (tls.Certificate, error) {
	if keyPassword != password {
		return tls.Certificate{}, errors.New("keyPassword differs from password, but a PKCS12 store has one password for both")
	}
	key, own, others, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return tls.Certificate{}, unreadablePKCS12(err, password)
	}
	certs := append([]*x509.Certificate{own}, others...)
	return derPair(chainOf(key, certs), key)
}

// chainOf orders certificates: the key's own, then the issuer of each; what is beside the chain
// is left out. The library gives them in the order of the file.
func chainOf(key any, certs []*x509.Certificate) [][]byte {
	next := ownOf(key, certs)
	var chain [][]byte
	for next != nil && len(chain) < len(certs) {
		chain = append(chain, next.Raw)
		var issuer *x509.Certificate
		for _, c := range certs {
			if !bytes.Equal(c.Raw, next.Raw) && bytes.Equal(c.RawSubject, next.RawIssuer) && next.CheckSignatureFrom(c) == nil {
				issuer = c
				break
			}
		}
		next = issuer
	}
	return chain
}

// ownOf is the certificate of a key; the first one when none fits, which the pair then refuses.
func ownOf(key any, certs []*x509.Certificate) *x509.Certificate {
	if signer, ok := key.(crypto.Signer); ok {
		own, comparesKeys := signer.Public().(interface {
			Equal(other crypto.PublicKey) bool
		})
		for _, c := range certs {
			if comparesKeys && own.Equal(c.PublicKey) {
				return c
			}
		}
	}
	return certs[0]
}

// unreadablePKCS12 translates errors of the library, which has values for few of them.
func unreadablePKCS12(err error, password string) error {
	if errors.Is(err, pkcs12.ErrIncorrectPassword) || errors.Is(err, pkcs12.ErrDecryption) {
		if password == "" {
			return errors.New("the store needs a password")
		}
		return errors.New("the password is wrong")
	}
	text := strings.TrimPrefix(err.Error(), "pkcs12: ")
	switch {
	case strings.HasPrefix(text, "expected exactly one key bag"):
		return errors.New("the PKCS12 store holds several keys: keep one, or use JKS or PEM")
	case text == "certificate missing", text == "private key missing":
		return errors.New("there is no private key with a certificate in it")
	case strings.Contains(text, "not marked as trusted"):
		return errors.New("the PKCS12 store has a certificate that is not marked as trusted: import it with keytool -importcert")
	case text == "expected only certificate bags", strings.HasPrefix(text, "expected exactly 1 items"):
		return errors.New("the PKCS12 store is a key store: a trust store holds trusted certificates only")
	case text == "no MAC in data":
		return errors.New("the PKCS12 store has no checksum (MAC), without which its key is not read")
	}
	return fmt.Errorf("the PKCS12 store is not read: %s", text)
}
