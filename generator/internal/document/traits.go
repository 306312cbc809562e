package document

// WithTraits gives an AsyncAPI operation or message with its traits applied by RFC 7386.
// Since 3.0 a trait must not override what the object says itself; in 2.x it does.
// References of n and of the traits must be resolvable.
func (d *Document) WithTraits(n *Node) *Node {
	traits := n.Get("traits")
	if traits == nil || traits.Kind != Array || !d.Format.Async() {
		return n
	}
	if done := d.traited[n]; done != nil {
		return done
	}
	result := &Node{Kind: Object, Pos: n.Pos}
	own := n.without("traits")
	if d.Format == AsyncAPI2 {
		result = d.overlay(result, own)
	}
	for _, item := range traits.Items {
		if trait, issue := d.Resolve(item); issue == nil {
			result = d.overlay(result, trait)
		}
	}
	if d.Format == AsyncAPI3 {
		result = d.overlay(result, own)
	}
	d.alike(result, n)
	d.traited[n] = result
	return result
}

// without copies an object but for one member.
func (n *Node) without(key string) *Node {
	c := *n
	c.Members = nil
	for _, m := range n.Members {
		if m.Key != key {
			c.Members = append(c.Members, m)
		}
	}
	return &c
}

// overlay merges a patch into a base (RFC 7386) without changing either. Where both have a
// value, references among them are followed first, because siblings of $ref do not count.
func (d *Document) overlay(base, patch *Node) *Node {
	if base.Kind != Object || patch.Kind != Object {
		return patch
	}
	result := *base
	result.Members = append([]Member(nil), base.Members...)
	d.alike(&result, base)
	for _, m := range patch.Members {
		i := result.index(m.Key)
		switch {
		case m.Value.Kind == Null && i >= 0:
			result.Members = append(result.Members[:i], result.Members[i+1:]...)
		case m.Value.Kind == Null:
		case i < 0:
			result.Members = append(result.Members, m)
		default:
			m.Value = d.overlay(d.followed(result.Members[i].Value), d.followed(m.Value))
			result.Members[i] = m
		}
	}
	return &result
}

func (d *Document) followed(n *Node) *Node {
	if target, issue := d.Resolve(n); issue == nil {
		return target
	}
	return n
}

// index is the place of a member; -1 when there is none.
func (n *Node) index(key string) int {
	for i := range n.Members {
		if n.Members[i].Key == key {
			return i
		}
	}
	return -1
}
