package dev.lethe.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The figures of one benchmark, as they come. Every {@code ./lethe bench NAME --json FILE} writes this form. */
public final class Report {

    private final Map<String, Object> machine;
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    /** @param machine see {@link Machine#describe()} */
    public Report(Map<String, Object> machine) {
        this.machine = new LinkedHashMap<>(machine);
    }

    /** A figure of the same name takes the place of the earlier one. */
    public void add(Figure figure) {
        figures.put(figure.name(), figure);
    }

    public List<Figure> figures() {
        return List.copyOf(figures.values());
    }

    public Optional<Figure> figure(String name) {
        return Optional.ofNullable(figures.get(name));
    }

    public Map<String, Object> machine() {
        return machine;
    }

    /** Whether every figure that has a target meets it. */
    public boolean isGood() {
        return figures.values().stream().noneMatch(figure -> Boolean.FALSE.equals(figure.ok()));
    }

    /** Writes {@code {"machine": {}, "figures": [{"name", "value", "unit", "target", "ok", "runs": []}]}}, whole or not at all. */
    public void writeJson(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Path unfinished = absolute.resolveSibling(absolute.getFileName() + ".part");
        Files.writeString(unfinished, json());
        Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What is not a number is null in JSON. */
    String json() {
        var rows = new ArrayList<Map<String, Object>>();
        for (Figure figure : figures.values()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("name", figure.name());
            row.put("value", rounded(figure.value()));
            row.put("unit", figure.unit());
            row.put("target", figure.target() == null ? null : figure.target().value());
            row.put("ok", figure.ok());
            row.put("runs", figure.runs().stream().map(Report::rounded).toList());
            rows.add(row);
        }
        var all = new LinkedHashMap<String, Object>();
        all.put("machine", machine);
        all.put("figures", rows);
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
    }

    private static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 1_000) / 1_000.0 : null;
    }
}
