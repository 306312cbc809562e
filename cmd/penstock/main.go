// Command penstock turns annotated AsyncAPI and OpenAPI documents into a gateway between web
// clients and Apache Kafka.
//
// Exit codes: 0 done, 1 the input has errors or something failed, 2 the call itself was wrong.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(Main()) }

// Main runs the command line of this process and returns its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return run(ctx, os.Args[1:], newConsole(os.Stdout, os.Stderr))
}
