# Sends one message with Net::SMTP, as the environment says.
use strict;
use warnings;
use Net::SMTP;

my $mode = $ENV{SMTPLAB_TLS};
my @trust = (SSL_ca_file => $ENV{SMTPLAB_CA_FILE});
my $smtp = Net::SMTP->new(
    $ENV{SMTPLAB_HOST},
    Port    => $ENV{SMTPLAB_PORT},
    SSL     => $mode eq 'implicit',
    Timeout => 60,
    @trust,
) or die "no session: $@\n";

sub check {
    my ($done, $what) = @_;
    return if $done;
    my $said = join ' ', grep { defined } $smtp->code, $smtp->message;
    chomp $said;
    print STDERR "$what: $said\n";
    $smtp->quit;
    exit 1;
}

check(scalar $smtp->starttls(@trust), 'STARTTLS') if $mode eq 'starttls';
check(scalar $smtp->auth($ENV{SMTPLAB_USERNAME}, $ENV{SMTPLAB_PASSWORD}), 'AUTH')
    if defined $ENV{SMTPLAB_USERNAME};
check(scalar $smtp->mail($ENV{SMTPLAB_SENDER}), 'MAIL');
check(scalar $smtp->to($_), "RCPT $_") for split /,/, $ENV{SMTPLAB_RECIPIENTS};
open my $file, '<', $ENV{SMTPLAB_MESSAGE_FILE} or die "no message: $!\n";
my @lines = <$file>;
check(scalar $smtp->data(@lines), 'DATA');
$smtp->quit;
