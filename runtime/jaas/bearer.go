package jaas

// Options of OAuthBearerLoginModule, as Kafka's Java client names them.
const (
	accessToken   = "access_token"
	tokenEndpoint = "sasl.oauthbearer.token.endpoint.url" //nolint:gosec // the name of an option
	clientID      = "clientId"
	clientSecret  = "clientSecret"
	scope         = "scope"
	audience      = "oauth.audience" // Strimzi's: Kafka has none
)

// oauthBearer has a token, or fetches tokens by the client credentials flow. Kafka has some of
// the options as properties of the client (KIP-768, KIP-1139), Strimzi has names of its own.
var oauthBearer = module{
	class: "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule",
	options: []string{
		accessToken, tokenEndpoint, clientID, clientSecret, scope, audience,
		"ssl.truststore.type", "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.certificates",
	},
	aliases: map[string]string{ //nolint:gosec // names of options
		"oauth.access.token":                                accessToken,
		"oauth.token.endpoint.uri":                          tokenEndpoint,
		"oauth.client.id":                                   clientID,
		"oauth.client.secret":                               clientSecret,
		"oauth.scope":                                       scope,
		"oauth.ssl.truststore.type":                         "ssl.truststore.type",
		"oauth.ssl.truststore.location":                     "ssl.truststore.location",
		"oauth.ssl.truststore.password":                     "ssl.truststore.password",
		"oauth.ssl.truststore.certificates":                 "ssl.truststore.certificates",
		"sasl.oauthbearer.scope":                            scope,
		"sasl.oauthbearer.client.credentials.client.id":     clientID,
		"sasl.oauthbearer.client.credentials.client.secret": clientSecret,
	},
	prefixes: []string{"extension_", "unsecuredLogin"},
	rules: rules{
		oneOf: []string{accessToken, tokenEndpoint},
		with: map[string][]string{
			tokenEndpoint:                 {clientID, clientSecret},
			clientID:                      {tokenEndpoint},
			clientSecret:                  {tokenEndpoint},
			scope:                         {tokenEndpoint},
			audience:                      {tokenEndpoint},
			"ssl.truststore.type":         {tokenEndpoint},
			"ssl.truststore.location":     {tokenEndpoint},
			"ssl.truststore.password":     {tokenEndpoint},
			"ssl.truststore.certificates": {tokenEndpoint},
		},
		excludes: [][2]string{
			{accessToken, tokenEndpoint},
			{accessToken, clientID},
			{accessToken, clientSecret},
			{accessToken, scope},
		},
		unserved: map[string]string{
			"unsecuredLogin": "unsecured tokens are not made: write " + accessToken + ", or " + tokenEndpoint + ", " + clientID + " and " + clientSecret,
		},
	},
}
