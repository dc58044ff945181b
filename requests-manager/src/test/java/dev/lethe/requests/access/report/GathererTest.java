package dev.lethe.requests.access.report;

import static dev.lethe.requests.access.report.BuiltReport.PERSON;
import static dev.lethe.requests.access.report.PackageTest.record;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.SourceFailure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GathererTest {

    @Test
    void anIdentityThatOneSourceYieldsIsWhatOthersAreAskedBy() throws Exception {
        var asked = new AtomicReference<Subject>();
        var report = BuiltReport.of(
                GivenSource.named("orders", (subject, records) -> {
                            asked.set(subject);
                            records.record(record("order", 1));
                        })
                        .askingBy("subject.identities.customer"),
                // Asks by what "crm" yields, though it comes first
                GivenSource.named("shop", (subject, records) -> records.record(record("number", "C-7")))
                        .askingBy("subject.identities.crm")
                        .yielding(Map.of("customer", "number")),
                GivenSource.named("crm", (subject, records) -> records.record(record("key", 42)))
                        .yielding(Map.of("crm", "key")));

        assertThat(asked.get().identities()).isEqualTo(Map.of("customer", "C-7", "crm", "42"));
        assertThat(report.files()).containsKeys("orders/records.jsonl", "shop/records.jsonl", "crm/records.jsonl");
    }

    @Test
    void anIdentityThatTheFrontendNamedWins() throws Exception {
        var asked = new AtomicReference<Subject>();
        BuiltReport report = BuiltReport.of(
                new Subject("lovelace", null, Map.of("customer", "C-1")),
                null,
                GivenSource.named("crm", (subject, records) -> records.record(record("key", "C-2")))
                        .yielding(Map.of("customer", "key")),
                GivenSource.named("orders", (subject, records) -> asked.set(subject))
                        .askingBy("subject.identities.customer"));

        assertThat(asked.get().identities()).isEqualTo(Map.of("customer", "C-1"));
        assertThat(report.manifest().at("/sources/0/identities_not_used").asInt())
                .isEqualTo(1);
    }

    @Test
    void identitiesThatAreNoneAreSkippedAndCounted() throws Exception {
        var asked = new AtomicReference<Subject>();
        var report = BuiltReport.of(
                GivenSource.named("crm", (subject, records) -> {
                            records.record(record("key", " "));
                            records.record(record("key", "x".repeat(257)));
                            records.record(record("key", "a\u0000b"));
                            records.record(record("key", List.of("list")));
                            records.record(record("key", null));
                            records.record(record("other", "field"));
                            records.record(record("key", "good"));
                            records.record(record("key", "good"));
                            records.record(record("key", "second"));
                        })
                        .yielding(Map.of("customer", "key")),
                GivenSource.named("orders", (subject, records) -> asked.set(subject))
                        .askingBy("subject.identities.customer"));

        assertThat(asked.get().identities()).isEqualTo(Map.of("customer", "good"));
        assertThat(report.manifest().at("/sources/0/identities_not_used").asInt())
                .isEqualTo(5);
        assertThat(report.page()).contains("5 further names for you");
    }

    @Test
    void noMoreIdentitiesThanAPersonMayHaveAreAdded() throws Exception {
        var many = new java.util.HashMap<String, String>();
        for (int i = 0; i < 49; i++) {
            many.put("known-" + i, "x");
        }
        var asked = new AtomicReference<Subject>();
        var report = BuiltReport.of(
                new Subject("lovelace", null, many),
                null,
                GivenSource.named("crm", (subject, records) -> records.record(record("a", "1", "b", "2", "c", "3")))
                        .yielding(Map.of("a", "a", "b", "b", "c", "c")),
                GivenSource.named("orders", (subject, records) -> asked.set(subject)));

        assertThat(asked.get().identities()).hasSize(50).containsEntry("a", "1");
        assertThat(report.manifest().at("/sources/0/identities_not_used").asInt())
                .isEqualTo(2);
    }

    @Test
    void aSourceIsNotAskedForAPersonWhoLacksWhatItAsksBy() throws Exception {
        var report = BuiltReport.of(GivenSource.named("mail", (subject, records) -> {
                    throw new IllegalStateException("was asked");
                })
                .askingBy("subject.email"));

        assertThat(report.manifest().at("/sources/0/outcome").asString()).isEqualTo("not_asked");
        assertThat(report.page()).contains("What is not in this report", "e-mail address");
    }

    @Test
    void sourcesAreReadSideBySide() throws Exception {
        var together = new CyclicBarrier(3);
        GivenSource.Reading meeting = (subject, records) -> {
            try {
                together.await(20, SECONDS);
            } catch (Exception e) {
                throw new SourceFailure("one", "was alone", e);
            }
        };

        BuiltReport.of(
                GivenSource.named("a", meeting), GivenSource.named("b", meeting), GivenSource.named("c", meeting));

        assertThat(together.isBroken()).isFalse();
    }

    @Test
    void aSourceIsReadByNoMoreReportsAtATimeThanItAllows() throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var two = new CyclicBarrier(2);
        GivenSource slow = GivenSource.named("slow", (subject, records) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    try {
                        two.await(20, SECONDS);
                    } catch (Exception e) {
                        throw new SourceFailure("slow", "was alone", e);
                    } finally {
                        now.decrementAndGet();
                    }
                })
                .parallel(2);
        Gatherer gatherer = BuiltReport.gatherer();

        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < 8; i++) {
                all.add(workers.submit(() -> {
                    gatherer.gather(List.of(slow), PERSON).close();
                    return null;
                }));
            }
            for (var each : all) {
                each.get();
            }
        }

        assertThat(most).hasValue(2);
    }

    @Test
    void aFailureIsKnownBeforeTheOthersAreReadAndEndsThem() {
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        GivenSource slow = GivenSource.named("slow", (subject, records) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.countDown();
            }
        });
        GivenSource broken = GivenSource.named("broken", (subject, records) -> {
            begun.await();
            throw new SourceFailure("broken", "is down", null);
        });

        assertThatThrownBy(() -> BuiltReport.of(slow, broken))
                .isInstanceOf(SourceFailure.class)
                .hasMessage("source broken: is down");
        await().until(() -> ended.getCount() == 0);
    }

    @Test
    void whatASourceThrewIsNamedButNotQuoted() {
        assertThatThrownBy(() -> BuiltReport.of(GivenSource.named("odd", (subject, records) -> {
                    throw new IllegalArgumentException("lovelace@example.com");
                })))
                .isInstanceOfSatisfying(SourceFailure.class, failure -> assertThat(failure.reason())
                        .isEqualTo("source odd: failed unexpectedly (IllegalArgumentException)"));
    }

    @Test
    void aBuildThatTakesTooLongNamesTheSourceThatIsStillReading() {
        Gatherer gatherer = BuiltReport.gatherer(Duration.ofSeconds(2), 1 << 20);
        GivenSource quick = GivenSource.named("quick", (subject, records) -> records.record(record("a", 1)));
        GivenSource endless = GivenSource.named("endless", (subject, records) -> new CountDownLatch(1).await());

        assertThatThrownBy(() -> gatherer.gather(List.of(quick, endless), PERSON))
                .isInstanceOf(SourceFailure.class)
                .hasMessage("source endless: was not read to its end within lethe.access.build-within, which is PT2S");
    }

    @Test
    void aReaderThatHeedsNoInterruptHoldsNobodyUp() throws Exception {
        Gatherer gatherer = BuiltReport.gatherer(Duration.ofMillis(300), 1 << 20);
        var release = new CountDownLatch(1);
        var back = new AtomicReference<Throwable>();
        var over = new CountDownLatch(1);
        GivenSource deaf = GivenSource.named("deaf", (subject, records) -> {
            boolean released = false;
            while (!released) {
                try {
                    release.await();
                    released = true;
                } catch (InterruptedException ignored) {
                    // That is what is tested
                }
            }
            try {
                records.record(record("a", "late"));
            } catch (RuntimeException e) {
                back.set(e);
            }
            over.countDown();
        });

        assertThatThrownBy(() -> gatherer.gather(List.of(deaf), PERSON)).isInstanceOf(SourceFailure.class);
        release.countDown();
        assertThat(over.await(20, SECONDS)).isTrue();
        // Its permit comes back when it does: with one permit, the next report could not be built otherwise
        await().untilAsserted(() -> assertThat(gatherer.gather(
                                List.of(GivenSource.named("deaf", (subject, records) -> {})
                                        .parallel(1)),
                                PERSON)
                        .inOrder())
                .hasSize(1));
    }

    @Test
    void aSmallReportNeedsNoDisk() throws Exception {
        var gatherer = new Gatherer(
                new WorkSpace(Path.of("/there/is/no/such/folder")),
                Duration.ofMinutes(1),
                1 << 20,
                new SimpleMeterRegistry());
        GivenSource small = GivenSource.named("small", (subject, records) -> {
            for (int i = 0; i < 50; i++) {
                records.record(record("a", "x".repeat(500), "b", i));
            }
            records.document("d", "text/plain", new ByteArrayInputStream(new byte[10_000]));
        });

        try (var sections = gatherer.gather(List.of(small), PERSON)) {
            assertThat(sections.inOrder().getFirst().records()).isEqualTo(50);
        }
    }

    @Test
    void anEndlessSourceIsStopped() {
        Gatherer gatherer = BuiltReport.gatherer(Duration.ofMinutes(1), 5_000_000);
        GivenSource endless = GivenSource.named("endless", (subject, records) -> {
            while (true) {
                records.record(record("text", "more of lovelace"));
            }
        });

        assertThatThrownBy(() -> gatherer.gather(List.of(endless), PERSON))
                .isInstanceOf(SourceFailure.class)
                .hasMessage("source endless: gave more than a report may hold, which by lethe.access.max-report-bytes"
                        + " is 5000000 bytes");
    }

    @Test
    void anEndlessDocumentIsStopped() {
        Gatherer gatherer = BuiltReport.gatherer(Duration.ofMinutes(1), 5_000_000);
        GivenSource endless =
                GivenSource.named("endless", (subject, records) -> records.document("zeros", "text/plain", zeros()));

        assertThatThrownBy(() -> gatherer.gather(List.of(endless), PERSON))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("lethe.access.max-report-bytes");
    }

    @Test
    void documentsWithoutEndAreStopped() {
        GivenSource endless = GivenSource.named("endless", (subject, records) -> {
            while (true) {
                records.document("empty", "text/plain", InputStream.nullInputStream());
            }
        });

        assertThatThrownBy(() -> BuiltReport.of(endless))
                .isInstanceOf(SourceFailure.class)
                .hasMessage("source endless: gave more than 10000 documents");
    }

    @Test
    void aDocumentThatBreaksOffFailsTheSource() {
        GivenSource torn = GivenSource.named(
                "torn",
                (subject, records) -> records.document("d", "text/plain", new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("lovelace@example.com");
                    }
                }));

        assertThatThrownBy(() -> BuiltReport.of(torn))
                .isInstanceOfSatisfying(SourceFailure.class, failure -> assertThat(failure.reason())
                        .isEqualTo("source torn: a document broke off (IOException)"));
    }

    @Test
    void aSourceThatSwallowsWhatWentWrongIsNotTakenForWhole() {
        Object tooDeep = "x";
        for (int i = 0; i < 600; i++) {
            tooDeep = Collections.singletonList(tooDeep);
        }
        Object nested = tooDeep;
        GivenSource careless = GivenSource.named("careless", (subject, records) -> {
            try {
                records.record(record("deep", nested));
            } catch (RuntimeException swallowed) {
                return;
            }
            throw new AssertionError("was taken");
        });

        assertThatThrownBy(() -> BuiltReport.of(careless))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("gave a record that cannot be written as JSON");
    }

    @Test
    void anInterruptedBuildEnds() throws Exception {
        var begun = new CountDownLatch(1);
        var outcome = new AtomicReference<Throwable>();
        Thread worker = Thread.ofVirtual().start(() -> {
            try {
                BuiltReport.of(GivenSource.named("slow", (subject, records) -> {
                    begun.countDown();
                    while (true) {
                        records.record(record("a", "b"));
                    }
                }));
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        begun.await();
        worker.interrupt();

        assertThat(worker.join(Duration.ofSeconds(20))).isTrue();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    }

    private static InputStream zeros() {
        return new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] into, int from, int length) {
                return length;
            }
        };
    }
}
