package config

// APIs is what the configuration says below apis.*, not yet matched with the mounted apis.
type APIs struct{}
