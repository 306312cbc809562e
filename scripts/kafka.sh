#!/usr/bin/env bash
# A real Apache Kafka (KRaft, one node) for tests, from Maven artifacts: no container, no root.
#
#   scripts/kafka.sh run CMD [ARG...]   start it on free ports, run CMD with PENSTOCK_TEST_KAFKA=host:port, stop it
#   scripts/kafka.sh start DIR          start it with its data in DIR; prints host:port
#   scripts/kafka.sh restart DIR        start the stopped or killed node of DIR again, on the same ports
#   scripts/kafka.sh stop DIR           stop it
#   scripts/kafka.sh libs               print the folder of its jars
#
# KAFKA_JVM replaces the JVM's options: small and quick to start by default; for figures
# KAFKA_JVM="-Xms1g -Xmx1g". KAFKA_CLOCK=FILE takes the broker's wall clock from a file, which says how far it is off
# (+90m) and may change while it runs; that needs faketime. Needs a JRE 17 or newer and Maven; where apt-get can install them, it does.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache/kafka
jvm=${KAFKA_JVM:--Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}

say() { printf 'kafka: %s\n' "$*" >&2; }

# need PROGRAM PACKAGE: installs a Debian package when the program is missing.
need() {
	command -v "$1" >/dev/null && return
	say "$1 is missing, installing $2"
	local sudo=""
	[ "$(id -u)" = 0 ] || sudo=sudo
	command -v apt-get >/dev/null || { say "install $1 first: this system has no apt-get"; exit 1; }
	$sudo apt-get -qq update && $sudo apt-get -qq install -y "$2" >&2
}

# install copies the jars to the cache, once per pom.xml.
install() {
	local mark
	mark=$cache/$(cksum <"$root/tools/kafka/pom.xml" | tr ' ' -)
	[ -e "$mark" ] && return
	need java openjdk-17-jre-headless
	need mvn maven
	say "fetching Apache Kafka (45 MB, once)"
	rm -rf "$cache"
	mkdir -p "$cache"
	mvn -q -B -f "$root/tools/kafka/pom.xml" dependency:copy-dependencies \
		-DoutputDirectory="$cache/libs" -DincludeScope=runtime >&2
	touch "$mark"
}

# java runs a class of Kafka; the JVM expands libs/*, not the shell.
kafka() { java -cp "$cache/libs/*" -Dlog4j2.configurationFile="$root/tools/kafka/log4j2.yaml" "$@"; }

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: a port of the 3000 from FIRST on, below those that systems give to connections.
free_port() {
	local port
	while :; do
		port=$(($1 + RANDOM % 3000))
		listening "$port" || { echo "$port"; return; }
	done
}

# configure DIR: ports and the formatted log of a new node.
configure() {
	local client controller
	client=$(free_port 20000)
	controller=$(free_port 23000)
	mkdir -p "$1"
	sed -e "s|@CLIENT@|$client|g; s|@CONTROLLER@|$controller|g; s|@DATA@|$1/data|" \
		"$root/tools/kafka/server.properties.in" >"$1/server.properties"
	echo "$client" >"$1/port"
	kafka kafka.tools.StorageTool format --standalone \
		-t "$(kafka kafka.tools.StorageTool random-uuid 2>/dev/null)" -c "$1/server.properties" >"$1/format.log" 2>&1 ||
		{ cat "$1/format.log" >&2; exit 1; }
}

# boot DIR: starts the node and waits until it accepts clients.
boot() {
	local port wall=()
	port=$(cat "$1/port")
	if [ -n "${KAFKA_CLOCK:-}" ]; then
		need faketime faketime
		# The JVM waits by the monotonic clock, which is left alone; with the "fix" its waits end at once.
		wall=(LD_PRELOAD="$(faketime -m -f +0 printenv LD_PRELOAD)" FAKETIME_TIMESTAMP_FILE="$KAFKA_CLOCK" NO_FAKE_STAT=1
			FAKETIME_CACHE_DURATION=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0)
	fi
	# shellcheck disable=SC2086 # options are words
	env "${wall[@]}" java $jvm -cp "$cache/libs/*" -Dlog4j2.configurationFile="$root/tools/kafka/log4j2.yaml" \
		kafka.Kafka "$1/server.properties" >>"$1/kafka.log" 2>&1 </dev/null &
	echo $! >"$1/pid"
	for _ in $(seq 300); do
		if listening "$port"; then
			echo "127.0.0.1:$port"
			return
		fi
		kill -0 "$(cat "$1/pid")" 2>/dev/null || break
		sleep 0.2
	done
	say "the broker did not start; its log:"
	tail -n 30 "$1/kafka.log" >&2
	exit 1
}

stop() {
	local pid
	pid=$(cat "$1/pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || return 0
	for _ in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -9 "$pid" 2>/dev/null || true
}

usage() { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }

case "${1:-}" in
run)
	shift
	[ $# -gt 0 ] || usage
	install
	dir=$(mktemp -d)
	trap 'stop "$dir"; rm -rf "$dir"' EXIT
	configure "$dir"
	# A machine that is busy with tests may be late with a heartbeat: the only broker stays in the cluster.
	echo 'broker.session.timeout.ms=60000' >>"$dir/server.properties"
	address=$(boot "$dir")
	say "Apache Kafka listens on $address"
	PENSTOCK_TEST_KAFKA=$address "$@"
	;;
start)
	[ $# = 2 ] || usage
	install
	configure "$2"
	boot "$2"
	;;
restart)
	[ $# = 2 ] || usage
	install
	stop "$2"
	boot "$2"
	;;
stop)
	[ $# = 2 ] || usage
	stop "$2"
	;;
libs)
	install
	echo "$cache/libs"
	;;
*) usage ;;
esac
