package dev.lethe.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What was measured on: enough to compare, nothing that tells whose machine it is. */
public final class Machine {

    private static final double GIB = 1L << 30;

    private Machine() {}

    /** Cores, memory, processor, operating system and Java; more may be added, in the order in which it is to be read. */
    public static Map<String, Object> describe() throws IOException {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("processor", processor());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            machine.put("memory_gib", Math.round(system.getTotalMemorySize() / GIB));
        }
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("java", System.getProperty("java.runtime.version"));
        return machine;
    }

    /**
     * The line above a table.
     *
     * @param machine with the versions of PostgreSQL and RabbitMQ as {@code postgresql} and {@code rabbitmq}
     * @param inFull whether all of it was measured, as much as it should be
     */
    public static String inWords(Map<String, Object> machine, boolean inFull) {
        return "%s, %s cores, %s GiB, %s; Java %s, PostgreSQL %s, RabbitMQ %s. Measured on %s%s."
                .formatted(
                        machine.get("processor"),
                        machine.get("cores"),
                        machine.get("memory_gib"),
                        machine.get("os"),
                        machine.get("java"),
                        machine.get("postgresql"),
                        machine.get("rabbitmq"),
                        LocalDate.now(ZoneOffset.UTC),
                        inFull ? "" : ", not in full");
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
