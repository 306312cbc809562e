package security

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // what the format has
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
)

// openJKS reads a Java key store and checks it against its password.
func openJKS(data []byte, password string) (keystore.KeyStore, error) {
	if password == "" {
		return keystore.KeyStore{}, errors.New("password is missing: a JKS store is checked with it")
	}
	if !sealedJKS(data, password) {
		return keystore.KeyStore{}, errors.New("the password is wrong, or the store was damaged")
	}
	ks := keystore.New(keystore.WithCaseExactAliases(), keystore.WithOrderedAliases())
	if err := ks.Load(bytes.NewReader(data), []byte(password)); err != nil {
		return ks, fmt.Errorf("the JKS store is damaged: %w", err)
	}
	return ks, nil
}

// sealedJKS checks the digest at the end of a store. The library does it last: until then it
// takes memory for every length that it finds.
func sealedJKS(data []byte, password string) bool {
	if len(data) < sha1.Size {
		return false
	}
	content, seal := data[:len(data)-sha1.Size], data[len(data)-sha1.Size:]
	h := sha1.New() //nolint:gosec // what the format has
	for _, unit := range utf16.Encode([]rune(password)) {
		h.Write([]byte{byte(unit >> 8), byte(unit)})
	}
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(content)
	return subtle.ConstantTimeCompare(h.Sum(nil), seal) == 1
}

// trustedJKS gives the certificates that a store marks as trusted; chains of its keys are not.
func trustedJKS(data []byte, password string) ([]*x509.Certificate, error) {
	ks, err := openJKS(data, password)
	if err != nil {
		return nil, err
	}
	var certs []*x509.Certificate
	for _, alias := range ks.Aliases() {
		if !ks.IsTrustedCertificateEntry(alias) {
			continue
		}
		entry, err := ks.GetTrustedCertificateEntry(alias)
		if err != nil {
			return nil, fmt.Errorf("alias %q: %w", alias, err)
		}
		cert, err := x509.ParseCertificate(entry.Certificate.Content)
		if err != nil {
			return nil, fmt.Errorf("alias %q: %w", alias, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errors.New("there is no trusted certificate in it")
	}
	return certs, nil
}

// pairsJKS gives every key with its chain, in the order of their aliases. TLS takes the first
// that the broker accepts.
func pairsJKS(data []byte, password, keyPassword string) ([]tls.Certificate, error) {
	ks, err := openJKS(data, password)
	if err != nil {
		return nil, err
	}
	var pairs []tls.Certificate
	for _, alias := range ks.Aliases() {
		if !ks.IsPrivateKeyEntry(alias) {
			continue
		}
		pair, err := pairJKS(ks, alias, keyPassword)
		if err != nil {
			return nil, fmt.Errorf("alias %q: %w", alias, err)
		}
		pairs = append(pairs, pair)
	}
	if len(pairs) == 0 {
		return nil, errors.New("there is no private key in it")
	}
	return pairs, nil
}

func pairJKS(ks keystore.KeyStore, alias, password string) (tls.Certificate, error) {
	entry, err := ks.GetPrivateKeyEntry(alias, []byte(password))
	if err != nil {
		return tls.Certificate{}, errors.New("the key password is wrong")
	}
	key, err := x509.ParsePKCS8PrivateKey(entry.PrivateKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("the key: %w", err)
	}
	chain := make([][]byte, len(entry.CertificateChain))
	for i, cert := range entry.CertificateChain {
		chain[i] = cert.Content
	}
	return derPair(chain, key)
}
