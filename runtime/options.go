package runtime

import "log/slog"

// Option changes how a gateway is made.
type Option interface{ apply(*options) }

type options struct {
	log *slog.Logger // nil: made of the configuration, to standard error
}

type optionFunc func(*options)

func (f optionFunc) apply(o *options) { f(o) }

// WithLogger makes the gateway log to l; log.level and log.format of the configuration do not
// count then.
func WithLogger(l *slog.Logger) Option { return optionFunc(func(o *options) { o.log = l }) }
