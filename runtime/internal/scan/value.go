package scan

// Space is the position of the next byte that is not white space.
func Space(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// Peek is the byte at a position, 0 at the end: no JSON token starts with 0.
func Peek(b []byte, i int) byte {
	if i < len(b) {
		return b[i]
	}
	return 0
}

// Skip reads a value of any kind.
func (s *Scanner) Skip(i int) int {
	switch b := Peek(s.Buf, i); b {
	case '"':
		end, _, _ := s.Text(i)
		return end
	case '{':
		return s.skipObject(i)
	case '[':
		return s.skipArray(i)
	case 't', 'f', 'n':
		return s.Literal(i)
	default:
		end, _ := s.Number(i)
		return end
	}
}

func (s *Scanner) skipObject(i int) int {
	if !s.Enter(i) {
		return Failed
	}
	i = Space(s.Buf, i+1)
	if Peek(s.Buf, i) == '}' {
		s.Depth--
		return i + 1
	}
	for {
		end, _, _ := s.Name(i)
		if i = s.Colon(end); i == Failed {
			return Failed
		}
		if i = s.Skip(i); i == Failed {
			return Failed
		}
		i = Space(s.Buf, i)
		switch Peek(s.Buf, i) {
		case ',':
			i = Space(s.Buf, i+1)
		case '}':
			s.Depth--
			return i + 1
		default:
			return s.Expected(i, `expected "," or "}"`)
		}
	}
}

func (s *Scanner) skipArray(i int) int {
	if !s.Enter(i) {
		return Failed
	}
	i = Space(s.Buf, i+1)
	if Peek(s.Buf, i) == ']' {
		s.Depth--
		return i + 1
	}
	for {
		if i = s.Skip(i); i == Failed {
			return Failed
		}
		i = Space(s.Buf, i)
		switch Peek(s.Buf, i) {
		case ',':
			i = Space(s.Buf, i+1)
		case ']':
			s.Depth--
			return i + 1
		default:
			return s.Expected(i, `expected "," or "]"`)
		}
	}
}

// Enter counts an object or array that opens at i; false when that is too deep. Whoever reads to its
// end takes one off Depth.
func (s *Scanner) Enter(i int) bool {
	s.Depth++
	if s.Depth > maxDepth {
		s.malformed(i, "nested deeper than 10,000 levels")
		return false
	}
	return true
}

// Name reads the name of a property, as Text does.
func (s *Scanner) Name(i int) (end, length int, escaped bool) {
	if Peek(s.Buf, i) != '"' {
		return s.Expected(i, "expected the name of a property"), 0, false
	}
	return s.Text(i)
}

// Colon goes from the end of a name to the value; Failed stays Failed.
func (s *Scanner) Colon(i int) int {
	if i == Failed {
		return Failed
	}
	i = Space(s.Buf, i)
	if Peek(s.Buf, i) != ':' {
		return s.Expected(i, `expected ":"`)
	}
	return Space(s.Buf, i+1)
}

// Literal reads true, false or null, told by the first byte.
func (s *Scanner) Literal(i int) int {
	word := "null"
	switch s.Buf[i] {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	}
	end := i + len(word)
	if end <= len(s.Buf) && string(s.Buf[i:end]) == word {
		return end
	}
	return s.Expected(i, "expected a value")
}

// Number reads a number; whole is the position after the digits before the point, 0 when there is
// an exponent.
func (s *Scanner) Number(i int) (end, whole int) {
	b, first := s.Buf, i
	if Peek(b, i) == '-' {
		i++
	}
	switch d := Peek(b, i); {
	case d == '0':
		i++
	case '1' <= d && d <= '9':
		i = digits(b, i)
	case i == first:
		return s.Expected(i, "expected a value"), 0
	default:
		return s.Expected(i, "expected a digit"), 0
	}
	whole = i
	if Peek(b, i) == '.' {
		if i = digits(b, i+1); b[i-1] == '.' {
			return s.Expected(i, "expected a digit"), 0
		}
	}
	if e := Peek(b, i); e == 'e' || e == 'E' {
		whole = 0
		i++
		if sign := Peek(b, i); sign == '+' || sign == '-' {
			i++
		}
		at := i
		if i = digits(b, i); i == at {
			return s.Expected(i, "expected a digit"), 0
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
