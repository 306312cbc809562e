package jsonpath

import (
	"github.com/penstock-dev/penstock/runtime/expr/internal/bounds"
	"github.com/penstock-dev/penstock/runtime/expr/internal/value"
)

// Follow reads what a path leads to; a text is read as JSON first. A path to one value gives it, or
// null where there is none; a path with * or .. gives a list.
func Follow(budget *bounds.Budget, v value.Value, steps []Step) (value.Value, error) {
	if v.Kind() == value.Text {
		if err := budget.Look(len(value.AsText(v))); err != nil {
			return value.Value{}, err
		}
		if err := budget.Take(len(value.AsText(v))); err != nil {
			return value.Value{}, err
		}
		read, err := value.OfJSON([]byte(value.AsText(v)))
		if err != nil {
			return value.Value{}, err
		}
		v = read
	}
	found, many := []value.Value{v}, false
	for _, step := range steps {
		many = many || step.deep || step.what == stepAll
		var next []value.Value
		for _, v := range found {
			if err := find(budget, &next, v, step); err != nil {
				return value.Value{}, err
			}
		}
		found = next
	}
	switch {
	case many:
		return value.OfList(found), nil
	case len(found) == 0:
		return value.Value{}, nil
	}
	return found[0], nil
}

// find adds what one step finds in one value.
func find(budget *bounds.Budget, found *[]value.Value, v value.Value, step Step) error {
	if err := budget.Step(); err != nil {
		return err
	}
	add := func(v value.Value) error {
		*found = append(*found, v)
		return budget.Take(bounds.ItemBytes)
	}
	children := childrenOf(v)
	var err error
	switch step.what {
	case stepName:
		if v.Kind() == value.Map {
			if item, ok := value.AsMap(v).Get(step.name); ok {
				err = add(item)
			}
		}
	case stepIndex:
		i := step.index
		if i < 0 {
			i += value.Size(v)
		}
		if v.Kind() == value.List && i >= 0 && i < value.Size(v) {
			err = add(value.Item(v, i))
		}
	case stepAll:
		for _, item := range children {
			if err == nil {
				err = add(item)
			}
		}
	}
	if !step.deep {
		return err
	}
	for _, item := range children {
		if err == nil {
			err = find(budget, found, item, step)
		}
	}
	return err
}

func childrenOf(v value.Value) []value.Value {
	var list []value.Value
	switch v.Kind() {
	case value.List:
		for i := range value.Size(v) {
			list = append(list, value.Item(v, i))
		}
	case value.Map:
		for _, k := range value.AsMap(v).Keys() {
			item, _ := value.AsMap(v).Get(k)
			list = append(list, item)
		}
	}
	return list
}
