package harness

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/lines"
)

// Setup says how a gateway is made. Its listeners get free ports of 127.0.0.1, and it drains
// without a delay.
type Setup struct {
	File    string                       // its configuration; "" for none
	Environ []string                     // variables, as "PENSTOCK_DRAIN__TIMEOUT=1s"
	Change  func(*runtime.Config)        // of what was loaded; may be nil
	Mount   func(*runtime.Gateway) error // what it serves
}

// Gateway is a whole gateway in the process of its test.
type Gateway struct {
	Address string       // host:port of the client listener
	Admin   string       // host:port of the admin listener
	Log     *lines.Lines // everything from level debug

	Made *runtime.Gateway // what runs

	started chan [2]string
	done    chan error
	cancel  context.CancelFunc
	once    sync.Once
}

// New makes a gateway that does not run. The error is that of the configuration, of what is made of
// it or of Mount, as it is.
func New(s Setup) (*Gateway, error) {
	cfg, err := runtime.LoadConfig(s.File, s.Environ)
	if err != nil {
		return nil, err
	}
	cfg.Listen.Address, cfg.Admin.Address, cfg.Drain.Delay = "127.0.0.1:0", "127.0.0.1:0", 0
	if s.Change != nil {
		s.Change(&cfg)
	}
	g := &Gateway{Log: &lines.Lines{}, started: make(chan [2]string, 1), done: make(chan error, 1)}
	g.Made, err = runtime.New(cfg,
		runtime.WithLogger(slog.New(slog.NewTextHandler(g.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		runtime.WithStarted(func(client, admin string) { g.started <- [2]string{client, admin} }))
	if err != nil {
		return nil, err
	}
	if err := s.Mount(g.Made); err != nil {
		return nil, errors.Join(err, g.Made.Close(context.Background()))
	}
	return g, nil
}

// Start makes a gateway and runs it until the test ends. It returns when the gateway listens. A
// drain that does not end well fails the test; the log is shown where a test fails.
func Start(t testing.TB, s Setup) *Gateway {
	t.Helper()
	g, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	go func() { g.done <- g.Made.Run(ctx) }()
	t.Cleanup(func() {
		if err := g.Stop(); err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
		if t.Failed() {
			t.Logf("log of the gateway:\n%s", g.Log)
		}
	})
	select {
	case at := <-g.started:
		g.Address, g.Admin = at[0], at[1]
	case err := <-g.done:
		g.done <- nil // for Stop
		t.Fatalf("the gateway did not start: %v", err)
	case <-time.After(Patience):
		t.Fatal("the gateway did not start in time")
	}
	return g
}

// Stop asks the gateway to drain, and waits until it has. The first call gives the error; who
// makes it looks at it, instead of the end of the test.
func (g *Gateway) Stop() (err error) {
	g.once.Do(func() {
		g.cancel()
		select {
		case err = <-g.done:
		case <-time.After(Patience):
			err = errors.New("the gateway did not drain in time")
		}
	})
	return err
}

// WriteFile writes a file that only the test's user can read, and gives its path.
func WriteFile(t testing.TB, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Mount mounts apis, one after the other. It is a Mount of Setup.
func Mount(apis ...runtime.API) func(*runtime.Gateway) error {
	return func(gw *runtime.Gateway) error {
		for _, api := range apis {
			if err := gw.Mount(api); err != nil {
				return err
			}
		}
		return nil
	}
}
