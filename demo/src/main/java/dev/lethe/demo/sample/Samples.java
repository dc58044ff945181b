package dev.lethe.demo.sample;

import dev.lethe.messages.request.Fact;
import dev.lethe.servers.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The landscape around the fleet, in this JVM: four services that hold personal data, a mail server and a web frontend. Needs a
 * PostgreSQL and a RabbitMQ; the fleet itself may come later.
 */
public final class Samples implements AutoCloseable {

    /**
     * What the landscape stands on.
     *
     * @param people how many people have accounts
     * @param properties Spring properties of all four services, over what they have; logging is that of the JVM
     * @param lines is told, a line each, what the services do
     * @param facts is told what the frontend hears
     * @param mails is told of each mail that arrives
     */
    public record Settings(
            BrokerAddress broker,
            PostgresServer postgres,
            int people,
            Map<String, String> properties,
            Consumer<String> lines,
            Frontend.FactListener facts,
            Consumer<ReceivedMail> mails) {

        /** With nobody listening. */
        public static Settings of(BrokerAddress broker, PostgresServer postgres, int people) {
            return new Settings(
                    broker,
                    postgres,
                    people,
                    Map.of(),
                    line -> {},
                    (String type, Fact fact, String sender) -> {},
                    mail -> {});
        }

        public Settings withProperties(Map<String, String> given) {
            return new Settings(broker, postgres, people, given, lines, facts, mails);
        }

        public Settings withLines(Consumer<String> given) {
            return new Settings(broker, postgres, people, properties, given, facts, mails);
        }

        public Settings withFacts(Frontend.FactListener given) {
            return new Settings(broker, postgres, people, properties, lines, given, mails);
        }

        public Settings withMails(Consumer<ReceivedMail> given) {
            return new Settings(broker, postgres, people, properties, lines, facts, given);
        }
    }

    private static final int TOKEN_BYTES = 24;

    private final List<Person> people;
    private final String billingToken;
    private final MailServer mailServer;
    private final SampleParticipants participants;
    private final Frontend frontend;
    private final PostgresServer postgres;
    private volatile URI billingUrl = URI.create("http://127.0.0.1:0");

    private Samples(Settings settings) {
        var token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        this.billingToken = HexFormat.of().formatHex(token);
        this.people = SamplePeople.named(settings.people());
        this.postgres = settings.postgres();
        this.mailServer = MailServer.start(settings.mails());
        var properties = new HashMap<>(Map.of(
                "sample.billing.token",
                billingToken,
                "spring.mail.host",
                "127.0.0.1",
                "spring.mail.port",
                String.valueOf(mailServer.port()),
                "spring.mail.properties.mail.smtp.timeout",
                "5000"));
        properties.putAll(settings.properties());
        this.participants = new SampleParticipants(settings, properties, new Narrator(settings.lines()));
        this.frontend = new Frontend(settings.broker(), settings.facts());
    }

    /**
     * Makes the four databases anew, whatever was in them, and starts everything. Returns when all have started; they then wait
     * for the queues that the fleet declares.
     */
    public static Samples start(Settings settings) throws IOException {
        var samples = new Samples(settings);
        try {
            samples.participants.start(samples.people);
            samples.keepBillingUrl();
            return samples;
        } catch (RuntimeException e) {
            samples.close();
            throw e;
        }
    }

    /**
     * Waits until frontend and mail system hear every fact, which they do once the fleet has declared its exchange: whoever
     * submits before may miss what became of it. False if it took too long.
     */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        return frontend.awaitReady(patience)
                && participants
                        .bean(Emailing.NAME, NoticeListener.class)
                        .facts()
                        .awaitReady(Duration.ofNanos(deadline - System.nanoTime()));
    }

    public List<Person> people() {
        return people;
    }

    /** How many rows each of the four databases has about this person, in all its tables. */
    public Map<String, Long> rowsAbout(String personId) {
        return participants.rowsAbout(personId);
    }

    /** All mails that arrived so far. */
    public List<ReceivedMail> mails() {
        return mailServer.mails();
    }

    /** Others have the URL in their configuration. */
    private void keepBillingUrl() {
        billingUrl = participants.bean("billing", BillingApi.class).url();
        participants.set("sample.billing.port", String.valueOf(billingUrl.getPort()));
    }

    /** Of billing's API, which has {@code /users/{id}/payments}. */
    public URI billingUrl() {
        return billingUrl;
    }

    public String billingToken() {
        return billingToken;
    }

    /** Of the database with the table {@code accounts (id, full_name, email, language, created_at)}. */
    public String usersJdbcUrl() {
        return participants.jdbcUrl("users");
    }

    public String usersDatabaseUser() {
        return postgres.user();
    }

    public String usersDatabasePassword() {
        return postgres.password();
    }

    public Frontend frontend() {
        return frontend;
    }

    /** Stops one of {@code users}, {@code billing}, {@code viewing-history}, {@code emailing}; what it is asked waits for it. */
    public void stopParticipant(String name) {
        participants.stop(name);
    }

    /** Starts it again, with its data as they are. */
    public void startParticipant(String name) {
        participants.start(name);
    }

    @Override
    public void close() throws IOException {
        participants.close();
        frontend.close();
        mailServer.close();
    }
}
