package dev.lethe.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a demo came to.
 *
 * @param checks in the order in which they were made
 */
record DemoReport(
        long submitted, long received, long completed, long notified, List<Request> requests, List<Check> checks) {

    /** @param seconds from submission to completion; 0 if it was not completed */
    record Request(String id, String kind, String state, double seconds) {}

    /** @param detail what was found, in words */
    record Check(String name, boolean ok, String detail) {}

    boolean isGood() {
        return checks.stream().allMatch(Check::ok);
    }

    void write(Path file) throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        Files.write(file, new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }
}
