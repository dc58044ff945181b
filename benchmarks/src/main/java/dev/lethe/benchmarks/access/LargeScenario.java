package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.report.Numbers;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** One report of very many records, by an instance with a small heap. */
final class LargeScenario implements Scenario {

    private static final int WORKERS = 1;
    private static final double MB = 1e6;

    @Override
    public String name() {
        return "large";
    }

    @Override
    public void run(Stage stage) throws Exception {
        Scale scale = stage.scale();
        try (var ours =
                RequestsManager.start(stage, "large", WORKERS, stage.landscape().largeSources(scale))) {
            stage.say().accept("a report of %,d records to warm up".formatted(scale.warmUpRows()));
            new Batch(stage, ours, List.of(Landscape.WARM_UP_PERSON)).run();
            var batch = new Batch(stage, ours, List.of(Landscape.LARGE_PERSON));
            stage.say().accept("a report of %,d records".formatted(scale.rows()));
            Batch.Result result;
            try (var heap = new HeapWatch(ours)) {
                result = batch.run();
                heap.close();
                memory(stage, ours, heap);
            }
            report(stage, ours, batch, result);
        }
    }

    private static void memory(Stage stage, RequestsManager ours, HeapWatch heap) {
        if (!heap.failure().isEmpty()) {
            stage.say().accept("the heap cannot be asked for: " + heap.failure());
        }
        stage.figure("large.heap", "MiB", heap.committed());
        stage.figure("large.heap.used", "MiB", heap.used());
        stage.figure("large.process", "MiB", ours.peakMemory());
        stage.say()
                .accept("memory: heap %s MiB, whole process %s MiB"
                        .formatted(Numbers.plain(heap.committed()), Numbers.plain(ours.peakMemory())));
    }

    private static void report(Stage stage, RequestsManager ours, Batch batch, Batch.Result result) throws Exception {
        stage.say().accept("fetching it after %s s".formatted(Numbers.plain(result.seconds())));
        Download download =
                Samples.fetch(stage, ours, batch.requests().getFirst().id());
        stage.say().accept("opening %,d bytes".formatted(download.bytes()));
        ReportFile file = ReportFile.open(download.file());
        Files.delete(download.file());
        Samples.check(file, Map.of(Landscape.LARGE, (long) stage.scale().rows()));
        double records = file.jsonBytes() + file.csvBytes();
        stage.figure("large.records", "MB/s", records / MB / result.seconds());
        stage.figure("large.json", "MB/s", file.jsonBytes() / MB / result.seconds());
        stage.figure("large.all", "MB/s", file.allBytes() / MB / result.seconds());
        stage.figure("large.seconds", "s", result.seconds());
        stage.figure("large.zip", "MB", download.bytes() / MB);
        stage.figure("large.download", "MB/s", download.bytes() / MB / download.seconds());
        stage.say()
                .accept("%s MB of records in %s s: %s MB/s; download %s MB/s"
                        .formatted(
                                Numbers.plain(records / MB),
                                Numbers.plain(result.seconds()),
                                Numbers.plain(records / MB / result.seconds()),
                                Numbers.plain(download.bytes() / MB / download.seconds())));
    }
}
