#!/bin/sh
# What a simulated BMC does, inside its own network namespace.
#
#   bmc.sh DIR start             takes its static address, starts its server
#   bmc.sh DIR get|check|set …   the programme that ipmi_sim asks about its LAN
#   bmc.sh DIR reset             "mc reset cold"
#   bmc.sh DIR ask SECONDS       asks for a lease, so many seconds from now
#   bmc.sh DIR restart SECONDS   its server, after so many seconds of silence
#   bmc.sh DIR ipmi              IPMI was turned on
#   bmc.sh DIR away              its address is gone
#   bmc.sh DIR down SECONDS      it is reset by Redfish: gone for so long
#   bmc.sh DIR back              and there again
#   bmc.sh deconfig|bound|…      what udhcpc calls
#
# DIR is what bmcFiles() of bmc.ts wrote.
set -u

case $1 in
deconfig)
    ip addr flush dev eth0
    ip link set eth0 up
    exit ;;
bound | renew)
    ip addr replace "$ip/$mask" dev eth0
    exit ;;
leasefail | nak)
    exit ;;
esac

dir=$1 action=$2
shift 2
. "$dir/env"

serve() {
    LD_PRELOAD=$PLUGIN ipmi_sim -c "$dir/lan.conf" -f "$dir/commands" -s "$dir/state" -n \
        </dev/null >>"$dir/log" 2>&1 &
    echo $! >"$dir/pid"
}

# Goes on without ipmi_sim, holding none of its sockets and pipes.
apart() {
    setsid "$0" "$dir" "$@" </dev/null >>"$dir/log" 2>&1 \
        3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
}

forget_lease() {
    [ ! -e "$dir/asked/pid" ] || kill "$(cat "$dir/asked/pid")"
    rm -rf "$dir/asked"
}

source=static
[ ! -e "$dir/source" ] || read -r source <"$dir/source"

# It was told to use DHCP.
change() {
    case $ON_DHCP in
    ask) apart ask "$DHCP_AFTER" ;;
    vanish)
        # Gone before ipmi_sim can answer.
        ip addr flush dev eth0
        apart ask 0
        [ -e "$dir/pid" ] || return 0
        apart restart 1
        kill -KILL "$(cat "$dir/pid")" ;;
    esac
}

case $action in
start)
    mkdir -p "$dir/state"
    [ "$SERVER" != dead ] || exit 0
    ip -batch - <<END
link set lo up
link set eth0 up
addr add $ADDRESS/17 dev eth0
END
    [ "$IPMI" = off ] || serve
    if [ -n "$RELAY" ]; then
        $RELAY </dev/null >>"$dir/log" 2>&1 &
    fi
    if [ -n "$REDFISH" ]; then
        $REDFISH </dev/null >"$dir/redfish.pid" 2>>"$dir/log"
    fi ;;
get)
    for parameter; do
        case $parameter in
        ip_addr_src) value=$source ;;
        ip_addr)
            value=$(ip -4 -o addr show dev eth0 |
                sed -n 's/.*inet \([0-9.]*\).*/\1/p' | head -n 1)
            value=${value:-0.0.0.0} ;;
        mac_addr) value=$MAC ;;
        subnet_mask) value=255.255.128.0 ;;
        *_ip_addr) value=0.0.0.0 ;;
        *_mac_addr) value=00:00:00:00:00:00 ;;
        *) continue ;;
        esac
        echo "$parameter:$value"
    done ;;
set)
    while [ $# -gt 1 ]; do
        echo "set $1 $2" >>"$dir/log"
        if [ "$1" = ip_addr_src ]; then
            echo "$2" >"$dir/source"
            [ "$2" != dhcp ] || change
        fi
        shift 2
    done ;;
reset)
    echo "cold reset" >>"$dir/log"
    apart restart 3
    forget_lease
    [ "$source" != dhcp ] || apart ask 1 ;;
ask)
    sleep "$1"
    # Once is enough: the client goes on asking by itself.
    mkdir "$dir/asked" 2>/dev/null || exit 0
    echo $$ >"$dir/asked/pid"
    exec busybox udhcpc -f -i eth0 -s "$0" -t 10 -T 1 -A 2 ;;
ipmi)
    [ -e "$dir/pid" ] || serve 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- ;;
away)
    ip addr flush dev eth0 ;;
down)
    # Late enough for its answer to get out.
    sleep 0.2
    ip addr flush dev eth0
    forget_lease
    [ ! -e "$dir/pid" ] || kill -KILL "$(cat "$dir/pid")"
    sleep "$1"
    [ ! -e "$dir/pid" ] || serve ;;
back)
    if [ "$source" = dhcp ]; then
        apart ask 0
    else
        ip addr replace "$ADDRESS/17" dev eth0
    fi ;;
restart)
    # Late enough for ipmi_sim to have answered.
    sleep 0.2
    kill -KILL "$(cat "$dir/pid")" 2>/dev/null
    sleep "$1"
    serve ;;
esac
exit 0
