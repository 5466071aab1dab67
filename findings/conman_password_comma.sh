#!/bin/sh
# conmand leaves a console out whose password holds a comma.
#
# cray-site-init writes `ipmiopts="U:<user>,P:<password>,W:solpayloadsize"` for every BMC, whatever
# the password is. conman splits that text at every comma, so of `P:p@ss,w0rd` it takes "p@ss" for
# the password and "w0rd" for an option of its own, and drops the statement: the console does not
# exist, while its twin with another password does. So does a blank behind a comma, which reads as
# well. conman.conf(5) says that values cannot contain commas; the generator does not know.
#
# Seen with Debian's conman 0.2.7-1.1: "invalid ipmiopts string" for both lines, 1 of 3 consoles.
# Needs apt-get and its package lists; installs nothing outside of a temporary directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq conman=0.2.7-1.1 libipmiconsole2 libfreeipmi17 libwrap0 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$(find "$tmp/root" -name 'lib*.so.*' -exec dirname {} \; | sort -u | paste -sd:)
export LD_LIBRARY_PATH

cat >conman.conf <<'CONF'
SERVER port=17890 loopback=ON
CONSOLE name="plain" dev="ipmi:127.0.0.11" ipmiopts="U:root,P:passw0rd,W:solpayloadsize"
CONSOLE name="comma" dev="ipmi:127.0.0.12" ipmiopts="U:root,P:p@ss,w0rd,W:solpayloadsize"
CONSOLE name="blank" dev="ipmi:127.0.0.13" ipmiopts="U:root, P:passw0rd"
CONF
timeout 3 root/usr/sbin/conmand -F -v -c conman.conf >log 2>&1 || true
grep -E 'invalid ipmiopts|Monitoring' log

[ "$(grep -c 'invalid ipmiopts string' log)" = 2 ]
grep -q 'Monitoring 1 console' log
