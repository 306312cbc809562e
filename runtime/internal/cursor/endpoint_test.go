package cursor

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/penstock-dev/penstock/runtime/internal/core"
)

func TestEndpoint(t *testing.T) {
	for _, test := range []struct{ text, name, rest, detail string }{
		{"", "", "", ""},
		{"orders@0#4", "", "orders@0#4", ""},
		{"eu!orders@0#4,1#7", "eu", "orders@0#4,1#7", ""},
		{"eu!orders@0#4;users@0#-1", "eu", "orders@0#4;users@0#-1", ""},
		{"eu!users@0#4;eu!orders@0#1", "eu", "orders@0#1;users@0#4", ""},
		{base64.StdEncoding.EncodeToString([]byte("eu-1.a!orders@0#4")), "eu-1.a", "orders@0#4", ""},
		{"eu!orders@0#4;us!orders@0#4", "", "", several},
		{"eu!orders@0#4;orders@0#5", "", "", malformed},
		{"!orders@0#4", "", "", malformed},
		{"eu!", "", "", malformed},
		{"#-1", "", "#-1", ""},
		{"eu!#-1", "eu", "#-1", ""},
		{base64.StdEncoding.EncodeToString([]byte("eu!#-1")), "eu", "#-1", ""},
		{"eu!#-1;eu!orders@0#4", "", "", malformed},
	} {
		name, rest, err := Endpoint(test.text)
		if test.detail != "" {
			var coded *core.Error
			if !errors.As(err, &coded) || coded.Code != core.CodeInvalidCursor || coded.Detail != test.detail {
				t.Errorf("%q: got %v, want %s", test.text, err, test.detail)
			}
			continue
		}
		if err != nil || name != test.name || rest != test.rest {
			t.Errorf("%q: got %q, %q, %v, want %q, %q", test.text, name, rest, err, test.name, test.rest)
		}
	}
}
