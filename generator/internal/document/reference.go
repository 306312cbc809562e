package document

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// maxChain is how many references may lead to one value.
const maxChain = 100

// Reference is the text of the node's $ref; "" when it is no reference.
func (n *Node) Reference() string { return n.Get("$ref").Str() }

// Resolve follows the references of a node to the value that they stand for. Nothing is
// fetched; a relative reference is resolved by the place of the file that holds it. The node
// is nil when the issue is not.
func (d *Document) Resolve(n *Node) (*Node, *Issue) {
	return d.resolve(n, 0)
}

func (d *Document) resolve(n *Node, depth int) (*Node, *Issue) {
	first := n
	for n.Reference() != "" {
		if depth++; depth > maxChain {
			return nil, d.referenceIssue(first, "reference %q leads back to itself", first.Reference())
		}
		next, issue := d.target(n, depth)
		if issue != nil {
			return nil, issue
		}
		n = next
	}
	return n, nil
}

// target is the node that a reference names, which may be a reference itself.
func (d *Document) target(n *Node, depth int) (*Node, *Issue) {
	ref := n.Reference()
	name, fragment, _ := strings.Cut(ref, "#")
	t, issue := d.referenced(n, name)
	if issue != nil {
		return nil, issue
	}
	if t.root == nil {
		return nil, d.referenceIssue(n, "reference %q: the file cannot be read, see its own problems", ref)
	}
	pointer, err := url.PathUnescape(fragment)
	if err != nil || pointer != "" && !strings.HasPrefix(pointer, "/") {
		return nil, d.referenceIssue(n, "reference %q: the part after # must be a JSON pointer such as #/components/schemas/Order", ref)
	}
	return d.walkPointer(n, t.root, pointer, depth)
}

// walkPointer finds a pointer below root. References on the way are followed.
func (d *Document) walkPointer(from, root *Node, pointer string, depth int) (*Node, *Issue) {
	at := root
	for _, member := range Split(pointer) {
		if at.child(member) == nil && at.Reference() != "" {
			if depth++; depth > maxChain {
				return nil, d.referenceIssue(from, "reference %q leads back to itself", from.Reference())
			}
			var issue *Issue
			if at, issue = d.resolve(at, depth); issue != nil {
				return nil, issue
			}
		}
		next := at.child(member)
		if next == nil {
			return nil, d.referenceIssue(from, "reference %q names nothing: there is no %q in %s%s",
				from.Reference(), member, d.placeName(at), didYouMean(member, at.Keys()))
		}
		at = next
	}
	return at, nil
}

// placeName names a node for messages.
func (d *Document) placeName(n *Node) string {
	if p := d.Pointer(n); p != "" {
		return "#" + p
	}
	return path.Base(n.Pos.File)
}

var (
	scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)
	drive  = regexp.MustCompile(`^[A-Za-z]:`)
)

// referenced opens the file that the first part of a reference names; "" is the file that
// holds the reference.
func (d *Document) referenced(n *Node, name string) (*tree, *Issue) {
	ref := n.Reference()
	holder := n.Get("$ref").Pos.File
	if name == "" {
		return d.open(holder), nil
	}
	if scheme.MatchString(name) || strings.HasPrefix(name, "//") {
		return nil, d.referenceIssue(n, "remote reference %q is not fetched: keep a copy beside the document and refer to that", ref)
	}
	name, err := url.PathUnescape(name)
	if err != nil || path.IsAbs(name) || drive.MatchString(name) || strings.ContainsAny(name, "\\\x00") {
		return nil, d.referenceIssue(n, "reference %q: a file is named by its relative path, with forward slashes", ref)
	}
	file := path.Join(path.Dir(holder), name)
	t := d.open(file)
	if t.missing {
		t.issues = nil // told at each reference instead
		return nil, d.referenceIssue(n, "reference %q: there is no file %q%s", ref, file, didYouMean(path.Base(file), neighbours(d.files, file)))
	}
	return t, nil
}

// referenceIssue makes an error at the value of a $ref.
func (d *Document) referenceIssue(n *Node, format string, args ...any) *Issue {
	at := n.Get("$ref")
	return &Issue{Pos: at.Pos, Pointer: d.Pointer(at), Message: fmt.Sprintf(format, args...)}
}

// Inline copies a value with every reference in it replaced by what it stands for. A
// reference that contains itself is an error.
func (d *Document) Inline(n *Node) (*Node, []Issue) {
	in := &inliner{doc: d, open: map[*Node]bool{}}
	return in.copy(n), in.issues
}

type inliner struct {
	doc    *Document
	open   map[*Node]bool
	copied int
	issues []Issue
}

func (in *inliner) copy(n *Node) *Node {
	if in.copied++; in.copied > maxAliased {
		if in.copied == maxAliased+1 {
			in.issues = append(in.issues, in.doc.Issue(n, "references expand to more than %d values", maxAliased))
		}
		return &Node{Pos: n.Pos}
	}
	if n.Reference() != "" {
		target, issue := in.doc.Resolve(n)
		if issue == nil && in.open[target] {
			issue = in.doc.referenceIssue(n, "reference %q leads back to itself", n.Reference())
		}
		if issue != nil {
			in.issues = append(in.issues, *issue)
			return &Node{Pos: n.Pos}
		}
		in.open[target] = true
		defer delete(in.open, target)
		return in.copy(target)
	}
	c := &Node{Kind: n.Kind, Text: n.Text, Pos: n.Pos}
	in.doc.alike(c, n)
	for _, item := range n.Items {
		c.Items = append(c.Items, in.copy(item))
	}
	if n.Kind == Array && c.Items == nil {
		c.Items = []*Node{}
	}
	for _, m := range n.Members {
		c.Members = append(c.Members, Member{Key: m.Key, KeyPos: m.KeyPos, Value: in.copy(m.Value)})
	}
	return c
}

// RootOf is the root of the file that a node stands in.
func (d *Document) RootOf(n *Node) *Node {
	if t := d.trees[path.Clean(n.Pos.File)]; t != nil && t.root != nil {
		return t.root
	}
	return d.Root
}
