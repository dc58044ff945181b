package dev.lethe.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.namastack.outbox.Outbox;
import io.namastack.outbox.handler.OutboxHandler;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** namastack-outbox: a record for each message, each with a key of its own so that none waits for another. */
final class NamastackPeer implements Peer {

    private static final int BEST_THREADS = 32;

    private final boolean best;
    private final Place place;
    private @Nullable ConfigurableApplicationContext context;
    private Instant due = Instant.EPOCH;

    /** Sends one message: its key is the message id, its payload the body. */
    static final class Sending implements OutboxHandler {
        private final ConfirmedPublishing publishing;

        Sending(ConfirmedPublishing publishing) {
            this.publishing = publishing;
        }

        @Override
        public void handle(Object payload, OutboxRecordMetadata metadata) {
            try {
                publishing.publish(metadata.getKey(), payload.toString().getBytes(UTF_8));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The application around it. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Application {
        static @Nullable Place place;

        @Bean(destroyMethod = "close")
        ConfirmedPublishing publishing() throws Exception {
            return new ConfirmedPublishing(Objects.requireNonNull(place));
        }

        @Bean
        OutboxHandler sending(ConfirmedPublishing publishing) {
            return new Sending(publishing);
        }
    }

    NamastackPeer(Place place) {
        best = place.best();
        this.place = place;
        Application.place = place;
    }

    private ConfigurableApplicationContext application() {
        var settings = new LinkedHashMap<String, Object>(Map.of(
                "spring.datasource.url", place.jdbcUrl(),
                "spring.datasource.username", place.user(),
                "spring.datasource.password", place.password(),
                "spring.main.banner-mode", "off"));
        if (best) {
            settings.put("spring.datasource.hikari.maximum-pool-size", BEST_THREADS + 8);
            settings.put("namastack.outbox.polling.batch-size", 1_000);
            settings.put("namastack.outbox.polling.fixed.interval", "10ms");
            settings.put("namastack.outbox.processing.executor-core-pool-size", BEST_THREADS);
            settings.put("namastack.outbox.processing.executor-max-pool-size", BEST_THREADS);
            settings.put("namastack.outbox.processing.delete-completed-records", true);
            settings.put("namastack.outbox.processing.publish-after-save", false);
        }
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(settings)
                .run();
    }

    @Override
    public String configuration() {
        return best
                ? "polling every 10 ms, batch-size 1000, %d threads, delete-completed-records, pool of %d connections"
                        .formatted(BEST_THREADS, BEST_THREADS + 8)
                : "as it comes: polls every 2 s, batch-size 10, 4 to 8 threads, completed records stay";
    }

    @Override
    public void load(int rows, int future) throws Exception {
        ConfigurableApplicationContext running = application();
        context = running;
        if (place.isEmpty("outbox_record")) {
            new TransactionTemplate(running.getBean(PlatformTransactionManager.class))
                    .executeWithoutResult(status ->
                            running.getBean(Outbox.class).schedule("0".repeat(16) + "x".repeat(284), "pattern"));
            place.execute(
                    "create table pattern as select * from outbox_record where record_key = 'pattern'",
                    "delete from outbox_record");
            insert("gen_random_uuid()::text", "now() + interval '1 day' + n * interval '1 second'", future);
        }
        place.execute("delete from outbox_record where next_retry_at < now() + interval '1 hour'");
        // It polls all the time; nothing is due before everything is stored
        due = Instant.now().plus(Duration.ofSeconds(8)).plus(Duration.ofMillis(rows / 10));
        insert(Messages.ID, "'%s'::timestamptz".formatted(due), rows);
    }

    private void insert(String key, String time, int rows) throws Exception {
        place.execute("""
                insert into outbox_record (id, status, record_key, record_type, payload, context, created_at, failure_count,
                                           next_retry_at, partition_no, handler_id)
                select gen_random_uuid()::text, 'NEW', %s, record_type, to_json(%s)::text, context, now(), 0, %s, n %% 256,
                       handler_id
                  from pattern cross join generate_series(0, %d - 1) n
                """.formatted(key, Messages.BODY, time, rows));
    }

    @Override
    public void start() throws InterruptedException {
        Duration left = Duration.between(Instant.now(), due);
        if (left.isNegative()) {
            throw new IllegalStateException("storing the rows took longer than planned; is the machine busy?");
        }
        Thread.sleep(left);
    }

    @Override
    public void stop() {
        Objects.requireNonNull(context).close();
    }

    @Override
    public String isDone() {
        return "select not exists (select from outbox_record where status = 'NEW' and next_retry_at <= now())";
    }
}
