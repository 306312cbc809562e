package security

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/youmark/pkcs8"
)

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

// pemPair joins a chain and the first private key of a text. The error never holds key material.
func pemPair(chain, key []byte, password string) (tls.Certificate, error) {
	for block, rest := pem.Decode(key); block != nil; block, rest = pem.Decode(rest) {
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue
		}
		plain, err := decrypt(block, password)
		if err != nil {
			return tls.Certificate{}, err
		}
		return tls.X509KeyPair(chain, pem.EncodeToMemory(plain))
	}
	return tls.Certificate{}, errors.New("there is no private key in it")
}

// decrypt gives a block with the key in the clear.
func decrypt(block *pem.Block, password string) (*pem.Block, error) {
	traditional := strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
	switch {
	case !traditional && block.Type != "ENCRYPTED PRIVATE KEY":
		return block, nil
	case password == "":
		return nil, errors.New("the key is encrypted: keyPassword is missing")
	case traditional:
		der, err := x509.DecryptPEMBlock(block, []byte(password)) //nolint:staticcheck // weak, but what such files are
		if errors.Is(err, x509.IncorrectPasswordError) {
			return nil, errors.New("the key password is wrong")
		}
		if err != nil {
			return nil, fmt.Errorf("the key: %w", err)
		}
		return &pem.Block{Type: block.Type, Bytes: der}, nil
	}
	key, _, err := pkcs8.ParsePrivateKey(block.Bytes, []byte(password))
	if err != nil {
		return nil, unreadableKey(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}, nil
}

// unreadableKey translates errors of the library, which has no values for them.
func unreadableKey(err error) error {
	switch text := strings.TrimPrefix(err.Error(), "pkcs8: "); text {
	case "incorrect password":
		return errors.New("the key password is wrong")
	default:
		return fmt.Errorf("the key is encrypted in a way that is not read (%s): convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc", text)
	}
}

// derPair joins a chain, the own certificate first, and a key.
func derPair(chain [][]byte, key any) (tls.Certificate, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("the key: %w", err)
	}
	var text []byte
	for _, cert := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})...)
	}
	return tls.X509KeyPair(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
