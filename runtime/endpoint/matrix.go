package endpoint

// Direction is seen from the web client.
type Direction uint8

// The directions.
const (
	Publishing Direction = 1 << iota
	Subscribing
)

// Matrix says which levels an entrypoint has in a direction (docs/qos.md). Generator, runtime
// and documentation read it here and nowhere else.
func Matrix(kind Kind, d Direction) []QoS {
	switch {
	case kind == HTTPPost && d == Publishing, kind == WebSocket && d == Publishing,
		kind == HTTPGet && d == Subscribing, kind == SSE && d == Subscribing,
		kind == WebSocket && d == Subscribing:
		return Levels()
	case kind == Webhook && d == Subscribing:
		return Levels()[1:]
	}
	return nil
}
