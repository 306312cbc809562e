package schema

// Effective applies the switch inheritConfiguration to an endpoint of a group: true takes the
// group's whole sharedConfiguration, false (the default) the endpoint's whole
// sharedConfigurationOverride; fields are never mixed.
//
// The result is a copy of the endpoint object in canonical spelling whose
// sharedConfigurationOverride is the chosen part, {} when there is none. Its inheritConfiguration
// is false, so that the switch is thrown once only and stronger annotations patch what it chose;
// $schema is left out. A nil group is an endpoint that stands alone: it has nothing to inherit.
func Effective(endpoint, group map[string]any) map[string]any {
	out, _ := Canonical(endpoint).(map[string]any)
	delete(out, "$schema")
	chosen := out["sharedConfigurationOverride"]
	if inherit, _ := endpoint["inheritConfiguration"].(bool); inherit && group != nil {
		chosen = Canonical(group["sharedConfiguration"])
	}
	if chosen == nil {
		chosen = map[string]any{}
	}
	out["sharedConfigurationOverride"] = chosen
	out["inheritConfiguration"] = false
	return out
}
