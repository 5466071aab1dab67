# Lets dnsmasq and conmand read pairs of files, in a sandbox:
#
#     perl serve_pairs.pl SHIM DIRECTORY...
#
# Each DIRECTORY holds statics.conf, conman.conf and macs, those of BMCs that ask dnsmasq
# for a lease. What came of it is in leases, dnsmasq.log and conmand.log there.
use strict;
use warnings;
use POSIX qw(WNOHANG);
use Socket;

my ($server, $relay, $last) = ("10.254.1.1", "10.254.1.2", "02:00:00:00:00:01");
my $question = 0;
my ($shim, @directories) = @ARGV;
# In a user namespace dnsmasq may not set its groups; only -d lets that be.
my $mode = -e "/run/lab/as-root" ? "-k" : "-d";

socket my $socket, PF_INET, SOCK_DGRAM, 17 or die "socket: $!";
setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 or die "setsockopt: $!";
bind $socket, sockaddr_in(67, inet_aton($relay)) or die "bind: $!";

for my $directory (@directories) {
    chdir $directory or die "$directory: $!";
    give_leases("$directory/leases");
    open_consoles();
}

# The clients are a relay, which is answered where it stands. dnsmasq answers one after
# another: so that no time has to pass for a MAC that gets no answer, a client that it
# always answers asks behind all others.
sub give_leases {
    my ($leases) = @_;
    open my $file, "<", "macs" or die "macs: $!";
    chomp(my @macs = <$file>);
    my $pid = started("dnsmasq.log", "dnsmasq", $mode, "--conf-file=statics.conf",
        "--port=0", "--log-facility=-", "--dhcp-leasefile=$leases", "--domain=local",
        "--listen-address=$server", "--bind-interfaces", "--user=root", "--group=root",
        "--dhcp-fqdn", "--dhcp-authoritative", "--dhcp-sequential-ip",
        "--dhcp-range=10.254.1.200,10.254.1.250,10m", "--no-ping", "--dhcp-rapid-commit",
        "--dhcp-host=$last,10.254.1.3,the-last-one");
    until (has_answer(0.005)) {
        return if waitpid($pid, WNOHANG) == $pid;
    }
    $question++;
    ask($_) for @macs;
    until (has_answer(1)) {
        die "dnsmasq has ended" if waitpid($pid, WNOHANG) == $pid;
    }
    kill TERM => $pid;
    waitpid $pid, 0;
}

sub open_consoles {
    local $ENV{LD_PRELOAD} = $shim;
    waitpid started("conmand.log", "conmand", "-F", "-v", "-c", "conman.conf"), 0;
}

sub started {
    my ($log, @command) = @_;
    my $pid = fork;
    return $pid if $pid;
    open STDOUT, ">", $log or die "$log: $!";
    open STDERR, ">&", \*STDOUT or die "$log: $!";
    exec @command or die "$command[0]: $!";
}

sub has_answer {
    my ($seconds) = @_;
    # Answers to earlier questions may still come, even of another dnsmasq.
    $question++;
    ask($last);
    my $ready = "";
    vec($ready, fileno $socket, 1) = 1;
    while (select my $is = $ready, undef, undef, $seconds) {
        return 0 unless defined recv $socket, my $answer, 1500, 0;
        return 1 if unpack("x4N", $answer) == $question;
    }
    return 0;
}

# A DISCOVER with the wish for a rapid commit: the answer to it is the lease.
sub ask {
    my ($mac) = @_;
    my $options = pack "C*", 53, 1, 1, 80, 0, 255;
    my $packet = pack "CCCCNnna4a4a4a4a16x64x128Na60", 1, 1, 6, 0, $question, 0, 0, "", "", "",
        inet_aton($relay), hardware($mac), 0x63825363, $options;
    send $socket, $packet, 0, sockaddr_in(67, inet_aton($server));
}

sub hardware {
    return pack "C6", map hex, split /:/, $_[0];
}
