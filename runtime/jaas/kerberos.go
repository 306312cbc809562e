package jaas

// kerberos is the login module of OpenJDK, kerberosIBM the one of IBM's older JDKs.
var (
	kerberos = module{
		class:   "com.sun.security.auth.module.Krb5LoginModule",
		options: kerberosOptions,
		rules: rules{
			needs:    []string{"serviceName"},
			oneOf:    []string{"useKeyTab", "useTicketCache"},
			with:     map[string][]string{"keyTab": {"useKeyTab"}, "ticketCache": {"useTicketCache"}, "renewTGT": {"useTicketCache"}},
			unserved: unservedPasswords,
		},
	}
	kerberosIBM = module{class: "com.ibm.security.auth.module.Krb5LoginModule", options: kerberosOptions, rules: kerberos.rules}

	kerberosOptions = []string{
		"useKeyTab", "keyTab", "principal", "serviceName", "useTicketCache", "ticketCache", "renewTGT", "storeKey",
		"doNotPrompt", "refreshKrb5Config", "isInitiator", "debug", "useFirstPass", "tryFirstPass", "storePass", "clearPass",
	}
	unservedPasswords = map[string]string{
		"useFirstPass": unservedPassword, "tryFirstPass": unservedPassword, "storePass": unservedPassword, "clearPass": unservedPassword,
	}
)

const unservedPassword = "there is no password to share: write useKeyTab=true with keyTab and principal, or useTicketCache=true"
