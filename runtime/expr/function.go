package expr

import (
	"fmt"
	"regexp"

	"github.com/penstock-dev/penstock/runtime/expr/internal/syntax"
)

// functions are called by #name(…).
var functions = map[string]bool{"jsonPath": true}

// call compiles #name(…): there is one function.
func (c *compiler) call(n *syntax.Node) (eval, *shape) {
	if !functions[n.Name] {
		c.fail(n.Offset, "unknown function #%s%s", n.Name, didYouMean(n.Name, "#", functions))
		return failing, anyShape
	}
	return c.jsonPath(n)
}

var secretName = regexp.MustCompile(`^/(env/[A-Za-z_][A-Za-z0-9_]*|file/[^/:\\.][^/:\\]*(:[^:]+)?)$`)

// secret compiles #secrets.get('…'): a literal, so that no request chooses what is read. The
// scope's object #secrets is asked for the property of that name.
func (c *compiler) secret(n *syntax.Node) (eval, *shape) {
	receiver, _ := c.scoped(n.Args[0])
	switch args := n.Args[1:]; {
	case n.Name != "get":
		c.fail(n.Offset, "#secrets has no method %q: it has get", n.Name)
	case len(args) != 1:
		c.fail(n.Offset, "get takes 1 argument, not %d", len(args))
	case args[0].Op != syntax.OpText:
		c.fail(args[0].Offset, "the name of a secret is a text in quotes: nothing computed")
	case !secretName.MatchString(args[0].Text):
		c.fail(args[0].Offset, "%q names no secret: write /env/NAME, /file/NAME or /file/NAME:key", args[0].Text)
	default:
		name := args[0].Text
		return func(s *state) (Value, error) {
			v, err := receiver(s)
			if err != nil {
				return Value{}, err
			}
			if v.kind != Structure {
				return Value{}, at(n.Offset, fmt.Errorf("#secrets is %s", v.kind))
			}
			v, err = v.ref.(Object).Property(name)
			return v, placed(n.Offset, err)
		}, textShape
	}
	return failing, anyShape
}
