package dev.lethe.benchmarks.peers;

import com.rabbitmq.perf.PerfTest;
import com.rabbitmq.perf.PerfTest.PerfTestOptions;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** RabbitMQ's own load generator: it stores nothing and only publishes, so nobody on this broker can be much faster. */
final class PerfTestPeer implements Peer {

    private static final int WINDOW = 500;

    private final Place place;
    private int messages;
    private @Nullable Thread running;

    PerfTestPeer(Place place) {
        this.place = place;
    }

    @Override
    public String configuration() {
        return "publishes only; one publisher, --confirm %d, persistent, mandatory, --size 300".formatted(WINDOW);
    }

    @Override
    public void load(int due, int future) {
        messages = due;
    }

    @Override
    public void start() {
        String[] arguments = {
            "--uri",
            place.amqp().toString(),
            "--producers",
            "1",
            "--consumers",
            "0",
            "--confirm",
            String.valueOf(WINDOW),
            "--flag",
            "persistent",
            "--flag",
            "mandatory",
            "--size",
            "300",
            "--pmessages",
            String.valueOf(messages),
            "--predeclared",
            "--exchange",
            "",
            "--routing-key",
            place.queue(),
        };
        var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var options = new PerfTestOptions()
                .setSystemExiter(status -> {})
                .setSkipSslContextConfiguration(true)
                .setConsoleOut(silent)
                .setConsoleErr(System.err);
        running = Thread.ofPlatform().daemon().start(() -> PerfTest.main(arguments, options));
    }

    @Override
    public void stop() throws InterruptedException {
        if (running != null) {
            running.join(10_000);
        }
    }

    @Override
    public String isDone() {
        return "select true";
    }
}
