// Sends one message with JavaMail (Angus Mail), as the environment says.
import jakarta.mail.Authenticator;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class WithJavaMail {
    private static final Map<String, String> ENV = System.getenv();

    public static void main(String[] arguments) throws Exception {
        String tls = ENV.get("SMTPLAB_TLS");
        Properties properties = new Properties();
        String prefix = "mail.smtp.";
        properties.put(prefix + "host", ENV.get("SMTPLAB_HOST"));
        properties.put(prefix + "port", ENV.get("SMTPLAB_PORT"));
        properties.put(prefix + "from", ENV.get("SMTPLAB_SENDER"));
        properties.put(prefix + "timeout", "60000");
        properties.put(prefix + "auth", ENV.containsKey("SMTPLAB_USERNAME"));
        properties.put(prefix + "starttls.enable", tls.equals("starttls"));
        properties.put(prefix + "starttls.required", tls.equals("starttls"));
        // Transport.send takes no other protocol for an address than smtp: smtps would go unseen.
        properties.put(prefix + "ssl.enable", tls.equals("implicit"));
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + "ssl.socketFactory", context().getSocketFactory());
        Session session = Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(
                    ENV.get("SMTPLAB_USERNAME"), ENV.get("SMTPLAB_PASSWORD"));
            }
        });
        try (InputStream file = Files.newInputStream(Path.of(ENV.get("SMTPLAB_MESSAGE_FILE")))) {
            MimeMessage message = new MimeMessage(session, file);
            Transport.send(message, InternetAddress.parse(ENV.get("SMTPLAB_RECIPIENTS")));
        } catch (SendFailedException failure) {
            System.err.println(failure.getMessage());
            System.exit(failure.getValidSentAddresses() == null ? 1 : 3);
        }
    }

    private static SSLContext context() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream file = Files.newInputStream(Path.of(ENV.get("SMTPLAB_CA_FILE")))) {
            trusted.setCertificateEntry(
                "lab", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
