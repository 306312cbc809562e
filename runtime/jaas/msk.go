package jaas

// msk is the login module of Amazon's library for MSK.
var msk = module{
	class: "software.amazon.msk.auth.iam.IAMLoginModule",
	options: []string{
		"awsProfileName", "awsRoleArn", "awsRoleExternalId", "awsRoleAccessKeyId", "awsRoleSecretAccessKey",
		"awsRoleSessionToken", "awsRoleSessionName", "awsStsRegion", "awsDebugCreds", "awsMaxRetries", "awsMaxBackOffTimeMs",
	},
	rules: rules{
		with: map[string][]string{
			"awsRoleExternalId":      {"awsRoleArn"},
			"awsRoleSessionName":     {"awsRoleArn"},
			"awsStsRegion":           {"awsRoleArn"},
			"awsRoleAccessKeyId":     {"awsRoleArn", "awsRoleSecretAccessKey"},
			"awsRoleSecretAccessKey": {"awsRoleArn", "awsRoleAccessKeyId"},
			"awsRoleSessionToken":    {"awsRoleArn", "awsRoleAccessKeyId"},
		},
		excludes: [][2]string{{"awsProfileName", "awsRoleArn"}},
		unserved: map[string]string{"awsDebugCreds": "identities are not written to the log: ask AWS with aws sts get-caller-identity"},
	},
}
