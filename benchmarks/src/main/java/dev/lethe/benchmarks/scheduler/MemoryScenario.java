package dev.lethe.benchmarks.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.servers.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the service needs while it drains at full speed, in a drain of its own: asking costs time. */
final class MemoryScenario implements Scenario {

    private static final Pattern COMMITTED = Pattern.compile("committed (\\d+)K");
    private static final Pattern TOTAL = Pattern.compile("total (\\d+)K");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    /** In MiB. */
    record Heap(double committed, double used) {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var heaps = new CopyOnWriteArrayList<Heap>();
        Thread asking = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    heaps.add(heap(stage.ours().pid()));
                    Thread.sleep(250);
                } catch (InterruptedException e) {
                    return;
                } catch (IOException e) {
                    stage.say().accept("the heap cannot be asked for: " + e.getMessage());
                    return;
                }
            }
        });
        try {
            Drain.measure(
                    stage.servers(), stage.queue(), stage.ours(), stage.scale().rows());
        } finally {
            asking.interrupt();
            asking.join();
        }
        double heap = most(heaps, Heap::committed);
        double process = Usage.peakMebibytes(stage.ours().pid());
        stage.figure("memory.heap", "MiB", heap);
        stage.figure("memory.heap.used", "MiB", most(heaps, Heap::used));
        stage.figure("memory.process", "MiB", process);
        stage.say()
                .accept("memory while it drains: heap %s MiB, whole process %s MiB"
                        .formatted(Numbers.plain(heap), Numbers.plain(process)));
    }

    private static double most(List<Heap> heaps, ToDoubleFunction<Heap> part) {
        return heaps.stream().mapToDouble(part).max().orElse(Double.NaN);
    }

    private static Heap heap(long pid) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), String.valueOf(pid), "GC.heap_info")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd ended with exit code " + process.exitValue());
        }
        return heap(said);
    }

    /** What jcmd says, whichever collector it is; classes do not count. */
    static Heap heap(String said) {
        double committed = 0;
        double used = 0;
        for (String line : said.lines().toList()) {
            Matcher usedHere = USED.matcher(line);
            if (!line.contains("Metaspace") && !line.contains("class space") && usedHere.find()) {
                used += Double.parseDouble(usedHere.group(1));
                Matcher exact = COMMITTED.matcher(line);
                Matcher total = TOTAL.matcher(line);
                if (exact.find()) {
                    committed += Double.parseDouble(exact.group(1));
                } else if (total.find()) {
                    committed += Double.parseDouble(total.group(1));
                }
            }
        }
        return new Heap(committed / 1024, used / 1024);
    }
}
