package runtime

import "log/slog"

// Option changes how a gateway is made.
type Option interface{ apply(*options) }

type options struct {
	log     *slog.Logger // nil: made of the configuration, to standard error
	started func(client, admin string)
}

type optionFunc func(*options)

func (f optionFunc) apply(o *options) { f(o) }

// WithLogger makes the gateway log to l; log.level and log.format of the configuration do not
// count then.
func WithLogger(l *slog.Logger) Option { return optionFunc(func(o *options) { o.log = l }) }

// WithStarted makes Run call f once, when both listeners are open, with their addresses. That
// is how a program learns the port that the system chose for port 0.
func WithStarted(f func(client, admin string)) Option {
	return optionFunc(func(o *options) { o.started = f })
}
