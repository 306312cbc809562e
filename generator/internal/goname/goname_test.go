package goname_test

import (
	"go/token"
	"testing"
	"unicode"

	"github.com/penstock-dev/penstock/generator/internal/goname"
)

func TestExported(t *testing.T) {
	for text, want := range map[string]string{
		"placeOrder":          "PlaceOrder",
		"place-order":         "PlaceOrder",
		"place_order.v1":      "PlaceOrderV1",
		"orderId":             "OrderID",
		"userIDs":             "UserIDs",
		"HTTPServer":          "HTTPServer",
		"https_url":           "HTTPSURL",
		"user/signedup":       "UserSignedup",
		"GET /orders/{id}":    "GETOrdersID",
		"ORDER_PLACED":        "ORDERPLACED",
		"2fa":                 "2fa",
		"":                    "",
		"--":                  "",
		"заказ":               "Заказ",
		"订单":                  "U8BA2U5355",
		"a":                   "A",
		"x\"; func init() {}": "XFuncInit",
	} {
		if got := goname.Exported(text); got != want {
			t.Errorf("Exported(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestUnexported(t *testing.T) {
	for name, want := range map[string]string{
		"PlaceOrder": "placeOrder", "HTTPStatus": "httpStatus", "ID": "id", "OrderID": "orderID", "A": "a", "Заказ": "заказ", "": "",
	} {
		if got := goname.Unexported(name); got != want {
			t.Errorf("Unexported(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLegal(t *testing.T) {
	for name, want := range map[string]bool{
		"orders": true, "type": false, "string": false, "2fa": false, "": false, "_": false, "error": false, "init": false,
	} {
		if got := goname.Legal(name); got != want {
			t.Errorf("Legal(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestSet(t *testing.T) {
	var s goname.Set
	if taken := s.Reserve("Hooks", "Register"); taken != "" {
		t.Fatalf("Reserve on an empty set found %q taken", taken)
	}
	for _, want := range []string{"Order", "Order2", "Order3"} {
		if got := s.Free("Order"); got != want {
			t.Errorf("Free(Order) = %q, want %q", got, want)
		}
	}
	if got := s.Free("Hooks"); got != "Hooks2" {
		t.Errorf("Free(Hooks) = %q, want Hooks2", got)
	}
	if got := s.Reserve("Order2"); got != "Order2" {
		t.Errorf("Reserve(Order2) = %q, want Order2", got)
	}
}

// FuzzExported: whatever a document calls a thing, the result is an exported identifier, or
// empty, or starts with a digit, and naming it again changes nothing.
func FuzzExported(f *testing.F) {
	for _, seed := range []string{"orderId", "订单", "ǅ", "a`b\"c", "2fa", "İ", "ß", "\xff", "IDs"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := goname.Exported(text)
		if got == "" {
			return
		}
		if !token.IsIdentifier("X" + got) {
			t.Fatalf("Exported(%q) = %q, which is no identifier", text, got)
		}
		if first := []rune(got)[0]; !unicode.IsUpper(first) && !unicode.IsDigit(first) {
			t.Fatalf("Exported(%q) = %q, which is not exported", text, got)
		}
	})
}
