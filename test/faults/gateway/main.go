// Command gateway is the gateway of test/faults/specs/faults.yaml. It reads PENSTOCK_* variables only.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/penstock-dev/penstock/runtime"
	"github.com/penstock-dev/penstock/test/faults/generated"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx); err != nil {
		log.Print(err)
	}
}

func serve(ctx context.Context) error {
	cfg, err := runtime.LoadConfig("", os.Environ())
	if err != nil {
		return err
	}
	gw, err := runtime.New(cfg)
	if err != nil {
		return err
	}
	if err := generated.Register(gw, generated.Hooks{}); err != nil {
		return err
	}
	return gw.Run(ctx)
}
