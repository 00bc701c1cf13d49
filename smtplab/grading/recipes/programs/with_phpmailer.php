<?php
// Sends one message with PHPMailer, as the environment says.
foreach (['libphp-phpmailer/autoload.php', 'vendor/autoload.php'] as $file) {
    @include_once $file;
}
use PHPMailer\PHPMailer\PHPMailer;

$mail = new PHPMailer(true);
$tls = getenv('SMTPLAB_TLS');
$mail->isSMTP();
$mail->Host = getenv('SMTPLAB_HOST');
$mail->Port = (int) getenv('SMTPLAB_PORT');
$mail->Timeout = 60;
$mail->SMTPAutoTLS = false;
if ($tls !== 'none') {
    $mail->SMTPSecure =
        $tls === 'implicit' ? PHPMailer::ENCRYPTION_SMTPS : PHPMailer::ENCRYPTION_STARTTLS;
    $mail->SMTPOptions = ['ssl' => ['cafile' => getenv('SMTPLAB_CA_FILE')]];
}
if (getenv('SMTPLAB_USERNAME') !== false) {
    $mail->SMTPAuth = true;
    $mail->Username = getenv('SMTPLAB_USERNAME');
    $mail->Password = getenv('SMTPLAB_PASSWORD');
}
try {
    $mail->setFrom(getenv('SMTPLAB_SENDER'));
    foreach (explode(',', getenv('SMTPLAB_RECIPIENTS')) as $recipient) {
        $mail->addAddress($recipient);
    }
    $mail->Subject = getenv('SMTPLAB_SUBJECT');
    $mail->Body = file_get_contents(getenv('SMTPLAB_BODY_FILE'));
    $mail->send();
} catch (Exception $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
