package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Runs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages through all of it, for a while: scheduled over AMQP at an even rate, each due a little later, stored, sent, received.
 * What cannot keep up shows as a backlog of messages that are due and have not come.
 */
final class Flow {

    /** Long enough that a message is stored, and not yet claimed, when its time comes. */
    private static final long AHEAD_MS = 2_000;

    /**
     * What an interval looked like.
     *
     * @param at its end, in seconds since the beginning
     * @param backlog due, and not received
     * @param p50 of how late those were that came in it, in milliseconds
     */
    record Interval(double at, int backlog, double p50, double p99) {}

    /** @param allCame whether the last message came within five seconds after it was due */
    record Result(
            int rate, int wanted, int published, int early, int duplicates, boolean allCame, List<Interval> intervals) {

        /** Whether everything that was to be sent was, and what waits became no more than half a second's worth. */
        boolean held() {
            List<Interval> end = intervals.subList(intervals.size() / 2, intervals.size());
            return published >= 0.98 * wanted
                    && allCame
                    && end.stream().allMatch(interval -> interval.backlog() <= rate / 2);
        }
    }

    /** Called at the end of each interval, by a thread of its own. */
    interface Observer {
        void onInterval(Interval interval) throws Exception;
    }

    private final Stage stage;
    private final int rate;
    private final Duration length;
    private final Duration interval;
    private final long[] dueMillis;
    private volatile int published;

    Flow(Stage stage, int rate, Duration length, Duration interval) {
        this.stage = stage;
        this.rate = rate;
        this.length = length;
        this.interval = interval;
        this.dueMillis = new long[(int) Math.ceil(rate * (length.toMillis() / 1_000.0)) + 1];
    }

    Result run(String keys, Observer observer) throws Exception {
        stage.queue().renew();
        var intervals = new ArrayList<Interval>();
        try (var receiver = new Receiver(stage.servers(), BenchQueue.NAME, dueMillis.length);
                var commands = new Commands(stage.servers(), keys)) {
            var failure = new Exception[1];
            long begun = System.nanoTime();
            Thread watching = Thread.ofPlatform().daemon().start(() -> {
                try {
                    watch(begun, receiver, intervals, observer);
                } catch (Exception e) {
                    failure[0] = e;
                }
            });
            publish(begun, commands);
            boolean allCame = awaitLast(receiver);
            watching.join();
            if (failure[0] != null) {
                throw failure[0];
            }
            return new Result(
                    rate,
                    dueMillis.length - 1,
                    published,
                    receiver.early(),
                    receiver.duplicates(),
                    allCame,
                    List.copyOf(intervals));
        }
    }

    private void publish(long begun, Commands commands) throws Exception {
        long nanos = length.toNanos();
        for (long elapsed = 0; elapsed < nanos; elapsed = System.nanoTime() - begun) {
            int wanted = (int) Math.min(dueMillis.length - 1, elapsed / 1e9 * rate);
            while (published < wanted && System.nanoTime() - begun < nanos) {
                int n = published;
                dueMillis[n] = System.currentTimeMillis() + AHEAD_MS;
                commands.scheduleAt(dueMillis[n], n);
                published = n + 1;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        commands.awaitConfirms();
    }

    private boolean awaitLast(Receiver receiver) throws Exception {
        long end = System.currentTimeMillis() + AHEAD_MS + 5_000;
        while (receiver.distinct() < published && System.currentTimeMillis() < end) {
            Thread.sleep(20);
        }
        return receiver.distinct() >= published;
    }

    private void watch(long begun, Receiver receiver, List<Interval> intervals, Observer observer) throws Exception {
        int due = 0;
        int from = 0;
        for (long end = interval.toNanos(); end <= length.toNanos(); end += interval.toNanos()) {
            TimeUnit.NANOSECONDS.sleep(begun + end - System.nanoTime());
            int received = receiver.received();
            long now = System.currentTimeMillis();
            int until = published;
            while (due < until && dueMillis[due] <= now) {
                due++;
            }
            double[] late = receiver.latenessMillis(from, received);
            from = received;
            var done = new Interval(
                    end / 1e9, Math.max(0, due - received), Runs.percentile(late, 0.5), Runs.percentile(late, 0.99));
            intervals.add(done);
            observer.onInterval(done);
        }
    }
}
