package security

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	mskModule = "software.amazon.msk.auth.iam.IAMLoginModule required "
	mskBroker = "b-1.penstock.abc123.c2.kafka.eu-central-1.amazonaws.com:9098"
)

// noAWS hides the machine's own AWS configuration.
func noAWS(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": filepath.Join(dir, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials"),
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_ENDPOINT_URL_STS": "",
		"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "geheim-env", "AWS_SESSION_TOKEN": "",
		"AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
	} {
		t.Setenv(name, value)
	}
	return dir
}

// checkPayload compares a login with what AWS's own signer makes of the same request
// (Signature Version 4, in the query), and with the members that MSK wants.
func checkPayload(t *testing.T, payload []byte, region string, c aws.Credentials) {
	t.Helper()
	var got map[string]string
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatalf("%q: %v", payload, err)
	}
	at, err := time.Parse("20060102T150405Z", got["x-amz-date"])
	if err != nil || time.Since(at).Abs() > time.Hour {
		t.Fatalf("x-amz-date %q: %v", got["x-amz-date"], err)
	}
	host := strings.TrimSuffix(mskBroker, ":9098")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/?Action=kafka-cluster%3AConnect&X-Amz-Expires=300", nil)
	if err != nil {
		t.Fatal(err)
	}
	nothing := sha256.Sum256(nil)
	signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), c, req, hex.EncodeToString(nothing[:]), "kafka-cluster", region, at)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"version": "2020_10_22", "host": host, "user-agent": "penstock"}
	for name, values := range u.Query() {
		want[strings.ToLower(name)] = values[0]
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func mskFirst(t *testing.T, options string) ([]byte, error) {
	t.Helper()
	c, err := login(t, "SASL_SSL", "AWS_MSK_IAM", mskModule+options+";")
	if err != nil {
		return nil, err
	}
	m, err := c.SASL(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	_, first, err := m.Authenticate(t.Context(), mskBroker)
	return first, err
}

func TestMSKSignsWithTheDefaultChain(t *testing.T) {
	dir := noAWS(t)
	first, err := mskFirst(t, "")
	if err != nil {
		t.Fatal(err)
	}
	checkPayload(t, first, "eu-central-1", aws.Credentials{AccessKeyID: "AKIDENV", SecretAccessKey: "geheim-env"})
	t.Setenv("AWS_SESSION_TOKEN", "token/+ =")
	if first, err = mskFirst(t, ""); err != nil {
		t.Fatal(err)
	}
	checkPayload(t, first, "eu-central-1", aws.Credentials{AccessKeyID: "AKIDENV", SecretAccessKey: "geheim-env", SessionToken: "token/+ ="})

	replace(t, filepath.Join(dir, "credentials"), "[other]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = geheim-other\n")
	if first, err = mskFirst(t, "awsProfileName=other"); err != nil {
		t.Fatal(err)
	}
	checkPayload(t, first, "eu-central-1", aws.Credentials{AccessKeyID: "AKIDOTHER", SecretAccessKey: "geheim-other"})
}

// tokenService is a double of AWS STS that lets roles be taken.
type tokenService struct {
	*issuer
	mu    sync.Mutex
	asked []string // what of each request matters
}

func newTokenService(t *testing.T) *tokenService {
	t.Helper()
	s := &tokenService{}
	s.issuer = newIssuer(t, false, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		credential, _, _ = strings.Cut(credential, ",")
		parts := strings.Split(credential, "/")
		s.mu.Lock()
		s.asked = append(s.asked, fmt.Sprint(r.PostForm.Get("Action"), " ", r.PostForm.Get("RoleArn"), " ", r.PostForm.Get("RoleSessionName"), " ",
			r.PostForm.Get("ExternalId"), " by ", parts[0], " in ", parts[2], " ", r.Header.Get("X-Amz-Security-Token")))
		s.mu.Unlock()
		if strings.Contains(r.PostForm.Get("RoleArn"), "refused") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>`))
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>geheim-role</SecretAccessKey>`+
			`<SessionToken>role-token</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
	t.Setenv("AWS_ENDPOINT_URL_STS", s.URL)
	return s
}

func TestMSKTakesARole(t *testing.T) {
	noAWS(t)
	service := newTokenService(t)
	const arn = "arn:aws:iam::123456789012:role/kafka"
	for _, tt := range []struct{ options, asked string }{
		{`awsRoleArn="` + arn + `"`, "AssumeRole " + arn + " aws-msk-iam-auth  by AKIDENV in aws-global "},
		{`awsRoleArn="` + arn + `" awsRoleSessionName=gateway awsRoleExternalId=e awsStsRegion=eu-west-1`, "AssumeRole " + arn + " gateway e by AKIDENV in eu-west-1 "},
		{
			`awsRoleArn="` + arn + `" awsRoleAccessKeyId=AKIDKEYS awsRoleSecretAccessKey="geheim-keys" awsRoleSessionToken=keys-token`,
			"AssumeRole " + arn + " aws-msk-iam-auth  by AKIDKEYS in aws-global keys-token",
		},
	} {
		service.asked = nil
		first, err := mskFirst(t, tt.options)
		if err != nil {
			t.Errorf("%s: %v", tt.options, err)
			continue
		}
		checkPayload(t, first, "eu-central-1", aws.Credentials{AccessKeyID: "ASIAROLE", SecretAccessKey: "geheim-role", SessionToken: "role-token"})
		if len(service.asked) != 1 || service.asked[0] != tt.asked {
			t.Errorf("%s: asked %q, want %q", tt.options, service.asked, tt.asked)
		}
	}
	service.asked = nil
	_, err := mskFirst(t, `awsRoleArn="arn:aws:iam::123456789012:role/refused" awsMaxRetries=0`)
	if err == nil || !strings.HasPrefix(err.Error(), "credentials of AWS: ") || !strings.Contains(err.Error(), "AccessDenied: not authorized") || len(service.asked) != 1 {
		t.Errorf("got %v after %d requests", err, len(service.asked))
	}
}

func TestMSKRefuses(t *testing.T) {
	noAWS(t)
	const prefix = "security.sasl.saslJaasConfig: "
	for options, want := range map[string]string{
		"awsMaxRetries=many":     prefix + "awsMaxRetries is no number from 0 to 100",
		"awsMaxBackOffTimeMs=0":  prefix + "awsMaxBackOffTimeMs is no number from 1 to 60000",
		"awsProfileName=nowhere": prefix + "failed to get shared config profile, nowhere",
		"awsProfileName=a awsRoleArn=b awsRoleSecretAccessKey=geheim": prefix + "line 1, column 71: awsProfileName and awsRoleArn exclude each other",
	} {
		_, err := mskFirst(t, options)
		same(t, options, err, want)
	}
	_, err := login(t, "SASL_PLAINTEXT", "AWS_MSK_IAM", mskModule+";")
	same(t, "not encrypted", err, "security.sasl.saslMechanism AWS_MSK_IAM needs security.protocol SASL_SSL")
	c, err := login(t, "SASL_SSL", "AWS_MSK_IAM", mskModule+";")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = open(t, c).Authenticate(t.Context(), "kafka.internal:9098")
	same(t, "no region", err, `cannot determine the region in "kafka.internal"`)
	t.Setenv("AWS_REGION", "eu-west-3")
	if _, first, err := open(t, c).Authenticate(t.Context(), "kafka.internal:9098"); err != nil || !strings.Contains(string(first), "/eu-west-3/kafka-cluster/") {
		t.Errorf("got %q, %v", first, err)
	}
}
