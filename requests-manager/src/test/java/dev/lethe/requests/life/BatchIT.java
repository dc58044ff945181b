package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static dev.lethe.messages.Topology.REQUESTS_QUEUE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many submissions at once. The figures are printed; how fast is fast enough is for the benchmarks to say. */
class BatchIT {

    private static final int SUBMISSIONS = 1_000;
    private static final int EVERY = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A message as it is published. */
    private record Letter(AMQP.BasicProperties properties, byte[] body) {

        static Letter of(SubmitRequest request) {
            return new Letter(Broker.envelope(REQUEST_ACCESS).build(), MessageJson.write(request));
        }
    }

    private Installation installation;
    private Broker broker;

    @BeforeEach
    void install(@TempDir Path folder) throws IOException {
        installation = new Installation(
                folder,
                "orders: { via: http, url: \"http://127.0.0.1:1/{subject.id}\", private: true, explain: Orders }");
        broker = installation.broker();
        installation.start("lethe.access.workers=0");
    }

    @AfterEach
    void uninstall() throws IOException {
        installation.close();
    }

    @Test
    void whatIsWrongWithSomeDoesNotKeepTheOthers() throws IOException {
        List<SubmitRequest> warmUp = people("warm-up", SUBMISSIONS);
        double withoutBadOnes = rate(() -> {
            publish(warmUp.stream().map(Letter::of).toList());
            awaitTold(REQUEST_RECEIVED, SUBMISSIONS);
        });
        List<SubmitRequest> good = people("person", SUBMISSIONS);
        List<UUID> told = new ArrayList<>();
        var letters = new ArrayList<Letter>();
        int parked = 0;
        for (int i = 0; i < good.size(); i++) {
            letters.add(Letter.of(good.get(i)));
            if (i % EVERY == 0) {
                letters.add(
                        switch (i / EVERY % 5) {
                            case 0 -> told(told, "{ \"request_id\": \"%s\", \"regulation\": \"gdpr\" }");
                            case 1 -> {
                                SubmitRequest unlawful = Installation.request("person-" + i, "hammurabi");
                                told.add(unlawful.requestId());
                                yield Letter.of(unlawful);
                            }
                            case 2 -> {
                                SubmitRequest first = good.get(i - 1);
                                told.add(first.requestId());
                                yield Letter.of(new SubmitRequest(
                                        first.requestId(),
                                        new Subject("another", null),
                                        first.regulation(),
                                        first.submittedAt(),
                                        null));
                            }
                            case 3 -> {
                                parked++;
                                yield new Letter(
                                        Broker.envelope(REQUEST_ACCESS).build(), "subject=ada".getBytes(UTF_8));
                            }
                            default -> {
                                parked++;
                                yield new Letter(
                                        Broker.envelope(REQUEST_ACCESS)
                                                .type("request.oblivion")
                                                .build(),
                                        "{}".getBytes(UTF_8));
                            }
                        });
            }
        }
        int expectedParked = parked;

        double withBadOnes = rate(() -> {
            publish(letters);
            awaitTold(REQUEST_RECEIVED, 2 * SUBMISSIONS);
            awaitTold(REQUEST_REJECTED, told.size());
            await("the parking lot").atMost(PATIENCE).until(() -> broker.parked(REQUESTS_QUEUE) == expectedParked);
        });

        System.out.printf(
                "intake: %.0f submissions a second; with one bad one among %d, %.0f%n",
                withoutBadOnes, EVERY + 1, withBadOnes);
        assertThat(told.size() + expectedParked).isEqualTo(SUBMISSIONS / EVERY);
        assertThat(good).allSatisfy(request -> assertThat(broker.facts(REQUEST_RECEIVED, request.requestId()))
                .hasSize(1));
        assertThat(told)
                .allSatisfy(id -> assertThat(broker.facts(REQUEST_REJECTED, id)).hasSize(1));
        assertThat(count("select count(*) from request")).isEqualTo(2 * SUBMISSIONS);
        assertThat(count("select count(*) from request_history")).isEqualTo(2 * SUBMISSIONS);
        Map<String, Long> reasons = Stream.generate(() -> broker.parkedReason(REQUESTS_QUEUE))
                .limit(expectedParked)
                .collect(groupingBy(reason -> reason, counting()));
        assertThat(reasons).containsOnlyKeys("not_json", "unknown_type");
        assertThat(broker.messages(REQUESTS_QUEUE)).isZero();
    }

    /** Each instance takes batches in which the same people come in another order, so that each has what the other wants. */
    @Test
    void twoInstancesThatWantTheSamePeopleDoNotBlockEachOther() throws IOException {
        installation.start("lethe.access.workers=0");
        int people = SUBMISSIONS / 10;
        List<SubmitRequest> requests = IntStream.range(0, 10)
                .boxed()
                .flatMap(round -> {
                    List<Integer> order =
                            new ArrayList<>(IntStream.range(0, people).boxed().toList());
                    Collections.shuffle(order, new Random(round));
                    return order.stream().map(n -> Installation.request("person-" + n, "gdpr"));
                })
                .toList();

        double rate = rate(() -> {
            publish(requests.stream().map(Letter::of).toList());
            awaitTold(REQUEST_RECEIVED, SUBMISSIONS);
        });

        System.out.printf(
                "intake: %.0f submissions a second of %d people by two instances, %d deadlocks%n",
                rate, people, count("select deadlocks from pg_stat_database where datname = current_database()"));
        assertThat(broker.parked(REQUESTS_QUEUE)).isZero();
        assertThat(requests).allSatisfy(request -> assertThat(broker.facts(REQUEST_RECEIVED, request.requestId()))
                .hasSize(1));
        assertThat(requests.stream()
                        .map(request -> broker.fact(REQUEST_RECEIVED, request.requestId()))
                        .filter(received -> received.duplicateOf() == null)
                        .map(RequestReceived::requestId))
                .as("one of each person")
                .hasSize(people);
        assertThat(count("select count(distinct subject_pseudonym) from request where state = 'received'"))
                .isEqualTo(people);
        assertThat(count("select count(*) from request where state = 'received'"))
                .isEqualTo(people);
        assertThat(count("""
                        select count(*)
                          from request f
                          join request r on r.id = f.duplicate_of and r.subject_pseudonym = f.subject_pseudonym
                         where f.state = 'following' and r.state = 'received'
                        """)).isEqualTo(SUBMISSIONS - people);
    }

    private static List<SubmitRequest> people(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> Installation.request(prefix + "-" + n, "gdpr"))
                .toList();
    }

    private static Letter told(List<UUID> told, String body) {
        UUID id = UUID.randomUUID();
        told.add(id);
        return new Letter(
                Broker.envelope(REQUEST_ACCESS).build(), body.formatted(id).getBytes(UTF_8));
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Submissions a second. */
    private static double rate(Work work) throws IOException {
        long begun = System.nanoTime();
        work.run();
        return SUBMISSIONS * 1e9 / (System.nanoTime() - begun);
    }

    private void publish(List<Letter> letters) throws IOException {
        try (Channel channel = broker.as("frontend").createChannel()) {
            channel.confirmSelect();
            for (Letter letter : letters) {
                channel.basicPublish(
                        REQUESTS_EXCHANGE, REQUEST_ACCESS.name(), true, letter.properties(), letter.body());
            }
            channel.waitForConfirmsOrDie(PATIENCE.toMillis());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the broker did not confirm", e);
        }
    }

    private void awaitTold(MessageType<?> type, int count) {
        await(type.name())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> broker.facts().stream()
                                .filter(fact -> fact.type().equals(type.name()))
                                .count()
                        >= count);
    }

    private int count(String sql) {
        return installation.database().sql(sql).query(Integer.class).single();
    }
}
