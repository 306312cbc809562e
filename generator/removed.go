package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/penstock-dev/penstock/generator/internal/model"
	"github.com/penstock-dev/penstock/generator/internal/write"
)

// Removed is a package of an earlier run that no document of this one is for.
type Removed struct {
	Package string `json:"package"` // its folder below Out
	Source  string `json:"source"`  // the document that it was generated from, as a user names it; "" where the code does not say
	Reason  string `json:"reason"`
	// Forgotten says that the document is still there, and was not named.
	Forgotten bool `json:"forgotten"`
}

// removed says why packages are removed.
func (t target) removed(packages []write.Package, models []*model.Model) ([]Removed, error) {
	var list []Removed
	for _, p := range packages {
		if p.Source == "" { // somebody has changed the first line
			list = append(list, Removed{Package: p.Folder, Reason: "it is of none of the documents"})
			continue
		}
		r := Removed{Package: p.Folder, Source: t.displayed(p.Source, nil)}
		named := slices.IndexFunc(models, func(m *model.Model) bool { return m.Source == p.Source })
		_, err := os.Stat(rooted(t.root).path(p.Source))
		switch {
		case named >= 0:
			r.Reason = fmt.Sprintf("the api of %s is %q now", r.Source, models[named].API)
		case errors.Is(err, fs.ErrNotExist):
			r.Reason = r.Source + " is not there any more"
		case err != nil:
			return nil, fmt.Errorf("look for the document of package %q: %w", p.Folder, err)
		default:
			r.Reason = r.Source + " was not among the documents"
			r.Forgotten = true
		}
		list = append(list, r)
	}
	return list, nil
}
