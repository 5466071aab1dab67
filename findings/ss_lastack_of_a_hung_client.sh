#!/bin/sh
# A client that hangs goes on to acknowledge: lastack of ss stays small, lastsnd and backoff grow.
#
# A program that reads no more leaves its kernel with a full buffer. The server's kernel asks
# whether there is room again, more and more rarely, and each answer counts as an acknowledgement.
# So "lastack is below 30 s" does not mean that anything arrives. Where the machine is gone, it is
# the other way round as long as there is room in its window: the same is sent again, lastsnd stays
# small and lastack grows. The larger of the two tells since when nothing has arrived.
#
# Seen with Debian's iproute2 6.1.0-3 and Linux 6.18. Needs perl, iproute2; takes 25 s.
set -eu
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
trap 'kill $server $client 2>/dev/null || :; rm -r "$work"' EXIT
client=
perl -MIO::Socket::INET -e '
  $| = 1;
  my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die;
  print $listener->sockport, "\n";
  my $client = $listener->accept;
  syswrite $client, "x" x 65536 while 1' >"$work/port" &
server=$!
until [ -s "$work/port" ]; do sleep 0.1; done
port=$(cat "$work/port")
perl -MIO::Socket::INET -e '
  my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die;
  sysread $server, my $bytes, 65536;
  sleep 60' "$port" &
client=$!
sleep 25
said=$(ss -tniOH state established "( sport = :$port )")
of() { printf '%s\n' "$said" | sed "s/.* $1:\([0-9]*\).*/\1/"; }
echo "nothing was sent for $(of lastsnd) ms, and the last acknowledgement is $(of lastack) ms old"
test "$(of lastsnd)" -gt 20000
test "$(of lastack)" -lt "$(of lastsnd)"
