#!/bin/sh
# conmand gives a console that is a program four variables, whatever it was started with.
#
# A console may be a program: `dev="/path/to/script"`. `ipmitool -E` and its like take the password
# from the environment, so that it is in no command line; started by conmand, the script has no
# IPMI_PASSWORD, no proxy, no locale. It gets PATH, TERM, IFS and TZ alone: the first three as conmand
# sets them (PATH=/usr/bin:/bin:/usr/sbin:/sbin, TERM=dumb), only TZ as the daemon had it. What the
# script needs must be in a file, or in its arguments, where everybody reads it.
#
# Seen with Debian's conman 0.2.7-1.1; its manual pages do not say so.
# Needs apt-get and its package lists; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq conman=0.2.7-1.1 libipmiconsole2 libfreeipmi17 libwrap0 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(find "$tmp/root" -name 'lib*.so.*' -exec dirname {} \; | sort -u | paste -sd:)

cat >conman.conf <<'CONF'
SERVER port=17894 loopback=ON
CONSOLE name="environment" dev="/usr/bin/env" log="console.log"
CONF
env -i LD_LIBRARY_PATH="$libraries" PATH=/opt/site/bin:/usr/bin:/bin TERM=vt100 TZ=UTC0 LANG=C \
  IPMI_USERNAME=root IPMI_PASSWORD=not-seen https_proxy=proxy:3128 \
  timeout 3 "$tmp/root/usr/sbin/conmand" -F -c conman.conf >log 2>&1 || true
cat console.log

tr -d '\r' <console.log | grep -o '^[A-Za-z_]*=' | sort | tr -d '\n' >names
echo 'IFS=PATH=TERM=TZ=' | tr -d '\n' | cmp - names
tr -d '\r' <console.log | grep -qx 'PATH=/usr/bin:/bin:/usr/sbin:/sbin'
tr -d '\r' <console.log | grep -qx 'TERM=dumb'
tr -d '\r' <console.log | grep -qx 'TZ=UTC0'
! grep -q 'not-seen' console.log
