// Package runtime serves web clients from Apache Kafka, by what generated code mounts on it.
//
// A gateway is made, generated packages are registered on it, and it runs until its context
// ends and the drain is over:
//
//	cfg, err := runtime.LoadConfig(path, os.Environ())
//	gw, err := runtime.New(cfg)
//	err = generated.Register(gw, generated.Hooks{})
//	err = gw.Run(ctx)
//
// Programs write hooks against Message, Error and Skip, and may add Echo middleware per api.
// Everything else is decided by the documents and by the configuration.
package runtime

// IsAtLeastVersion0_1 is referred to by generated code, so that code generated for a newer
// runtime does not compile against an older one.
const IsAtLeastVersion0_1 = true
