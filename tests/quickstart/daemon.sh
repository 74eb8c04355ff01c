# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The daemon of ./quickstart: its certificate, its configuration, its start and its stop. Sourced; uses
# $root, $work, $built, say and fail of its caller, and sets $daemon_pid and $server (host:port).

daemon_pid=
start_limit_s=60

# PostgreSQL refuses to run as root, so root's cluster belongs to user postgres and needs a folder which
# that user can reach: not one below a home. The hash keeps two checkouts apart.
daemon_state() {
    short=$(printf '%s' "$root" | sha256sum | cut -c1-12)
    if [ "$(id -u)" = 0 ]; then
        printf '%s' "/var/lib/touchstone-quickstart-$short"
    else
        printf '%s' "$work/state"
    fi
}

daemon_forget() {
    daemon_stop_left_over
    rm -rf "$(daemon_state)" "$work/passwords" "$work/client" "$work/laboratory.id" "$work/host"
}

# The log-ins below build and the laboratory in the state directory belong together: both carry one mark, set
# when the staff is complete. After rm -rf build, a copied checkout or a broken first run both start anew.
daemon_has_staff() {
    cmp -s "$work/laboratory.id" "$(daemon_state)/laboratory.id"
}

daemon_mark_staff() {
    openssl rand -hex 8 >"$work/laboratory.id"
    cp "$work/laboratory.id" "$(daemon_state)/laboratory.id"
}

# A small authority of our own and one certificate by it, made anew a month before it ends.
daemon_certificate() {
    tls=$work/tls
    if openssl x509 -checkend 2592000 -noout -in "$tls/server.pem" >/dev/null 2>&1; then
        return
    fi
    rm -rf "$tls"
    mkdir -p "$tls"
    (
        cd "$tls"
        umask 077
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
            -subj "/O=Touchstone quickstart/CN=Touchstone quickstart CA" \
            -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
            -keyout ca.key -out ca.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
            -keyout server.key -out server.csr
        printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1" "extendedKeyUsage=serverAuth" \
            "keyUsage=critical,digitalSignature" "basicConstraints=critical,CA:FALSE" >server.ext
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 397 \
            -extfile server.ext -out server.pem
    ) >"$work/tls.log" 2>&1 || fail "openssl could not make a certificate; see $work/tls.log"
    chmod 644 "$tls/ca.pem" "$tls/server.pem"
}

# As root the keys are kept from the daemon by a user of the signer's own, where that user can reach the
# program; in a folder below a home it cannot, and the daemon's log says what that means.
daemon_signer_user() {
    user=touchstone-signer
    [ "$(id -u)" = 0 ] || return 0
    id "$user" >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user" ||
        return 0
    if setpriv --reuid "$user" --regid "$user" --clear-groups test -x "$built/server/signer/touchstone-signer"; then
        echo "$user"
    fi
}

# The port of the first run, if it is still free: the QR code of every sheet names it, and the log is called by it.
daemon_port() {
    /usr/bin/python3 - "$1" <<'PYTHON'
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(one.getsockname()[1])
        break
PYTHON
}

daemon_configuration() {
    state=$(daemon_state)
    mkdir -p "$state"
    port=$(daemon_port "$(sed -n 's/^localhost:\([0-9]*\)$/\1/p' "$work/host" 2>/dev/null | grep . || echo 0)")
    [ -s "$work/host" ] || echo "localhost:$port" >"$work/host"
    cat >"$work/touchstoned.conf" <<CONF
# Written anew by every ./quickstart. All keys with their defaults: touchstoned config
[listen]
address = 127.0.0.1
port = $port

[tls]
certificate = $work/tls/server.pem
key = $work/tls/server.key

[state]
directory = $state

[public]
host = $(cat "$work/host")

[signer]
user = $(daemon_signer_user)
CONF
}

# A quickstart that was killed may have left its daemon; the file names the process that it started.
daemon_stop_left_over() {
    left=$(cat "$work/daemon.pid" 2>/dev/null || true)
    if [ -n "$left" ] && [ "$(readlink "/proc/$left/exe" 2>/dev/null)" = "$built/server/touchstoned" ]; then
        kill "$left" 2>/dev/null || true
        tail --pid="$left" -f /dev/null
    fi
    rm -f "$work/daemon.pid"
}

# In a session of its own, so that Ctrl-C reaches this script alone and the daemon is drained in order.
daemon_start() {
    daemon_stop_left_over
    daemon_certificate
    daemon_configuration
    before=$(date +%s)
    setsid "$built/server/touchstoned" serve --config "$work/touchstoned.conf" >"$work/daemon.log" 2>&1 9>&- &
    daemon_pid=$!
    echo "$daemon_pid" >"$work/daemon.pid"
    port=
    while [ -z "$port" ]; do
        kill -0 "$daemon_pid" 2>/dev/null || daemon_failed "ended before it was ready"
        [ $(($(date +%s) - before)) -lt "$start_limit_s" ] || daemon_failed "was not ready within $start_limit_s s"
        sleep 0.1
        port=$(sed -n 's/.*event=ready .*port=\([0-9]*\).*/\1/p' "$work/daemon.log")
    done
    server=localhost:$port
    curl -sS --fail --http2 --cacert "$work/tls/ca.pem" --max-time 10 -o /dev/null "https://$server/readyz" ||
        daemon_failed "does not answer https://$server/readyz"
    say "Daemon ready at https://$server on its own PostgreSQL. 守护进程与自带的数据库已启动。"
}

daemon_failed() {
    tail -n 20 "$work/daemon.log" >&2
    if grep -q MIGRATION_CHANGED "$work/daemon.log"; then
        fail "the laboratory of earlier runs is of another version; forget it: ./quickstart --fresh"
    fi
    fail "the daemon $1; see $work/daemon.log"
}

daemon_stop() {
    if [ -n "$daemon_pid" ]; then
        kill "$daemon_pid" 2>/dev/null || true
        wait "$daemon_pid" 2>/dev/null || true
        daemon_pid=
        rm -f "$work/daemon.pid"
    fi
}
