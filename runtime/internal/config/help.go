package config

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/penstock-dev/penstock/schema"
)

// Describe writes every setting with its variable, default and meaning. Settings of an api are
// there with <api> for its name; what their patches may hold is said by the schema.
func Describe(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVARIABLE\tDEFAULT\tMEANING")
	for _, p := range schema.Properties(schema.Gateway) {
		setting, variable, ok := listed(p)
		if !ok {
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", setting, variable, preset(p), meaning(p))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

// placeholders are the free names of the settings that are listed.
var placeholders = map[string]string{
	"apis": "<api>", "endpoints": "<endpoint>", "operations": "<operation>", "auth": "<scheme>",
	"properties": "<name>", "dictionaries": "<dictionary>", "<dictionary>": "<key>",
}

// listed gives a setting and its variable for the list; false for what others stand for: groups,
// items of lists, and the inside of the patches of an api.
func listed(p schema.Property) (setting, variable string, ok bool) {
	names := slices.Clone(p.Path)
	for i, name := range names {
		if name != "*" {
			continue
		}
		free, known := placeholders[names[i-1]]
		if !known {
			return "", "", false
		}
		names[i] = free
	}
	api := names[0] == "apis"
	patch := api && len(names) == 4
	group := slices.Equal(p.Types, []string{"object"})
	switch {
	case api && (len(names) > 4 || names[len(names)-1] == "allow" || len(names) > 2 && names[2] == "allow"):
		return "", "", false
	case group && !patch:
		return "", "", false
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = strings.ToUpper(name)
	}
	setting, variable = strings.Join(names, "."), Prefix+strings.Join(parts, "__")
	if patch {
		return setting + ".…", variable + "__…", true
	}
	return setting, variable, true
}

func preset(p schema.Property) string {
	switch value := p.Default.(type) {
	case nil:
		return "-"
	case []any:
		if len(value) == 0 {
			return "none"
		}
	}
	return fmt.Sprint(p.Default)
}

func meaning(p schema.Property) string {
	if p.Enum == nil {
		return p.Description
	}
	return p.Description + " One of " + strings.Join(p.Enum, ", ") + "."
}
