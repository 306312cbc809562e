package expr

import "testing"

func TestTrail(t *testing.T) {
	depends := func(trail *Trail, text string, place Place) bool {
		t.Helper()
		compiled, err := Compile(text, place)
		if err != nil {
			t.Fatal(err)
		}
		return trail.Depends(compiled)
	}
	var none Trail
	for text, want := range map[string]bool{
		"text":                             false,
		"{#request.method}":                true,
		"a-{#request.headers['x']?.[0]}":   true,
		"{#message.content}":               true,
		"{#subscription.clientId}":         false,
		"{#properties['a']}":               false,
		"{#dictionaries['a']['b']}":        false,
		"{#api.name}-{#node.id}":           false,
		"{#context.attributes['x']}":       false,
		"{(1 + 1)}":                        false,
		"{({#request.path}.contains(''))}": true,
	} {
		if got := depends(&none, text, Message); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if depends(&none, "{#secrets.get('/env/A')}", Configuration) {
		t.Error("a secret depends on the request")
	}
	var trail Trail
	trail.Assign("tenant")
	trail.Assign("gravitee.attribute.kafka.topics")
	for text, want := range map[string]bool{
		"{#context.attributes['tenant']}":                          true,
		"{#context.attributes.tenant}":                             true,
		"{#context.attributes['other']}":                           false,
		"{#context.attributes['kafka.topics']}":                    true,
		"{#context.attributes['gravitee.attribute.kafka.topics']}": true,
		"{#context.attributes['topics']}":                          false,
		"{#context.attributes['ten' + 'ant']}":                     true,
		"{#context.attributes.keySet()}":                           true,
		"{#properties['tenant']}":                                  false,
	} {
		if got := depends(&trail, text, Request); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if !trail.Holds("tenant") || trail.Holds("kafka.topics") {
		t.Error("names are not kept as they are written")
	}
}

func TestWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "text": false, "{#request.path}": true, " {#request.path}": false, "{#request.path}{#request.path}": false,
		"{(1)}": true, "a{(1)}": false, "{(1)};": false,
	} {
		compiled, err := Compile(text, Request)
		if err != nil {
			t.Fatal(err)
		}
		if got := compiled.Whole(); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
