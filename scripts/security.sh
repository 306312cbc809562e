#!/usr/bin/env bash
# Logins to a real Apache Kafka: starts a Kerberos KDC and runs the tests of test/security, which
# start the broker and a token issuer. Everything ends with it.
#
#   scripts/security.sh CMD [ARG...]    runs CMD with PENSTOCK_TEST_SECURITY=DIR, where DIR has
#                                       libs, krb5.conf, broker.keytab, gateway.keytab, gateway.cache
#
# Needs a JRE 17 or newer, Maven and Debian's krb5-kdc; where apt-get can install them, it does.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
realm=PENSTOCK.TEST

say() { printf 'security: %s\n' "$*" >&2; }

# tools installs the KDC and its tools.
tools() {
	PATH=$PATH:/usr/sbin
	command -v krb5kdc >/dev/null && command -v kadmin.local >/dev/null && command -v kinit >/dev/null && return
	say "installing krb5-kdc, krb5-admin-server and krb5-user"
	local sudo=""
	[ "$(id -u)" = 0 ] || sudo=sudo
	command -v apt-get >/dev/null || { say "install a MIT Kerberos KDC first: this system has no apt-get"; exit 1; }
	$sudo apt-get -qq update
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y krb5-kdc krb5-admin-server krb5-user >&2
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
	local port
	while :; do
		port=$((12000 + RANDOM % 8000))
		listening "$port" || { echo "$port"; return; }
	done
}

# kdc starts a realm of its own, which touches nothing of the system's.
kdc() {
	local port
	port=$(free_port)
	cat >"$dir/krb5.conf" <<-CONF
		[libdefaults]
		 default_realm = $realm
		 dns_lookup_kdc = false
		 dns_lookup_realm = false
		 dns_canonicalize_hostname = false
		 rdns = false
		 udp_preference_limit = 1
		[realms]
		 $realm = {
		  kdc = 127.0.0.1:$port
		 }
	CONF
	cat >"$dir/kdc.conf" <<-CONF
		[kdcdefaults]
		 kdc_listen = ""
		 kdc_tcp_listen = 127.0.0.1:$port
		[realms]
		 $realm = {
		  database_name = $dir/principal
		  key_stash_file = $dir/stash
		  acl_file = $dir/acl
		  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
		 }
	CONF
	export KRB5_CONFIG=$dir/krb5.conf KRB5_KDC_PROFILE=$dir/kdc.conf
	kdb5_util create -s -r "$realm" -P "$(head -c 18 /dev/urandom | base64)" >"$dir/kdc.log" 2>&1
	{
		echo "add_principal -randkey kafka/localhost"
		echo "add_principal -randkey gateway"
		echo "ktadd -k $dir/broker.keytab kafka/localhost"
		echo "ktadd -k $dir/gateway.keytab gateway"
	} | kadmin.local >>"$dir/kdc.log" 2>&1
	krb5kdc -n >>"$dir/kdc.log" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		listening "$port" && break
		kill -0 "$pid" 2>/dev/null || { say "the KDC did not start; its log:"; cat "$dir/kdc.log" >&2; exit 1; }
		sleep 0.1
	done
	kinit -k -t "$dir/gateway.keytab" -c "$dir/gateway.cache" gateway
	say "a KDC of the realm $realm listens on 127.0.0.1:$port"
}

stop() {
	[ -z "${pid:-}" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$dir"
}

[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
dir=$(mktemp -d)
trap stop EXIT
tools
ln -s "$("$root/scripts/kafka.sh" libs)" "$dir/libs"
kdc
say "running $*"
PENSTOCK_TEST_SECURITY=$dir "$@"
