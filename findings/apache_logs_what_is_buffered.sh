#!/bin/sh
# Apache logs a file as sent when the kernel has taken it over, up to 4 MB before it arrives.
#
# The line comes when the last byte is in the buffer of the connection, whose limit is the last
# number of net.ipv4.tcp_wmem. So a client that reads nothing, or is dead, stands in the log with
# 200 and the full length, and %O and %X (mod_logio) say that all was sent and the connection is
# well. While a slow client empties that buffer, ss shows a transfer of a file that is logged
# already: it is not the next one.
#
# Seen with Debian's apache2-bin 2.4.71-1~deb12u1 (prefork) and Linux 6.18. Needs perl, iproute2.
set -eu
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
trap 'kill $client $(cat "$work/pid") 2>/dev/null || :; rm -r "$work"' EXIT
client=
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1)->sockport')
chmod 755 "$work" && truncate -s 2000000 "$work/file"
cat >"$work/httpd.conf" <<END
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
Listen 127.0.0.1:$port
ServerName pit
User nobody
PidFile $work/pid
ErrorLog $work/error
LogFormat "%>s %b, sent with its head: %O, connection: %X" sent
CustomLog $work/access sent
DocumentRoot $work
END
apache2 -f "$work/httpd.conf"
until [ -s "$work/pid" ]; do sleep 0.1; done
perl -MSocket -e '
  socket my $socket, PF_INET, SOCK_STREAM, 0;
  setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4096;
  connect $socket, pack_sockaddr_in($ARGV[0], inet_aton("127.0.0.1")) or die;
  syswrite $socket, "GET /file HTTP/1.1\r\nHost: pit\r\n\r\n";
  sleep 60' "$port" &
client=$!
until [ -s "$work/access" ]; do sleep 0.1; done
echo "the log: $(cat "$work/access")"
set -- $(ss -tniOH state established "( sport = :$port )")
echo "on its way still: $2 bytes; the program has read none"
test "$2" -gt 1000000
