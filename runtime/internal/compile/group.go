package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/runtime/endpoint"
	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/internal/exchange"
	"github.com/penstock-dev/penstock/runtime/internal/override"
)

// group is the endpoints that can serve an operation. Safe for concurrent use.
type group struct {
	clients    Clients
	attributes *override.Attributes
	enums      []endpoint.Param
	candidates []*candidate
	tiers      []tier // primaries, secondaries; without one of them only the other
}

// tier is endpoints among which a load balancer chooses.
type tier struct {
	balancer
	members []*candidate
}

// arrange sorts the candidates into primaries and secondaries.
func (g *group) arrange(kind endpoint.LoadBalancer) {
	for _, secondary := range []bool{false, true} {
		var t tier
		var weights []int
		for _, c := range g.candidates {
			if c.secondary == secondary {
				t.members = append(t.members, c)
				weights = append(weights, c.weight)
			}
		}
		if len(t.members) > 0 {
			t.balancer = newBalancer(kind, weights)
			g.tiers = append(g.tiers, t)
		}
	}
}

// several says that ids name their endpoint.
func (g *group) several() bool { return g.candidates[0].prefix != "" }

// enter computes what a request is before an endpoint is chosen for it, once: the attributes of the
// request. A path parameter that is not in its enumeration is 400.
func (g *group) enter(x *exchange.Exchange) error {
	if x.Choice != nil {
		return nil
	}
	for i := range g.enums {
		if value, given := x.Params[g.enums[i].Name]; given && !slices.Contains(g.enums[i].Enum, value) {
			return core.NewError(core.CodeInvalidRequest,
				fmt.Sprintf("path parameter %q is not one of %s", g.enums[i].Name, strings.Join(g.enums[i].Enum, ", ")))
		}
	}
	g.attributes.Request(x)
	return nil
}

// connect gives the endpoint of a request with its cluster: the one that was chosen before, else
// the next usable one. Errors are *core.Error.
func (g *group) connect(x *exchange.Exchange) (connection, error) {
	if err := g.enter(x); err != nil {
		return connection{}, err
	}
	if chosen, ok := x.Choice.(*choice); ok {
		return chosen.hold(g.clients)
	}
	if len(g.candidates) == 1 {
		return g.serve(x, g.candidates[0])
	}
	return g.balance(x)
}

// connectTo gives the endpoint of a name, which a cursor says.
func (g *group) connectTo(x *exchange.Exchange, name string) (connection, error) {
	if err := g.enter(x); err != nil {
		return connection{}, err
	}
	for _, c := range g.candidates {
		if c.name == name {
			return g.serve(x, c)
		}
	}
	return connection{}, core.NewError(core.CodeInvalidCursor,
		fmt.Sprintf("the cursor names endpoint %q, which this operation does not read", name))
}

// balance chooses among several endpoints. An endpoint that is not usable is passed over; where none
// is, the load balancer's choice answers.
func (g *group) balance(x *exchange.Exchange) (connection, error) {
	var tried []*candidate
	for _, t := range g.tiers {
		may := func(i int) bool { return !slices.Contains(tried, t.members[i]) && t.members[i].mayBeUsable() }
		for i := t.next(may); i >= 0; i = t.next(may) {
			conn, err := g.serve(x, t.members[i])
			switch {
			case err == nil && conn.cluster.Usable():
				return conn, nil
			case err == nil:
				conn.release()
			case core.CodeOf(err) != core.CodeBrokerUnavailable:
				return connection{}, err
			}
			tried = append(tried, t.members[i])
		}
	}
	first := g.tiers[0]
	return g.serve(x, first.members[first.next(func(int) bool { return true })])
}

// serve makes a candidate the choice of a request.
func (g *group) serve(x *exchange.Exchange, c *candidate) (connection, error) {
	chosen, err := c.evaluate(x)
	if err != nil {
		return connection{}, err
	}
	conn, err := chosen.hold(g.clients)
	if err == nil {
		x.Choice = chosen
	}
	return conn, err
}
