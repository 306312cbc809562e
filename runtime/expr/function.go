package expr

import (
	"fmt"
	"regexp"
)

// functions are called by #name(…).
var functions = map[string]bool{"jsonPath": true}

// call compiles #name(…): there is one function.
func (c *compiler) call(n *node) (eval, *shape) {
	if !functions[n.name] {
		c.fail(n.offset, "unknown function #%s%s", n.name, didYouMean(n.name, "#", functions))
		return failing, anyShape
	}
	return c.jsonPath(n)
}

var secretName = regexp.MustCompile(`^/(env/[A-Za-z_][A-Za-z0-9_]*|file/[^/:\\.][^/:\\]*(:[^:]+)?)$`)

// secret compiles #secrets.get('…'): a literal, so that no request chooses what is read. The
// scope's object #secrets is asked for the property of that name.
func (c *compiler) secret(n *node) (eval, *shape) {
	receiver, _ := c.scoped(n.args[0])
	switch args := n.args[1:]; {
	case n.name != "get":
		c.fail(n.offset, "#secrets has no method %q: it has get", n.name)
	case len(args) != 1:
		c.fail(n.offset, "get takes 1 argument, not %d", len(args))
	case args[0].op != opLiteral || args[0].value.kind != Text:
		c.fail(args[0].offset, "the name of a secret is a text in quotes: nothing computed")
	case !secretName.MatchString(args[0].value.text):
		c.fail(args[0].offset, "%q names no secret: write /env/NAME, /file/NAME or /file/NAME:key", args[0].value.text)
	default:
		name := args[0].value.text
		return func(s *state) (Value, error) {
			v, err := receiver(s)
			if err != nil {
				return Value{}, err
			}
			if v.kind != Structure {
				return Value{}, at(n.offset, fmt.Errorf("#secrets is %s", v.kind))
			}
			v, err = v.ref.(Object).Property(name)
			return v, placed(n.offset, err)
		}, textShape
	}
	return failing, anyShape
}
