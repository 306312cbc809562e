package value

import (
	"errors"
	"fmt"
	"strings"
)

// Flag is a value as a boolean: the texts of Spring's StringToBooleanConverter are taken too.
func Flag(v Value) (bool, error) {
	switch v.kind {
	case Bool:
		return v.number != 0, nil
	case Text:
		switch strings.ToLower(v.text) {
		case "true", "on", "yes", "1":
			return true, nil
		case "false", "off", "no", "0":
			return false, nil
		}
		return false, errors.New("the text is no boolean")
	}
	return false, fmt.Errorf("%s is no boolean", v.kind)
}
