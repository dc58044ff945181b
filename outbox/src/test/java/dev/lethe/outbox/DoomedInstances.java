package dev.lethe.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One instance after the other, each in a process of its own that dies as soon as it has sent something it owns. */
final class DoomedInstances implements AutoCloseable {

    private final Map<String, String> settings;
    private final List<Long> deaths = new CopyOnWriteArrayList<>();
    private final Thread thread;

    DoomedInstances(Database database, String... settings) {
        this.settings = Engine.settings(database);
        List.of(settings).forEach(setting -> {
            String[] keyAndValue = setting.split("=", 2);
            this.settings.put(keyAndValue[0], keyAndValue[1]);
        });
        this.settings.put("spring.application.name", "doomed");
        this.thread = Thread.ofPlatform().name("doomed").start(this::liveAndDie);
    }

    private void liveAndDie() {
        while (!Thread.currentThread().isInterrupted()) {
            try (var instance =
                    new ChildJvm(CrashIT.DoomedService.class, settings, "-Dlethe.crash-at=outbox.published")) {
                if (instance.awaitExit() == ChildJvm.KILLED) {
                    deaths.add(System.nanoTime());
                }
            } catch (InterruptedException enough) {
                return;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** When, on the scale of {@link System#nanoTime()}. */
    List<Long> deaths() {
        return new ArrayList<>(deaths);
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
