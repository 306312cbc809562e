package security

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// content gives the bytes of a store, from its file or from inline text. Inline text that is
// not PEM is base64 of the store.
func content(location, inline string) ([]byte, error) {
	data := []byte(inline)
	if location != "" {
		var err error
		if data, err = os.ReadFile(location); err != nil {
			return nil, err
		}
	} else if !isPEM(data) {
		raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil)))
		if err != nil {
			return nil, errors.New("inline text is neither PEM nor base64")
		}
		data = raw
	}
	return data, checkFormat(data)
}

func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }

// checkFormat reads the store's real type from its first bytes, whatever its configuration says.
func checkFormat(data []byte) error {
	switch {
	case isPEM(data):
		return nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}):
		return errors.New("the store is JKS, which this version does not read: convert it to PEM")
	case bytes.HasPrefix(data, []byte{0xce, 0xce, 0xce, 0xce}):
		return errors.New("the store is JCEKS, which is not read: convert it to PEM")
	case len(data) > 0 && data[0] == 0x30:
		return errors.New("the store is PKCS12, which this version does not read: convert it to PEM")
	}
	return errors.New("the store is not PEM")
}

// parseCertificates gives the certificates of a PEM text; other blocks are passed over.
func parseCertificates(data []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errors.New("there is no certificate in it")
	}
	return certs, nil
}

// parseKeyPair joins chain and key. The error never holds key material.
func parseKeyPair(chain, key []byte) (*tls.Certificate, error) {
	if bytes.Contains(key, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----")) ||
		bytes.Contains(key, []byte("Proc-Type: 4,ENCRYPTED")) {
		return nil, errors.New("the key is encrypted, which this version does not read")
	}
	cert, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, err
	}
	return &cert, nil
}
