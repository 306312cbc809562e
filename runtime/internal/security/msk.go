package security

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/twmb/franz-go/pkg/sasl"
	mskiam "github.com/twmb/franz-go/pkg/sasl/aws"
	"golang.org/x/sync/singleflight"

	"github.com/penstock-dev/penstock/runtime/internal/core"
	"github.com/penstock-dev/penstock/runtime/jaas"
)

// What Amazon's library takes where an option is absent.
const (
	defaultSessionName = "aws-msk-iam-auth"
	defaultSTSRegion   = "aws-global"
	defaultMaxRetries  = 3
	defaultMaxBackoff  = 5 * time.Second
)

// credentialsTimeout bounds how long AWS is asked for credentials, retries included.
const credentialsTimeout = 10 * time.Second

// mskLogin is AWS_MSK_IAM: the login is a signed request that MSK checks.
func mskLogin(e jaas.Entry) (opener, error) {
	o, err := readMSK(e)
	if err != nil {
		return nil, err
	}
	return func(*slog.Logger) (sasl.Mechanism, error) {
		if _, err := o.load(context.Background()); err != nil { // files only: a profile that is missing
			return nil, err
		}
		return mskiam.ManagedStreamingIAM(o.shared()), nil
	}, nil
}

// mskOptions are the options of IAMLoginModule.
type mskOptions struct {
	profile    string
	role       *stscreds.AssumeRoleOptions // nil: no role
	roleKeys   aws.Credentials             // that may take the role; without them the default ones do
	roleSecret core.Secret
	stsRegion  string
	retries    int
	backoff    time.Duration
}

func readMSK(e jaas.Entry) (*mskOptions, error) {
	o := &mskOptions{
		profile: option(e, "awsProfileName"), stsRegion: cmp.Or(option(e, "awsStsRegion"), defaultSTSRegion),
		retries: defaultMaxRetries, backoff: defaultMaxBackoff,
	}
	if arn := option(e, "awsRoleArn"); arn != "" {
		o.role = &stscreds.AssumeRoleOptions{RoleARN: arn, RoleSessionName: cmp.Or(option(e, "awsRoleSessionName"), defaultSessionName)}
		if id := option(e, "awsRoleExternalId"); id != "" {
			o.role.ExternalID = &id
		}
		o.roleKeys.AccessKeyID, o.roleKeys.SessionToken = option(e, "awsRoleAccessKeyId"), option(e, "awsRoleSessionToken")
		o.roleSecret = core.NewSecret(option(e, "awsRoleSecretAccessKey"))
	}
	if text := option(e, "awsMaxRetries"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 100 {
			return nil, errors.New("awsMaxRetries is no number from 0 to 100")
		}
		o.retries = n
	}
	if text := option(e, "awsMaxBackOffTimeMs"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 60_000 {
			return nil, errors.New("awsMaxBackOffTimeMs is no number from 1 to 60000")
		}
		o.backoff = time.Duration(n) * time.Millisecond
	}
	return o, nil
}

// shared gives what signs each login. Credentials are fetched for each one, because MSK refuses a
// session that ends soon; logins at the same moment share them.
func (o *mskOptions) shared() func(context.Context) (mskiam.Auth, error) {
	var flight singleflight.Group
	return func(ctx context.Context) (mskiam.Auth, error) {
		fetch := func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), credentialsTimeout)
			defer cancel()
			return o.retrieve(ctx)
		}
		select {
		case result := <-flight.DoChan("", fetch):
			if result.Err != nil {
				return mskiam.Auth{}, fmt.Errorf("credentials of AWS: %w", result.Err)
			}
			c, _ := result.Val.(aws.Credentials)
			return mskiam.Auth{AccessKey: c.AccessKeyID, SecretKey: c.SecretAccessKey, SessionToken: c.SessionToken, UserAgent: "penstock"}, nil
		case <-ctx.Done():
			return mskiam.Auth{}, context.Cause(ctx)
		}
	}
}

// load reads environment and files as AWS's tools do (the default chain, or a profile).
func (o *mskOptions) load(ctx context.Context) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(r *retry.StandardOptions) { r.MaxAttempts, r.MaxBackoff = o.retries+1, o.backoff })
		}),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.DisableKeepAlives = true })),
	}
	if o.profile != "" {
		options = append(options, config.WithSharedConfigProfile(o.profile))
	}
	if o.roleKeys.AccessKeyID != "" {
		options = append(options, config.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(o.roleKeys.AccessKeyID, o.roleSecret.Reveal(), o.roleKeys.SessionToken)))
	}
	return config.LoadDefaultConfig(ctx, options...)
}

// retrieve gives credentials for one login.
func (o *mskOptions) retrieve(ctx context.Context) (aws.Credentials, error) {
	conf, err := o.load(ctx)
	switch {
	case err != nil:
		return aws.Credentials{}, err
	case o.role == nil:
		return conf.Credentials.Retrieve(ctx)
	}
	client := sts.NewFromConfig(conf, func(s *sts.Options) { s.Region = o.stsRegion })
	return stscreds.NewAssumeRoleProvider(client, o.role.RoleARN, func(r *stscreds.AssumeRoleOptions) {
		r.RoleSessionName, r.ExternalID = o.role.RoleSessionName, o.role.ExternalID
	}).Retrieve(ctx)
}
