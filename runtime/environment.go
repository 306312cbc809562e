package runtime

import (
	"fmt"
	"os"

	"github.com/penstock-dev/penstock/runtime/internal/scope"
)

// environment is what the expressions of an api see of the gateway: #api, #node, #properties,
// #dictionaries and #secrets.
func (gw *Gateway) environment(api API) (*scope.Environment, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("#node.id: %w", err)
	}
	name := api.Title
	if name == "" {
		name = api.Name
	}
	return &scope.Environment{
		API:        scope.API{ID: api.Name, Name: name, Version: api.Version},
		Node:       scope.Node{ID: host, Version: version(), Tenant: gw.cfg.Tenant},
		Properties: gw.cfg.Properties, Dictionaries: gw.cfg.Dictionaries, Secrets: gw.secrets,
	}, nil
}
