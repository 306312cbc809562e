package security

import (
	"bytes"
	"encoding/base64"
	"errors"
)

// format is what a store is, whatever its configuration says.
type format int

const (
	formatPEM format = iota + 1
	formatJKS
	formatPKCS12
)

// content gives the bytes of a store, from its file or from inline text, and their format.
// Inline text that is not PEM is base64 of the store.
func content(location, inline string) ([]byte, format, error) {
	data := []byte(inline)
	if location != "" {
		var err error
		if data, err = readFile(location); err != nil {
			return nil, 0, err
		}
	} else if !isPEM(data) {
		raw, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil)))
		if err != nil {
			return nil, 0, errors.New("inline text is neither PEM nor base64")
		}
		data = raw
	}
	f, err := formatOf(data)
	return data, f, err
}

func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }

// formatOf reads the format from the first bytes.
func formatOf(data []byte) (format, error) {
	switch {
	case isPEM(data):
		return formatPEM, nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}):
		return formatJKS, nil
	case bytes.HasPrefix(data, []byte{0xce, 0xce, 0xce, 0xce}):
		return 0, errors.New("the store is JCEKS, which is not read: convert it to PKCS12 with keytool -importkeystore")
	case len(data) > 0 && data[0] == 0x30:
		return formatPKCS12, nil
	}
	return 0, errors.New("the store is none of PEM, PKCS12 and JKS")
}
