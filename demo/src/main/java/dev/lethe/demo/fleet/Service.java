package dev.lethe.demo.fleet;

import java.nio.file.Path;

/** The services of the fleet, in the order in which a request meets them. */
public enum Service {
    REQUESTS_MANAGER("requests-manager"),
    CANCELLATION_SERVICE("cancellation-service"),
    MESSAGE_SCHEDULER("message-scheduler");

    private final String label;

    Service(String label) {
        this.label = label;
    }

    /** Its name everywhere: module, broker user, database, log file. */
    public String label() {
        return label;
    }

    Path jar(Path root) {
        return root.resolve(label).resolve("target").resolve(label + "-app.jar");
    }

    /** Databases have no hyphens in their names, so that nobody has to quote them. */
    public String database() {
        return label.replace('-', '_');
    }
}
