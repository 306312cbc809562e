package value

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
)

// Equal is == : numbers by value, lists and maps by their items, never a text with a number.
func Equal(budget *bounds.Budget, a, b Value) (bool, error) {
	if err := budget.Step(); err != nil {
		return false, err
	}
	if IsNumber(a) && IsNumber(b) {
		if a.kind == Int && b.kind == Int {
			return a.number == b.number, nil
		}
		return AsFloat(a) == AsFloat(b), nil
	}
	if a.kind != b.kind {
		return false, nil
	}
	switch a.kind {
	case Null:
		return true, nil
	case Bool:
		return a.number == b.number, nil
	case Text:
		return a.text == b.text, budget.Look(min(len(a.text), len(b.text)))
	case List:
		return equalLists(budget, a, b)
	case Map:
		return equalMaps(budget, AsMap(a), AsMap(b))
	}
	return false, errors.New("objects cannot be compared")
}

func equalLists(budget *bounds.Budget, a, b Value) (bool, error) {
	if Size(a) != Size(b) {
		return false, nil
	}
	for i := range Size(a) {
		if same, err := Equal(budget, Item(a, i), Item(b, i)); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func equalMaps(budget *bounds.Budget, a, b Mapping) (bool, error) {
	keys := a.Keys()
	if len(keys) != len(b.Keys()) {
		return false, nil
	}
	for _, k := range keys {
		x, _ := a.Get(k)
		y, known := b.Get(k)
		if !known {
			return false, nil
		}
		if same, err := Equal(budget, x, y); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// Unordered says whether one of two numbers is NaN, which is neither less nor greater than any.
func Unordered(a, b Value) bool {
	return IsNumber(a) && IsNumber(b) && (math.IsNaN(AsFloat(a)) || math.IsNaN(AsFloat(b)))
}

// Compare orders two values: numbers, with NaN before the others; texts by bytes; booleans. null is
// before everything.
func Compare(a, b Value) (int, error) {
	switch {
	case a.kind == Null || b.kind == Null:
		return cmp.Compare(min(a.kind, 1), min(b.kind, 1)), nil
	case a.kind == Int && b.kind == Int:
		return cmp.Compare(AsInt(a), AsInt(b)), nil
	case IsNumber(a) && IsNumber(b):
		return cmp.Compare(AsFloat(a), AsFloat(b)), nil
	case a.kind == Text && b.kind == Text:
		return strings.Compare(a.text, b.text), nil
	case a.kind == Bool && b.kind == Bool:
		return cmp.Compare(a.number, b.number), nil
	}
	return 0, fmt.Errorf("%s and %s have no order", a.kind, b.kind)
}
