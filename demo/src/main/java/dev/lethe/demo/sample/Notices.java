package dev.lethe.demo.sample;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Mails to people about their requests, each once: the notice is entered before the mail goes out and committed after it. Only
 * a crash between the two sends it a second time; never is it lost.
 */
final class Notices {

    private static final String FROM = "privacy@example.com";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** What is said, after the greeting. */
    record Text(String kind, String subject, String body) {

        static Text goodbye() {
            return new Text("goodbye", "We have erased your data", """
                    we have erased what we held about you, as you asked.

                    This is the last that you hear from us: your address is erased next.
                    """);
        }

        static Text reportReady(String url, Instant until) {
            return new Text(
                    "report_ready", "The report about your data is ready", """
                    the report about your data that you asked for is ready. Fetch it here:

                    %s

                    This works until %s. After that it is deleted, and you may ask for a new one.
                    """.formatted(url, TIME.format(until)));
        }
    }

    private record Subscriber(String email, String name) {}

    private final TransactionTemplate transaction;
    private final JdbcClient sql;
    private final MailSender mails;

    Notices(DataSource database, MailSender mails) {
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(database));
        this.sql = JdbcClient.create(database);
        this.mails = mails;
    }

    /**
     * Mails it, unless that was done before.
     *
     * @return when it was mailed; now, or that time before
     * @throws NoticeImpossible if the person's address is not known
     */
    Instant send(UUID requestId, String person, Text text) {
        return Objects.requireNonNull(transaction.execute(status -> {
            Instant entered = enter(requestId, text.kind());
            if (entered == null) {
                return sentAt(requestId, text.kind());
            }
            Subscriber subscriber = subscriber(person).orElseThrow(() -> new NoticeImpossible(text.kind()));
            mail(subscriber, text);
            sql.sql("""
                    insert into sent_mails (user_id, recipient, subject, sent_at)
                    values (:person, :recipient, :subject, now())
                    """)
                    .param("person", person)
                    .param("recipient", subscriber.email())
                    .param("subject", text.subject())
                    .update();
            return entered;
        }));
    }

    /** Null if it was entered before. */
    private @Nullable Instant enter(UUID requestId, String kind) {
        return sql.sql("""
                insert into notices (request_id, kind, sent_at)
                values (:request, :kind, now())
                on conflict do nothing
                returning sent_at
                """)
                .param("request", requestId)
                .param("kind", kind)
                .query((row, number) -> row.getTimestamp("sent_at").toInstant())
                .optional()
                .orElse(null);
    }

    private Instant sentAt(UUID requestId, String kind) {
        return sql.sql("select sent_at from notices where request_id = :request and kind = :kind")
                .param("request", requestId)
                .param("kind", kind)
                .query((row, number) -> row.getTimestamp("sent_at").toInstant())
                .single();
    }

    private Optional<Subscriber> subscriber(String person) {
        return sql.sql("select email, display_name from subscribers where user_id = :person")
                .param("person", person)
                .query((row, number) -> new Subscriber(row.getString("email"), row.getString("display_name")))
                .optional();
    }

    private void mail(Subscriber to, Text text) {
        var mail = new SimpleMailMessage();
        mail.setFrom(FROM);
        mail.setTo(to.email());
        mail.setSubject(text.subject());
        mail.setText("Dear %s,\n\n%s".formatted(to.name(), text.body()));
        mails.send(mail);
    }
}
