package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Document is one document with the files that it refers to. It is not safe for concurrent use.
type Document struct {
	Path    string // as the user named it, slashes forward
	Root    *Node
	Format  Format
	Version string // as the document writes it, "3.1.0"

	files   Files
	trees   map[string]*tree // by cleaned name
	places  map[*Node]place
	traited map[*Node]*Node
}

// tree is one file that was read.
type tree struct {
	name    string // for positions
	root    *Node  // nil when the file cannot be read
	source  *source
	missing bool // it does not exist
	issues  []Issue
}

// Load reads a document and everything it refers to, finds out what it is and checks it by
// the official schema of its format. Issues are in no order, and may be warnings only. The
// document is nil when nothing more can be found out about it; with other errors it is given,
// so that the next stage adds what it finds.
func Load(files Files, name string) (*Document, []Issue) {
	d, issues := Read(files, name)
	if d.Root == nil {
		return nil, issues
	}
	warning, err := d.detect()
	if err != nil {
		return nil, append(issues, *err)
	}
	if warning != nil {
		issues = append(issues, *warning)
	}
	unresolved := d.checkReferences()
	issues = append(issues, unresolved...)
	if d.Format.Async() || !Failed(unresolved) {
		issues = append(issues, d.checkOfficial()...)
	}
	return d, issues
}

// Read reads one file of any kind, such as an endpoint file, without asking what it is. The
// root is nil when the text cannot be read, or means nothing certain.
func Read(files Files, name string) (*Document, []Issue) {
	name = filepath.ToSlash(name)
	d := &Document{Path: name, files: files, trees: map[string]*tree{}, places: map[*Node]place{}, traited: map[*Node]*Node{}}
	t := d.open(name)
	d.Root = t.root
	return d, append([]Issue(nil), t.issues...)
}

// Failed says whether one of the issues is more than a warning.
func Failed(issues []Issue) bool {
	for i := range issues {
		if !issues[i].Warning {
			return true
		}
	}
	return false
}

// open reads a file once. The tree's root is nil when it cannot be read.
func (d *Document) open(name string) *tree {
	key := path.Clean(name)
	if t := d.trees[key]; t != nil {
		return t
	}
	t := &tree{name: name}
	d.trees[key] = t
	data, err := d.files.ReadFile(key)
	if err != nil {
		t.missing = errors.Is(err, fs.ErrNotExist)
		t.issues = []Issue{{Pos: Pos{name, 1, 1}, Message: readError(err)}}
		return t
	}
	s, issue := newSource(name, data)
	if issue != nil {
		t.issues = []Issue{*issue}
		return t
	}
	root, issues := parse(s)
	t.source, t.issues = s, issues
	if root != nil {
		t.root = root
		d.point(root)
	}
	return t
}

// parse chooses the reader: JSON by its name or, for other names, by its look.
func parse(s *source) (*Node, []Issue) {
	switch strings.ToLower(path.Ext(s.name)) {
	case ".json", ".avsc":
		return readJSON(s)
	}
	if json.Valid(s.data) {
		return readJSON(s)
	}
	return readYAML(s)
}

// readError says why a file cannot be read, without its name.
func readError(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read"
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return fmt.Sprintf("the file cannot be read: %s", err)
}
