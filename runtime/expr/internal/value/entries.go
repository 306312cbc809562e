package value

// Entries is a map made by an expression or read from JSON.
type Entries struct {
	keys   []string
	values map[string]Value
}

// NewEntries makes an empty map.
func NewEntries() *Entries { return &Entries{values: map[string]Value{}} }

// Set adds an entry, or changes the value of the one that there is.
func (e *Entries) Set(key string, v Value) {
	if _, known := e.values[key]; !known {
		e.keys = append(e.keys, key)
	}
	e.values[key] = v
}

// Get implements Mapping.
func (e *Entries) Get(key string) (Value, bool) {
	v, ok := e.values[key]
	return v, ok
}

// Keys implements Mapping.
func (e *Entries) Keys() []string { return e.keys }
