package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Runs;
import dev.lethe.benchmarks.servers.Servers;
import java.time.Instant;

/** How late messages come whose times are known beforehand: rows are stored first, then one listens. */
final class Lateness {

    /** All in milliseconds; {@code instants} is how late the last of each due time was. */
    record Result(double p50, double p99, double max, int early, int duplicates, double[] sorted, double[] instants) {}

    private static final int ATTEMPTS = 3;

    private Lateness() {}

    /** Spread evenly. */
    static Result even(Stage stage, OurScheduler scheduler, int rate, int seconds) throws Exception {
        return measure(
                stage,
                scheduler,
                rate * seconds,
                seconds,
                "n * interval '1 microsecond' * %s".formatted(1_000_000.0 / rate));
    }

    /** So many at the same instant, every second. */
    static Result bursts(Stage stage, OurScheduler scheduler, int size, int number) throws Exception {
        return measure(stage, scheduler, size * number, number, "(n / %d) * interval '1 second'".formatted(size));
    }

    private static Result measure(Stage stage, OurScheduler scheduler, int messages, int seconds, String offset)
            throws Exception {
        store(stage, scheduler, messages, offset);
        try (var receiver = new Receiver(stage.servers(), BenchQueue.NAME, messages)) {
            Servers.await(
                    "%d messages arrive".formatted(messages),
                    seconds + messages / 1_000 + 60,
                    () -> receiver.distinct() >= messages);
            double[] late = receiver.latenessMillis();
            return new Result(
                    Runs.percentile(late, 0.5),
                    Runs.percentile(late, 0.99),
                    Runs.percentile(late, 1),
                    receiver.early(),
                    receiver.duplicates(),
                    late,
                    receiver.lastOfEachInstant());
        }
    }

    private static void store(Stage stage, OurScheduler scheduler, int messages, String offset) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            stage.queue().renew();
            Instant first = scheduler.rows().dueAfterStoring(messages);
            scheduler.rows().due("'%s'::timestamptz + %s".formatted(first, offset), messages);
            stage.servers().tidyUp(scheduler.database());
            if (Instant.now().isBefore(first)) {
                return;
            }
            scheduler.rows().plannedTooShort();
            String isDone = scheduler.isDone();
            Servers.await("what is due is sent", 300, () -> stage.servers().isTrue(scheduler.database(), isDone));
        }
        throw new IllegalStateException("the rows cannot be stored in time; is the machine busy?");
    }
}
