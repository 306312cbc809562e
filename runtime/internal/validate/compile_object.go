package validate

import (
	"encoding/json"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/validate/sentence"
)

// fewProperties is up to where a search through the properties beats a map.
const fewProperties = 8

func (k *compiler) objects(n *node, s *endpoint.Schema, at string) error {
	if len(s.Properties) == 0 && len(s.Required) == 0 && s.Additional == nil &&
		s.MinProperties == 0 && s.MaxProperties == nil {
		return nil
	}
	r := &objectRules{min: s.MinProperties, max: -1, few: sentence.AtLeast(s.MinProperties, "property")}
	if s.MaxProperties != nil {
		r.max, r.many = *s.MaxProperties, sentence.AtMost(*s.MaxProperties, "property")
	}
	var err error
	if r.additional, err = k.schema(s.Additional, at+"/additionalProperties"); err != nil {
		return err
	}
	r.closed = r.additional != nil && r.additional.never
	index := map[string]int{}
	for _, p := range s.Properties {
		if _, twice := index[p.Name]; twice {
			return wrong(at, "property %q is declared twice", p.Name)
		}
		child, err := k.schema(p.Schema, at+"/properties/"+string(appendToken(nil, []byte(p.Name))))
		if err != nil {
			return err
		}
		index[p.Name] = len(r.props)
		r.props = append(r.props, property{name: p.Name, quoted: quoted(p.Name), node: child})
	}
	r.require(s.Required, index)
	r.words = (len(r.props) - 1) / 64
	if len(r.props) > fewProperties {
		r.byName = index
	}
	for i := range r.props {
		r.props[i].follower.Store(int32(i) + 1)
	}
	n.objects = r
	return nil
}

// require marks the required properties; names that are not declared get an entry too.
func (r *objectRules) require(names []string, index map[string]int) {
	for _, name := range names {
		i, known := index[name]
		if !known {
			i = len(r.props)
			index[name] = i
			r.props = append(r.props, property{name: name, quoted: quoted(name), node: r.additional})
		}
		if r.props[i].missing != "" {
			continue // required twice
		}
		r.props[i].missing = sentence.Missing(name)
		r.required = append(r.required, i)
	}
}

// quoted is the name with its closing quote, "" when it cannot be written without escapes.
func quoted(name string) string {
	text, err := json.Marshal(name)
	if err != nil || string(text) != `"`+name+`"` {
		return ""
	}
	return string(text[1:])
}
