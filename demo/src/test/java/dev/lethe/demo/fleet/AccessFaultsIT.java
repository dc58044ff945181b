package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.servers.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two instances race for access requests, and the mutex that keeps them apart is taken away. */
@ExtendWith(OneFleet.class)
class AccessFaultsIT {

    private static final int REQUESTS = 200;
    private static final int AT_ONCE = 10_000;

    @Test
    void eachOf200ReportsIsBuiltOnceAlsoWhenRedisIsFlushedAndThenKilled(RunningFleet fleet) throws Exception {
        fleet.awaitWhole();
        RedisServer redis = fleet.servers().redis();
        var flushed = new CompletableFuture<Void>();
        var killed = new CompletableFuture<Void>();
        fleet.payments().atQuestion(REQUESTS * 3 / 10, () -> {
            flush(redis);
            flushed.complete(null);
        });
        fleet.payments().atQuestion(REQUESTS * 6 / 10, () -> {
            redis.kill();
            killed.complete(null);
        });

        long begun = System.nanoTime();
        List<UUID> requests = fleet.frontend().submit(Messages.REQUEST_ACCESS, REQUESTS, AT_ONCE);
        try {
            await().atMost(Duration.ofSeconds(90))
                    .untilAsserted(
                            () -> assertThat(fleet.wire().completedOf(requests)).isEqualTo(REQUESTS));
        } finally {
            redis.start();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;

        assertThat(flushed).isCompleted();
        assertThat(killed).isCompleted();
        Map<String, Long> byInstance = builtOnce(fleet, requests);
        assertThat(byInstance).hasSize(2).allSatisfy((instance, built) -> assertThat(built)
                .isGreaterThanOrEqualTo(REQUESTS / 4));
        toldOnce(fleet, requests);
        nothingIsStoredButTheReports(fleet, requests);
        everyLinkLeadsToItsReport(fleet, requests);
        fleet.awaitNothingLeft();
        System.out.printf(
                "200 access requests, Redis flushed and killed: %.1f s, built by the two instances %s, copies on the wire %d%n",
                seconds, byInstance.values(), fleet.wire().copies(requests));
    }

    /** Returns how many each instance built. */
    private static Map<String, Long> builtOnce(RunningFleet fleet, List<UUID> requests) {
        assertThat(fleet.books().requestsByState(requests)).isEqualTo(Map.of("ready", (long) REQUESTS));
        Map<UUID, List<Books.Step>> histories = fleet.books().histories(requests);
        for (UUID request : requests) {
            assertThat(histories.get(request))
                    .extracting(Books.Step::state)
                    .as("steps of %s", request)
                    .containsExactly("received", "in_progress", "ready");
            // Whatever the database says: who was asked for the data, knows
            assertThat(fleet.payments().questionsAbout("person-" + request))
                    .as("questions to the source about %s", request)
                    .isEqualTo(1);
        }
        return histories.values().stream()
                .map(steps -> steps.get(1).who().replaceFirst("-\\d+$", ""))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static void toldOnce(RunningFleet fleet, List<UUID> requests) {
        for (UUID request : requests) {
            assertThat(fleet.wire().facts(request, Messages.REQUEST_RECEIVED)).hasSize(1);
            assertThat(fleet.wire().facts(request, Messages.REPORT_READY)).hasSize(1);
            assertThat(fleet.wire().facts(request, Messages.REQUEST_COMPLETED))
                    .extracting(RequestCompleted::outcome)
                    .containsExactly(CompletionOutcome.COMPLETED);
        }
    }

    private static void nothingIsStoredButTheReports(RunningFleet fleet, List<UUID> requests) {
        assertThat(fleet.books().reports(requests)).hasSize(REQUESTS);
        assertThat(fleet.books().strayChunks()).isZero();
    }

    private static void everyLinkLeadsToItsReport(RunningFleet fleet, List<UUID> requests) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (UUID request : requests) {
                var link = fleet.wire()
                        .facts(request, Messages.REPORT_READY)
                        .getFirst()
                        .downloadUrl();
                HttpResponse<byte[]> answer =
                        client.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.statusCode()).isEqualTo(200);
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(answer.body());
                assertThat(fleet.books().reports(List.of(request)).values())
                        .containsExactly(HexFormat.of().formatHex(sum));
            }
        }
    }

    private static void flush(RedisServer redis) {
        try (var socket = new Socket("127.0.0.1", redis.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(5))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("+OK\r\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Redis cannot be flushed", e);
        }
    }
}
