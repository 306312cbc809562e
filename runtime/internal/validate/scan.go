package validate

// space is the position of the next byte that is not white space.
func space(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// peek is the byte at a position, 0 at the end: no JSON token starts with 0.
func peek(b []byte, i int) byte {
	if i < len(b) {
		return b[i]
	}
	return 0
}

// skip reads a value of any kind.
func (c *checker) skip(i int) int {
	switch b := peek(c.buf, i); b {
	case '"':
		end, _, _ := c.str(i)
		return end
	case '{':
		return c.skipObject(i)
	case '[':
		return c.skipArray(i)
	case 't', 'f', 'n':
		return c.literal(i)
	default:
		end, _ := c.number(i)
		return end
	}
}

func (c *checker) skipObject(i int) int {
	if !c.enter(i) {
		return failed
	}
	i = space(c.buf, i+1)
	if peek(c.buf, i) == '}' {
		c.depth--
		return i + 1
	}
	for {
		end, _, _ := c.name(i)
		if i = c.colon(end); i == failed {
			return failed
		}
		if i = c.skip(i); i == failed {
			return failed
		}
		i = space(c.buf, i)
		switch peek(c.buf, i) {
		case ',':
			i = space(c.buf, i+1)
		case '}':
			c.depth--
			return i + 1
		default:
			return c.syntax(i, `expected "," or "}"`)
		}
	}
}

func (c *checker) skipArray(i int) int {
	if !c.enter(i) {
		return failed
	}
	i = space(c.buf, i+1)
	if peek(c.buf, i) == ']' {
		c.depth--
		return i + 1
	}
	for {
		if i = c.skip(i); i == failed {
			return failed
		}
		i = space(c.buf, i)
		switch peek(c.buf, i) {
		case ',':
			i = space(c.buf, i+1)
		case ']':
			c.depth--
			return i + 1
		default:
			return c.syntax(i, `expected "," or "]"`)
		}
	}
}

// enter counts an object or array that opens.
func (c *checker) enter(i int) bool {
	c.depth++
	if c.depth > maxDepth {
		c.malformed(i, "nested deeper than 10,000 levels")
		return false
	}
	return true
}

// name reads the name of a property.
func (c *checker) name(i int) (end, length int, escaped bool) {
	if peek(c.buf, i) != '"' {
		return c.syntax(i, "expected the name of a property"), 0, false
	}
	return c.str(i)
}

// colon goes from the end of a name to the value; failed stays failed.
func (c *checker) colon(i int) int {
	if i == failed {
		return failed
	}
	i = space(c.buf, i)
	if peek(c.buf, i) != ':' {
		return c.syntax(i, `expected ":"`)
	}
	return space(c.buf, i+1)
}

// literal reads true, false or null.
func (c *checker) literal(i int) int {
	word := "null"
	switch c.buf[i] {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	}
	end := i + len(word)
	if end <= len(c.buf) && string(c.buf[i:end]) == word {
		return end
	}
	return c.syntax(i, "expected a value")
}

// number reads a number; whole is the position after the digits before the point, 0 when there is
// an exponent.
func (c *checker) number(i int) (end, whole int) {
	b, first := c.buf, i
	if peek(b, i) == '-' {
		i++
	}
	switch d := peek(b, i); {
	case d == '0':
		i++
	case '1' <= d && d <= '9':
		i = digits(b, i)
	case i == first:
		return c.syntax(i, "expected a value"), 0
	default:
		return c.syntax(i, "expected a digit"), 0
	}
	whole = i
	if peek(b, i) == '.' {
		if i = digits(b, i+1); b[i-1] == '.' {
			return c.syntax(i, "expected a digit"), 0
		}
	}
	if e := peek(b, i); e == 'e' || e == 'E' {
		whole = 0
		i++
		if s := peek(b, i); s == '+' || s == '-' {
			i++
		}
		at := i
		if i = digits(b, i); i == at {
			return c.syntax(i, "expected a digit"), 0
		}
	}
	return i, whole
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}
