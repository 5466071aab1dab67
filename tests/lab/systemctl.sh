#!/bin/sh
# systemctl in a lab, where there is no systemd: what is told to type for Apache
# and dnsmasq. Ends when it has taken effect.
#
#   systemctl.sh start|stop|reload apache2
#   systemctl.sh restart dnsmasq
set -eu
here=$(dirname "$(readlink -f "$0")")
PATH=$PATH:/usr/sbin:/sbin
log=/var/log/apache2/error_log

apache() { apache2 -f /etc/apache2/httpd.conf "$@" </dev/null; }
starts() { grep -c 'resuming normal operations' $log; }

case "$*" in
"start apache2")
    apache ;;
"stop apache2")
    apache -k stop
    while [ -e /run/apache2.pid ]; do sleep 0.02; done ;;
"reload apache2")
    # Children that end gracefully would answer once more as before.
    before=$(starts)
    apache -k restart
    until [ "$(starts)" -gt "$before" ]; do sleep 0.02; done ;;
"restart dnsmasq")
    pkill -x dnsmasq
    while pgrep -x dnsmasq >/dev/null; do sleep 0.02; done
    exec "$here/up.sh" dnsmasq ;;
*)
    echo "systemctl: nothing is known of $*" >&2
    exit 1 ;;
esac
