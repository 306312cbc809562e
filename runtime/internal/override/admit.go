package override

import (
	"errors"
	"fmt"

	"github.com/penstock-dev/penstock/runtime/expr"
	"github.com/penstock-dev/penstock/schema"
)

// freedom is what is known before any request of the values that requests choose.
type freedom struct {
	trail expr.Trail // of the phase request
	// overrides holds the properties that an attribute can give a value of a request; messages the
	// names of attributes that do so for a message.
	overrides map[int]bool
	messages  map[string]bool
	// options of saslJaasConfig that requests choose and that are judged.
	options map[string]bool
}

// follow finds the assignments whose values depend on a request. The error joins a *Problem for
// each that must not.
func (f *freedom) follow(a *Attributes, allow map[string][]string) error {
	f.overrides, f.messages, f.options = map[int]bool{}, map[string]bool{}, map[string]bool{}
	var problems []error
	for _, assigned := range a.request {
		if f.depends(assigned, allow, &problems) {
			f.trail.Assign(assigned.Name)
			if i, ok := overridden(assigned.Name); ok {
				f.overrides[i] = true
			}
		}
	}
	for _, assigned := range a.message {
		if f.depends(assigned, allow, &problems) {
			f.messages[assigned.Name] = true
		}
	}
	return errors.Join(problems...)
}

// depends says whether the value of an assignment depends on a request, and finds what must not.
func (f *freedom) depends(a *assignment, allow map[string][]string, problems *[]error) bool {
	found := false
	for _, text := range a.parts {
		if !f.trail.Depends(text.Template) {
			continue
		}
		found = true
		if err := f.admit(a.choice.Property, text, allow); err != nil {
			*problems = append(*problems, attributeProblem(a.Attribute, err))
			break
		}
	}
	return found
}

// admit says why requests may not choose the value of a property. What they may choose without an
// entry of x-kafka-allow is admitted; the rest is judged when it was computed.
func (f *freedom) admit(property string, text *part, allow map[string][]string) error {
	what, file, free := property, schema.FileLocation(property), false
	if property == schema.JaasConfig {
		if text.option == "" {
			return errors.New("saslJaasConfig as a whole depends on a request: write the login module, and expressions in its options")
		}
		what = "saslJaasConfig: the option " + text.option
		file, free = schema.FileJaasOption(text.option), schema.FreeJaasOption(text.option)
		if !free {
			f.options[text.option] = true
		}
	}
	if file {
		return fmt.Errorf("%s depends on a request: the gateway's files are not chosen by requests", what)
	}
	entries := schema.Governed(property)
	if len(entries) == 0 || free {
		return nil
	}
	for _, entry := range entries {
		if len(allow[entry]) > 0 {
			return nil
		}
	}
	return fmt.Errorf("%s depends on a request: write what requests may choose, x-kafka-allow: { %s: [ … ] }", property, entries[0])
}
