// Package config reads the configuration of the gateway: defaults, then a YAML file, then
// PENSTOCK_* variables, each stronger than the one before. Package schema judges the result.
package config

import "time"

// Config is the whole configuration, evaluated. Default says what each value is when nothing
// is written; docs/operations.md explains them.
type Config struct {
	Listen  Listen  `koanf:"listen"`
	Admin   Admin   `koanf:"admin"`
	Drain   Drain   `koanf:"drain"`
	Tenant  string  `koanf:"tenant"` // endpoints with tenants serve only when theirs is among them
	Secrets Secrets `koanf:"secrets"`
	CORS    CORS    `koanf:"cors"`
	Limits  Limits  `koanf:"limits"`
	Produce Produce `koanf:"produce"`
	Consume Consume `koanf:"consume"`
	Log     Log     `koanf:"log"`

	// Properties and Dictionaries are what expressions read as #properties and #dictionaries.
	Properties   map[string]string            `koanf:"properties"`
	Dictionaries map[string]map[string]string `koanf:"dictionaries"`

	// Auth holds what was written below auth.*; it is resolved when the gateway starts, because
	// only then the security schemes of the documents are known.
	Auth Auth `koanf:"-"`

	// APIs holds what was written below apis.*; it is resolved when an api is mounted, because
	// only then its names are known.
	APIs APIs `koanf:"-"`
}

// Listen is the listener of web clients.
type Listen struct {
	Address           string        `koanf:"address"`
	TLS               TLS           `koanf:"tls"`
	HTTP2             string        `koanf:"http2"`          // HTTP2TLS, HTTP2Clear or HTTP2Off
	TrustedProxies    []string      `koanf:"trustedProxies"` // CIDRs whose X-Forwarded-* and Forwarded are believed
	ReadHeaderTimeout time.Duration `koanf:"readHeaderTimeout"`
	ReadTimeout       time.Duration `koanf:"readTimeout"` // of a whole request; streams are free of it
	IdleTimeout       time.Duration `koanf:"idleTimeout"`
	WriteStallTimeout time.Duration `koanf:"writeStallTimeout"` // a stream whose client reads nothing for so long is closed
}

// TLS of the client listener; without a certificate it speaks plain HTTP.
type TLS struct {
	CertFile     string `koanf:"certFile"`
	KeyFile      string `koanf:"keyFile"`
	ClientCAFile string `koanf:"clientCAFile"`
	ClientAuth   string `koanf:"clientAuth"` // none, optional or required; empty: required with ClientCAFile, else none
}

// Admin is the listener of health, metrics and profiles.
type Admin struct {
	Address  string `koanf:"address"`
	Profiles bool   `koanf:"profiles"`
}

// Drain is the way down: not ready for Delay, then at most Timeout for everything else.
type Drain struct {
	Delay   time.Duration `koanf:"delay"`
	Timeout time.Duration `koanf:"timeout"`
}

// Secrets is where #secrets.get reads.
type Secrets struct {
	Dir string `koanf:"dir"` // of files; nothing outside of it is read
}

// CORS is off without origins.
type CORS struct {
	AllowOrigins []string      `koanf:"allowOrigins"`
	AllowHeaders []string      `koanf:"allowHeaders"`
	MaxAge       time.Duration `koanf:"maxAge"`
}

// Limits bound what web clients can take.
type Limits struct {
	Body              Size `koanf:"body"`
	NDJSONLine        Size `koanf:"ndjsonLine"`
	WebSocketMessage  Size `koanf:"websocketMessage"`
	Headers           Size `koanf:"headers"`
	Streams           int  `koanf:"streams"`
	StreamsPerSubject int  `koanf:"streamsPerSubject"` // of one authenticated subject
	StreamsPerAddress int  `koanf:"streamsPerAddress"` // of one address, anonymous
	Connections       int  `koanf:"connections"`       // of the client listener
	RequestsPerSecond int  `koanf:"requestsPerSecond"` // of a subject, else of an address; 0: any number
	Burst             int  `koanf:"burst"`             // 0: as RequestsPerSecond
	DynamicClients    int  `koanf:"dynamicClients"`    // Kafka clients that requests choose
	GroupMembers      int  `koanf:"groupMembers"`
	CatchUpReaders    int  `koanf:"catchUpReaders"`
	TopicsPerHub      int  `koanf:"topicsPerHub"`
	HubBytesPerTopic  Size `koanf:"hubBytesPerTopic"`
	BytesPerStream    Size `koanf:"bytesPerStream"`
	// ProcessBytes bounds the records that the process holds; a share counts from the memory
	// limit of the process (GOMEMLIMIT, the container's, else the machine's memory).
	ProcessBytes Share `koanf:"processBytes"`
}

// Produce is the way to Kafka.
type Produce struct {
	Timeout          time.Duration `koanf:"timeout"`
	Linger           time.Duration `koanf:"linger"`
	MaxBufferedBytes Size          `koanf:"maxBufferedBytes"`
}

// Consume is the way from Kafka.
type Consume struct {
	FetchMaxWait   time.Duration `koanf:"fetchMaxWait"`
	SessionTimeout time.Duration `koanf:"sessionTimeout"`
	CommitInterval time.Duration `koanf:"commitInterval"`
	TopicRefresh   time.Duration `koanf:"topicRefresh"`
	GroupProtocol  string        `koanf:"groupProtocol"` // GroupClassic or GroupConsumer
}

// Log is where and how the gateway says what happens; it always writes to standard error.
type Log struct {
	Level  string `koanf:"level"`
	Format string `koanf:"format"` // json or text; empty: json, text on a terminal
}

// The values of listen.http2.
const (
	HTTP2TLS   = "tls" // on TLS connections, by ALPN
	HTTP2Clear = "h2c" // also without TLS, by prior knowledge
	HTTP2Off   = "off"
)

// The values of consume.groupProtocol.
const (
	GroupClassic  = "classic"
	GroupConsumer = "consumer" // KIP-848
)

// Default is the configuration when nothing is written.
func Default() Config {
	return Config{
		Listen: Listen{
			Address:           ":8080",
			HTTP2:             HTTP2TLS,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       30 * time.Second,
			IdleTimeout:       60 * time.Second,
			WriteStallTimeout: 30 * time.Second,
		},
		Admin:   Admin{Address: ":9090"},
		Drain:   Drain{Delay: 5 * time.Second, Timeout: 30 * time.Second},
		Secrets: Secrets{Dir: "/run/secrets"},
		Limits: Limits{
			Body:              1 * MiB,
			NDJSONLine:        1 * MiB,
			WebSocketMessage:  256 * KiB,
			Headers:           32 * KiB,
			Streams:           10000,
			StreamsPerSubject: 50,
			StreamsPerAddress: 1000,
			Connections:       20000,
			DynamicClients:    100,
			GroupMembers:      1000,
			CatchUpReaders:    64,
			TopicsPerHub:      1000,
			HubBytesPerTopic:  16 * MiB,
			BytesPerStream:    256 * KiB,
			ProcessBytes:      Share{Percent: 75},
		},
		Produce: Produce{Timeout: 10 * time.Second, MaxBufferedBytes: 64 * MiB},
		Consume: Consume{
			FetchMaxWait:   250 * time.Millisecond,
			SessionTimeout: 10 * time.Second,
			CommitInterval: time.Second,
			TopicRefresh:   2 * time.Second,
			GroupProtocol:  GroupClassic,
		},
		Log: Log{Level: "info"},
	}
}
